# Sourced by each script of tests/real: a temporary folder, servers that end with the script, and checks.
#
# A script prints one line for each check, `ok  …` or `FAILED …` with the output, and calls `finish` at its end. It prints
# `SKIPPED: why` for what this machine can't do. Everything listens on loopback, on free ports.
set -uo pipefail
unset CDPATH

real=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(cd "$real/../.." && pwd)
abmctl=$(realpath "${ABMCTL:-${CARGO_TARGET_DIR:-$root/target}/debug/abmctl}")

# Nothing of the caller's settings counts, and nothing of the caller's is touched.
for name in $(compgen -e); do
    case $name in
    ABMCTL* | XDG_* | DBUS_* | GNOME_* | SSL_CERT_* | CREDENTIALS_DIRECTORY | *_PROXY | *_proxy) unset "$name" ;;
    esac
done
export LC_ALL=C.UTF-8

tmp=$(mktemp -d)
export HOME=$tmp/home ABMCTL_CONFIG_DIR=$tmp/config ABMCTL_STATE_DIR=$tmp/state
mkdir -m 700 "$HOME" "$ABMCTL_CONFIG_DIR" "$ABMCTL_STATE_DIR"
# A server that gives up root's rights has to reach its own folder.
chmod 711 "$tmp"

declare -A started=()
failed=0
out=

at_exit() {
    local name
    for name in "${!started[@]}"; do
        stop "$name"
    done
    rm -rf "$tmp"
}
trap at_exit EXIT
trap 'exit 143' TERM
trap 'exit 130' INT

# Ends the script: this machine lacks something.
skip() {
    echo "SKIPPED: $*"
    exit 0
}

# Says what part of the script this machine can't do.
skip_part() {
    echo "SKIPPED: $*"
}

# Whether all of these programs are there, also in root's folders.
PATH=$PATH:/usr/sbin:/sbin
has() {
    local program
    for program; do
        command -v "$program" >/dev/null || return 1
    done
}

# Skips the script unless all of these programs are there.
need() {
    local program
    for program; do
        has "$program" || skip "$program is not on this machine"
    done
}

finish() {
    if [ "$failed" -gt 0 ]; then
        echo "$failed checks failed"
        exit 1
    fi
    exit 0
}

ok() {
    echo "ok  $1"
}

# A check that failed, with the output that shows it.
fail() {
    echo "FAILED $1"
    printf '%s\n' "${2:-}" | sed 's/^/    /'
    failed=$((failed + 1))
}

# check WHAT EXIT TEXT COMMAND…: the command ends with this exit code, and its output has the text. The output stays in $out.
check() {
    local what=$1 code=$2 text=$3 got=0
    shift 3
    out=$("$@" 2>&1) || got=$?
    if [ "$got" != "$code" ]; then
        fail "$what: exit $got, expected $code" "\$ $*"$'\n'"$out"
    elif [[ $(words "$out") != *"$(words "$text")"* ]]; then
        fail "$what: the output doesn't have: $text" "\$ $*"$'\n'"$out"
    else
        ok "$what"
        return 0
    fi
    return 1
}

# The last output has this text, too.
says() {
    if [[ $(words "$out") = *"$(words "$1")"* ]]; then
        ok "… $1"
    else
        fail "the output doesn't have: $1" "$out"
    fi
}

# The last output doesn't have this text.
says_not() {
    if [[ $(words "$out") = *"$(words "$1")"* ]]; then
        fail "the output has: $1" "$out"
    else
        ok "… not: $1"
    fi
}

# A text without its line breaks.
words() {
    tr -s ' \n' ' ' <<<"$1" | sed 's/ $//'
}

# within SECONDS WHAT EXIT TEXT COMMAND…: a check that also fails if the command takes longer.
within() {
    local limit=$1 begin=$EPOCHREALTIME took
    shift
    check "$@" || return 1
    took=$(((${EPOCHREALTIME/[.,]/} - ${begin/[.,]/}) / 1000000))
    if [ "$took" -ge "$limit" ]; then
        fail "$1: $took seconds, expected less than $limit" "$out"
    fi
}

# Sets the variable to a port on loopback where nobody listens, below those that the system gives away.
declare -A given=()
free_port() {
    local candidate
    while :; do
        candidate=$((20000 + RANDOM % 12000))
        if [ -z "${given[$candidate]:-}" ] && ! (exec 3<>"/dev/tcp/127.0.0.1/$candidate") 2>/dev/null; then
            given[$candidate]=1
            printf -v "$1" '%s' "$candidate"
            return
        fi
    done
}

# start NAME COMMAND…: runs a server until `stop NAME` or the end of the script. Its output is in $tmp/NAME.log.
start() {
    local name=$1
    shift
    "$@" >"$tmp/$name.log" 2>&1 </dev/null &
    started[$name]=$!
}

stop() {
    local pid=${started[$1]:-}
    [ -n "$pid" ] || return 0
    unset "started[$1]"
    kill "$pid" 2>/dev/null
    # A server that doesn't end by itself.
    for _ in {1..30}; do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    kill -9 "$pid" 2>/dev/null
    wait "$pid" 2>/dev/null
    return 0
}

# listens NAME PORT…: waits until the server does; ends the script with its log if it does not.
listens() {
    local name=$1 port
    shift
    for port; do
        for _ in {1..200}; do
            (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null && continue 2
            kill -0 "${started[$name]}" 2>/dev/null || break
            sleep 0.1
        done
        fail "$name doesn't listen on port $port" "$(tail -n 40 "$tmp/$name.log")"
        finish
    done
}

# block LANGUAGE FILE N: the Nth fenced block of this language in a guide.
block() {
    awk -v language="$1" -v wanted="$3" '
        inside && $0 ~ /^ *```$/ { inside = 0 }
        inside && found == wanted { print }
        $0 ~ "^ *```" language "$" { inside = 1; found++ }
    ' "$2"
}

# blocks LANGUAGE FILE: how many there are.
blocks() {
    grep -cE "^ *\`\`\`$1\$" "$2"
}

# Makes an authority, $tmp/ca.pem, which SSL_CERT_FILE then names.
authority() {
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 30 -subj '/CN=Real neighbours' \
        -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign,cRLSign \
        -keyout "$tmp/ca.key" -out "$tmp/ca.pem" 2>/dev/null
    export SSL_CERT_FILE=$tmp/ca.pem
}

# certificate FILE HOST[,HOST…] [OPTION…]: a certificate of the authority for these names, FILE.pem with FILE.key. OPTIONs
# of `openssl x509` may change it; $key and $extensions do, too.
certificate() {
    local file=$1 hosts=$2
    shift 2
    # shellcheck disable=SC2086 # several options
    openssl req -new -newkey ${key:-ec -pkeyopt ec_paramgen_curve:prime256v1} -nodes -subj "/CN=${hosts%%,*}" \
        -keyout "$file.key" -out "$file.csr" 2>/dev/null
    openssl x509 -req -in "$file.csr" -CA "$tmp/ca.pem" -CAkey "$tmp/ca.key" -CAcreateserial -days 90 "$@" -out "$file.pem" \
        -extfile <(
            echo "subjectAltName=DNS:${hosts//,/,DNS:}"
            printf '%b\n' "${extensions-extendedKeyUsage=serverAuth}"
        ) 2>/dev/null
}

# Apple's hosts, which devices fall back to, are never asked from here.
export ABMCTL_RESOLVE=axm-servicediscovery.apple.com:127.0.0.1:9,axm-adm-enroll.apple.com:127.0.0.1:9

# Starts the sandbox. Its variables are in the array sandbox, as for `env`.
start_sandbox() {
    "$abmctl" sandbox serve -o json "$@" >"$tmp/sandbox.out" 2>"$tmp/sandbox.log" </dev/null &
    started[sandbox]=$!
    for _ in {1..200}; do
        grep -q '^hint: The sandbox listens' "$tmp/sandbox.log" 2>/dev/null && break
        sleep 0.1
    done
    # shellcheck disable=SC2034 # for those that source this
    mapfile -t sandbox < <(sed -n 's/^ *"\([A-Z_]*\)": "\(.*\)",\{0,1\}$/\1=\2/p' "$tmp/sandbox.out")
    if [ "${#sandbox[@]}" = 0 ]; then
        fail "the sandbox doesn't start" "$(cat "$tmp/sandbox.log")"
        finish
    fi
}

# What the sandbox keeps for its own profile, which is what the portal would hand out: its folder, and the file of the API account's key.
sandbox_account() {
    home=$(printf '%s\n' "${sandbox[@]}" | sed -n 's/^ABMCTL_CONFIG_DIR=//p')
    key=$(reads private_key)
    key=${key#file:}
    [[ $key = /* ]] || key=$home/$key
}

# A setting of that profile.
reads() {
    sed -n "s/^$1 = \"\(.*\)\"$/\1/p" "$home/config.toml" | head -n 1
}
