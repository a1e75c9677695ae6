#!/usr/bin/env bash
# shellcheck disable=SC2154 # free_port sets the variables that it is given
#
# squid and microsocks between abmctl and TLS servers: proxies that work, want a password, refuse, or are down.
. "$(dirname "$0")/lib.sh"
need openssl nginx squid

authority
certificate "$tmp/host" api.acme.example,acme.com,mdm.acme.com

# The sandbox speaks http; nginx is its TLS, and the domain's web server.
start_sandbox
api=$(printf '%s\n' "${sandbox[@]}" | sed -n 's/^ABMCTL_API_URL=//p')
free_port tls
mkdir "$tmp/nginx"
user=""
[ "$(id -u)" = 0 ] && user="user root;"
cat >"$tmp/nginx/nginx.conf" <<END
daemon off;
$user
pid nginx.pid;
events {}
http {
    access_log off;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    ssl_certificate $tmp/host.pem;
    ssl_certificate_key $tmp/host.key;
    server {
        listen 127.0.0.1:$tls ssl;
        server_name api.acme.example;
        location / { proxy_pass $api; }
    }
    server {
        listen 127.0.0.1:$tls ssl default_server;
        location = /.well-known/com.apple.remotemanagement {
            default_type application/json;
            return 200 '{"Servers":[{"Version":"mdm-byod","BaseURL":"https://mdm.acme.com/enroll"}]}';
        }
    }
}
END
start nginx nginx -p "$tmp/nginx" -e stderr -c nginx.conf
listens nginx "$tls"

# The proxies alone know where the names are.
printf '127.0.0.1 %s\n' api.acme.example acme.com mdm.acme.com >"$tmp/hosts"
free_port nowhere

# One squid with a port for each kind.
for name in open password refuses; do
    free_port "$name"
done
auth=$(find /usr/lib*/squid /usr/libexec/squid -name basic_ncsa_auth 2>/dev/null | head -n 1)
printf 'ada:%s\n' "$(openssl passwd -apr1 'p@ss:word/1')" >"$tmp/passwords"
mkdir -m 777 "$tmp/squid"
cat >"$tmp/rewrite" <<END
#!/bin/bash
while read -r target _; do
    case \$target in
    *:443) echo "OK rewrite-url=\${target%:443}:$tls" ;;
    *) echo ERR ;;
    esac
done
END
chmod 755 "$tmp/rewrite"
cat >"$tmp/squid.conf" <<END
http_port 127.0.0.1:$open name=open
http_port 127.0.0.1:$password name=password
http_port 127.0.0.1:$refuses name=refuses
hosts_file $tmp/hosts
auth_param basic program $auth $tmp/passwords
auth_param basic realm corp
acl open myportname open
acl password myportname password
acl signed_in proxy_auth REQUIRED
# What a device asks on port 443 is on another port here.
url_rewrite_program $tmp/rewrite
url_rewrite_children 1 startup=1
http_access allow open
http_access allow password signed_in
http_access deny all
access_log stdio:$tmp/squid/access.log
cache_log $tmp/squid/cache.log
cache deny all
pid_filename none
netdb_filename none
pinger_enable off
shutdown_lifetime 0 seconds
visible_hostname proxy.acme.example
coredump_dir none
connect_retries 0
END
chmod a+r "$tmp/passwords" "$tmp/hosts"
squid -v | sed -n '1s/^/# /p'
start squid squid -N -f "$tmp/squid.conf"
listens squid "$open"

# What abmctl has, but for the proxy: the sandbox's folders, and its API by a name that nothing here resolves.
settings=()
for setting in "${sandbox[@]}"; do
    case $setting in
    ABMCTL_CONFIG_DIR=* | ABMCTL_STATE_DIR=*) settings+=("$setting") ;;
    esac
done
settings+=(
    "ABMCTL_API_URL=https://api.acme.example:$tls"
    "ABMCTL_TOKEN_URL=https://api.acme.example:$tls/auth/oauth2/token"
    "ABMCTL_ENROLLMENT_URL=https://api.acme.example:$tls"
)

# The variables stand for the profile's services here, which are a sandbox's and would leave out each proxy.
sandbox_account
sed -i '/^\[profiles.sandbox.services\]/,$d' "$home/config.toml"

# with VARIABLE… -- ARGUMENT…: abmctl with these variables.
with() {
    local variables=()
    while [ "$1" != -- ]; do
        variables+=("$1")
        shift
    done
    shift
    # A token that is kept would spare a request.
    rm -rf "${settings[1]#*=}"
    env "${settings[@]}" "${variables[@]}" "$abmctl" --max-wait 4s --timeout 10s "$@"
}
# The check of a domain, which looks as devices do.
device() {
    local variables=()
    while [ "$1" != -- ]; do
        variables+=("$1")
        shift
    done
    shift
    env "${variables[@]}" "$abmctl" --timeout 10s adde-url check acme.com --platform mac "$@"
}

# went WORD HOST: the last CONNECT to the host ended so at squid.
went() {
    local line
    line=$(grep -a "CONNECT $2" "$tmp/squid/access.log" | tail -n 1)
    if [[ $line = *"$1"* ]]; then
        ok "… squid: $1 CONNECT $2"
    else
        fail "squid has no $1 CONNECT $2" "$(tail -n 5 "$tmp/squid/access.log")"
    fi
}

check "no proxy: the name is unknown here" 6 "Name or service not known" with -- servers list

within 5 "a proxy" 0 "Jamf Pro Production" with "HTTPS_PROXY=http://127.0.0.1:$open" -- servers list
went /200 "api.acme.example:$tls"
check "a proxy without its scheme" 0 "Jamf Pro Production" with "https_proxy=127.0.0.1:$open" -- servers list
check "NO_PROXY leaves it out" 6 "Name or service not known" \
    with "HTTPS_PROXY=http://127.0.0.1:$open" "NO_PROXY=.acme.example" -- servers list

within 5 "a proxy that wants a password" 2 "407" with "HTTPS_PROXY=http://127.0.0.1:$password" -- servers list &&
    says "The proxy http://127.0.0.1:$password didn't connect to api.acme.example:$tls"
within 5 "a wrong password" 2 "407" with "HTTPS_PROXY=http://ada:secret-one@127.0.0.1:$password" -- servers list
says_not secret-one
within 5 "the password, percent-encoded" 0 "Jamf Pro Production" \
    with "HTTPS_PROXY=http://ada:p%40ss%3Aword%2F1@127.0.0.1:$password" -- servers list
within 5 "a proxy that refuses" 2 "403 Forbidden" with "HTTPS_PROXY=http://127.0.0.1:$refuses" -- servers list
within 10 "a proxy that can't reach the host" 6 "50" \
    with "HTTPS_PROXY=http://127.0.0.1:$open" "ABMCTL_API_URL=https://api.acme.example:$nowhere" \
    "ABMCTL_TOKEN_URL=https://api.acme.example:$nowhere/token" -- servers list
within 10 "a proxy that is down" 6 "through the proxy http://127.0.0.1:$nowhere" with "HTTPS_PROXY=http://127.0.0.1:$nowhere" -- servers list

check "a device through a proxy" 0 "through domain" device "HTTPS_PROXY=http://127.0.0.1:$open" --
went /200 acme.com:
# A proxy that doesn't let anything through says nothing about the domain.
for kind in password refuses nowhere; do
    check "a device, a proxy that says no: $kind" 7 "not known" device "HTTPS_PROXY=http://127.0.0.1:${!kind}" -- &&
        says "he proxy http://127.0.0.1:${!kind}"
    says_not "port 443 and be reached"
done

# ---- SOCKS

library=$(find /usr/lib -name 'libnss_wrapper.so*' 2>/dev/null | head -n 1)
if ! has microsocks || [ -z "$library" ]; then
    skip_part "socks5: microsocks or nss-wrapper is not on this machine"
    finish
fi
free_port socks
free_port guarded
# Only it knows where the names are, as squid does.
start socks env LD_PRELOAD="$library" NSS_WRAPPER_HOSTS="$tmp/hosts" microsocks -i 127.0.0.1 -p "$socks"
start guarded env LD_PRELOAD="$library" NSS_WRAPPER_HOSTS="$tmp/hosts" \
    microsocks -i 127.0.0.1 -p "$guarded" -u ada -P p@ss
listens socks "$socks"
listens guarded "$guarded"

out=$(with "HTTPS_PROXY=socks5h://127.0.0.1:$socks" -- servers list 2>&1)
if [ $? = 2 ] && [[ $out = *"HTTPS_PROXY is not"* ]]; then
    skip_part "socks5: this abmctl takes http and https proxies only"
    finish
fi
# `adde-url set` looks at the URL as a device does.
url=https://mdm.acme.com:$tls/.well-known/com.apple.remotemanagement
sees() {
    local variable=$1
    shift
    with "$variable" "ABMCTL_ENROLLMENT_URL=$api" "$@" -- adde-url set "$url" --server prod --dry-run
}
within 5 "socks5h, where the proxy looks the name up" 0 "Jamf Pro Production" \
    with "ALL_PROXY=socks5h://127.0.0.1:$socks" -- servers list
within 5 "socks5, where the name is looked up here" 0 "Jamf Pro Production" \
    with "ALL_PROXY=socks5://127.0.0.1:$socks" "LD_PRELOAD=$library" "NSS_WRAPPER_HOSTS=$tmp/hosts" -- servers list
check "HTTPS_PROXY comes before ALL_PROXY" 0 "Jamf Pro Production" \
    with "HTTPS_PROXY=http://127.0.0.1:$open" "ALL_PROXY=socks5h://127.0.0.1:$nowhere" -- servers list
check "NO_PROXY leaves it out, with a star" 6 "Name or service not known" \
    with "ALL_PROXY=socks5h://127.0.0.1:$socks" "NO_PROXY=*.acme.example" -- servers list
within 5 "socks5h with a password" 0 "Jamf Pro Production" with "ALL_PROXY=socks5h://ada:p%40ss@127.0.0.1:$guarded" -- servers list
within 5 "socks5h without the password" 2 "The proxy socks5h://127.0.0.1:$guarded" \
    with "ALL_PROXY=socks5h://127.0.0.1:$guarded" -- servers list
within 5 "socks5h with a wrong password" 2 "The proxy socks5h://127.0.0.1:$guarded" \
    with "ALL_PROXY=socks5h://ada:secret-one@127.0.0.1:$guarded" -- servers list
says_not secret-one
within 10 "socks5h that is down" 6 "proxy" with "ALL_PROXY=socks5h://127.0.0.1:$nowhere" -- servers list
check "a device through socks5h" 0 "$url" sees "ALL_PROXY=socks5h://127.0.0.1:$socks"
check "a device, socks5h with a password" 0 "$url" sees "ALL_PROXY=socks5h://ada:p%40ss@127.0.0.1:$guarded"
check "a device, socks5h without the password" 1 "The proxy socks5h://127.0.0.1:$guarded" sees "ALL_PROXY=socks5h://127.0.0.1:$guarded"
check "a device, socks5h that is down" 1 "The proxy socks5h://127.0.0.1:$nowhere" sees "ALL_PROXY=socks5h://127.0.0.1:$nowhere"

finish
