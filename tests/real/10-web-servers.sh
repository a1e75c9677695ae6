#!/usr/bin/env bash
# The guide's snippets in nginx, Apache and Caddy, and the usual mistakes in each.
. "$(dirname "$0")/lib.sh"
need openssl

guide=$root/docs/guides/account-driven-enrollment.md
path=/.well-known/com.apple.remotemanagement

authority
certificate "$tmp/host" acme.com,mdm.acme.com
mkdir -m 755 "$tmp/srv" "$tmp/srv/pages"
echo '<!doctype html><title>Acme</title>' >"$tmp/srv/pages/index.html"

# The guide's document is the JSON of the section on hosting.
number=0
for ((n = 1; n <= $(blocks json "$guide"); n++)); do
    block json "$guide" "$n" | grep -q mdm-adde && number=$n
done
block json "$guide" "$number" >"$tmp/srv/remotemanagement.json"
mkdir -p "$tmp/srv/pages/.well-known"
cp "$tmp/srv/remotemanagement.json" "$tmp/srv/pages$path"
chmod -R a+rX "$tmp/srv"

# The Nth snippet of the guide, with the folder of this test in the place of the guide's.
snippet() {
    block "$1" "$guide" "$2" | sed "s#/srv/acme/#$tmp/srv/#g"
}

# Looks at acme.com as devices do, where SERVER serves it and mdm.acme.com.
look() {
    "$abmctl" adde-url check acme.com --max-wait 5s --timeout 5s \
        --resolve "acme.com:443:127.0.0.1:$port" --resolve "mdm.acme.com:443:127.0.0.1:$port"
}

# well SERVER WHAT: the check passes, at the address that the document names.
well() {
    check "$1: $2" 0 "through domain" look &&
        says "https://mdm.acme.com/enroll"
    says_not "Note:"
}

# wrong SERVER WHAT CODE: the check names the mistake.
wrong() {
    check "$1: $2" 9 "$3" look
}

# Each of the guide's snippets as the whole of acme.com; mdm.acme.com has the first one. SERVE starts the server.
guides_snippets() {
    local server=$1 language=$2 serve=$3 n count
    count=$(blocks "$language" "$guide")
    [ "$count" -ge 2 ] || fail "$server: the guide has $count snippets"
    for ((n = 1; n <= count; n++)); do
        "$serve" "$(snippet "$language" "$n")" "$(snippet "$language" 1)"
        well "$server" "snippet $n of the guide"
        stop "$server"
    done
}

# ---- nginx

# serve_nginx ACME MDM: what the two hosts' `server` has.
serve_nginx() {
    free_port port
    mkdir -p "$tmp/nginx"
    # The worker keeps the rights that it has, so that it can read this folder.
    local user=""
    [ "$(id -u)" = 0 ] && user="user root;"
    cat >"$tmp/nginx/nginx.conf" <<END
daemon off;
worker_processes 1;
$user
pid nginx.pid;
events {}
http {
    access_log off;
    default_type application/octet-stream;
    client_body_temp_path body; proxy_temp_path proxy; fastcgi_temp_path fastcgi; uwsgi_temp_path uwsgi; scgi_temp_path scgi;
    server {
        listen 127.0.0.1:$port ssl http2;
        server_name acme.com;
        ssl_certificate $tmp/host.pem;
        ssl_certificate_key $tmp/host.key;
        root $tmp/srv/pages;
        $1
    }
    server {
        listen 127.0.0.1:$port ssl http2;
        server_name mdm.acme.com;
        ssl_certificate $tmp/host.pem;
        ssl_certificate_key $tmp/host.key;
        $2
        location = /enroll { return 401; }
    }
}
END
    start nginx nginx -p "$tmp/nginx" -e stderr -c nginx.conf
    listens nginx "$port"
}

if has nginx; then
    nginx -v 2>&1 | sed 's/^/# /'
    guides_snippets nginx nginx serve_nginx
    mdm=$(snippet nginx 1)

    serve_nginx "" "$mdm"
    wrong nginx "a file without a type" "content type" && says "application/octet-stream"
    stop nginx

    serve_nginx "location = $path { add_header Content-Type application/json; }" "$mdm"
    wrong nginx "two types" "content type"
    stop nginx

    # What sites often have beside the document.
    serve_nginx "location ~ /\\. { deny all; } gzip on; gzip_types *; gzip_min_length 1; charset utf-8;
        $mdm" "$mdm"
    well nginx "a snippet in a site that hides dot files, compresses, and sends a charset"
    stop nginx

    # A document without query is the MDM's answer to one that lost it.
    picky="location = $path { if (\$args = '') { return 400; } default_type application/json; alias $tmp/srv/remotemanagement.json; }"
    serve_nginx "location = $path { return 302 https://mdm.acme.com$path; }" "$picky"
    wrong nginx "a redirect without the query" "redirect lost query"
    stop nginx

    serve_nginx "location / { root $tmp/none; try_files \$uri /index.html; } location = /index.html { default_type text/html; }" "$mdm"
    wrong nginx "an HTML page with 200" html
    stop nginx
else
    skip_part "nginx is not on this machine"
fi

# ---- Apache

if has apache2; then
    httpd=apache2
elif has httpd; then
    httpd=httpd
else
    httpd=
fi

# serve_apache ACME MDM: what the two virtual hosts have.
serve_apache() {
    free_port port
    local module modules="" folder
    for folder in /usr/lib/apache2/modules /usr/lib64/httpd/modules /usr/libexec/apache2; do
        [ -d "$folder" ] && break
    done
    mkdir -p "$tmp/apache"
    for module in mpm_event unixd authz_core alias dir mime ssl rewrite socache_shmcb; do
        [ -f "$folder/mod_$module.so" ] && modules+="LoadModule ${module}_module $folder/mod_$module.so"$'\n'
    done
    # Apache refuses to serve as root.
    local user=""
    [ "$(id -u)" = 0 ] && user=$'User nobody\nGroup nogroup'
    echo 'text/html html' >"$tmp/apache/mime.types"
    cat >"$tmp/apache/httpd.conf" <<END
ServerRoot $tmp/apache
PidFile $tmp/apache/httpd.pid
DefaultRuntimeDir $tmp/apache
ServerName localhost
ErrorLog /dev/stderr
Listen 127.0.0.1:$port
$modules
$user
TypesConfig $tmp/apache/mime.types
<Directory "/">
    Require all denied
</Directory>
<Directory "$tmp/srv/pages">
    Require all granted
</Directory>
<VirtualHost 127.0.0.1:$port>
    ServerName acme.com
    SSLEngine on
    SSLCertificateFile $tmp/host.pem
    SSLCertificateKeyFile $tmp/host.key
    DocumentRoot $tmp/srv/pages
$1
</VirtualHost>
<VirtualHost 127.0.0.1:$port>
    ServerName mdm.acme.com
    SSLEngine on
    SSLCertificateFile $tmp/host.pem
    SSLCertificateKeyFile $tmp/host.key
$2
    Redirect 401 "/enroll"
</VirtualHost>
END
    start apache "$httpd" -D FOREGROUND -f "$tmp/apache/httpd.conf"
    listens apache "$port"
}

if [ -n "$httpd" ]; then
    "$httpd" -v | sed -n '1s/^/# /p'
    guides_snippets apache apache serve_apache
    mdm=$(snippet apache 1)

    serve_apache "DefaultType none" "$mdm"
    wrong apache "a file without a type" "content type"
    stop apache

    serve_apache "RewriteEngine on
        RewriteRule ^$path\$ https://mdm.acme.com$path? [R=302,L]" "$mdm
        RewriteEngine on
        RewriteCond %{QUERY_STRING} ^\$
        RewriteRule ^$path\$ - [R=400,L]"
    wrong apache "a redirect without the query" "redirect lost query"
    stop apache

    serve_apache "Alias $path $tmp/srv/pages/none
        <Directory $tmp/srv/pages>
            FallbackResource /index.html
        </Directory>" "$mdm"
    wrong apache "an HTML page with 200" html
    stop apache
else
    skip_part "Apache is not on this machine"
fi

# ---- Caddy

# serve_caddy SITES: what the Caddyfile has. Caddy makes the certificates by itself, of an authority of its own.
serve_caddy() {
    local plain
    free_port port
    free_port plain
    rm -rf "$tmp/caddy"
    mkdir -p "$tmp/caddy"
    {
        cat <<END
{
    admin off
    local_certs
    skip_install_trust
    default_bind 127.0.0.1
    https_port $port
    http_port $plain
    storage file_system $tmp/caddy
}
END
        printf '%s\n' "$1"
    } >"$tmp/Caddyfile"
    start caddy caddy run --config "$tmp/Caddyfile" --adapter caddyfile
    listens caddy "$port"
    for _ in {1..100}; do
        [ -f "$tmp/caddy/certificates/local/acme.com/acme.com.crt" ] && break
        sleep 0.1
    done
    export SSL_CERT_FILE=$tmp/caddy/pki/authorities/local/root.crt
}

if has caddy; then
    echo "# Caddy $(caddy version)"
    # The MDM is another site, with the same snippet.
    mdm=$(snippet caddy 1 | sed 's/^acme.com/mdm.acme.com/')
    count=$(blocks caddy "$guide")
    [ "$count" -ge 2 ] || fail "caddy: the guide has $count snippets"
    for ((n = 1; n <= count; n++)); do
        serve_caddy "$(snippet caddy "$n")
$mdm"
        check "caddy: snippet $n of the guide" 0 "through domain" look &&
            says "https://mdm.acme.com/enroll"
        stop caddy
    done

    serve_caddy "acme.com {
    root * $tmp/srv/pages
    file_server
}
$mdm"
    wrong caddy "a file without a type" "content type"
    stop caddy

    serve_caddy "acme.com {
    redir $path https://mdm.acme.com$path 302
}
mdm.acme.com {
    @lost {
        path $path
        not query user-identifier=*
    }
    respond @lost 400
    header $path Content-Type application/json
    respond $path \`$(cat "$tmp/srv/remotemanagement.json")\`
}"
    wrong caddy "a redirect without the query" "redirect lost query"
    stop caddy

    serve_caddy "acme.com {
    root * $tmp/srv/pages
    @missing path $path
    rewrite @missing /index.html
    file_server
}
$mdm"
    wrong caddy "an HTML page with 200" html
    stop caddy
else
    skip_part "Caddy is not on this machine"
fi

finish
