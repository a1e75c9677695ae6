#!/usr/bin/env bash
# A client that somebody else wrote for Apple's API and tested there: pyaxm, unchanged, on the sandbox.
#
# ABMCTL is the program, target/debug/abmctl unless set. pyaxm comes from PyPI, into a folder below target/ that is kept.
# The last line says SKIPPED and why if this machine can't run it.
set -euo pipefail
unset CDPATH
here=$(cd "$(dirname "$0")" && pwd)
target=${CARGO_TARGET_DIR:-$here/../../target}
abmctl=${ABMCTL:-$target/debug/abmctl}

# What was tried; another version needs another look.
version=2026.9.3.1

skip() {
    echo "SKIPPED: pyaxm was not run: $*"
    exit 0
}

[ -x "$abmctl" ] || {
    echo "$abmctl is not there: build it with \`cargo build\`, or set ABMCTL" >&2
    exit 1
}
python=""
for candidate in python3 python3.14 python3.13 python3.12 python3.11 python3.10; do
    if "$candidate" -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 10))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
[ -n "$python" ] || skip "Python 3.10 or newer with venv is missing (python3, python3-venv)"

work=$(mktemp -d)
server=""
finish() {
    if [ -n "$server" ]; then
        kill "$server" 2>/dev/null || true
        wait "$server" 2>/dev/null || true
    fi
    rm -rf "$work"
}
trap finish EXIT

# Without its command line, which needs pandas; authlib 2 drops what pyaxm signs with.
mkdir -p "$target/real"
environment=$target/real/pyaxm-$version-$("$python" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
if [ ! -e "$environment/complete" ]; then
    rm -rf "$environment"
    "$python" -m venv "$environment"
    pip=("$environment/bin/python" -m pip install --quiet --disable-pip-version-check --retries 1 --timeout 20)
    if ! { "${pip[@]}" --no-deps "pyaxm==$version" &&
        "${pip[@]}" 'authlib<2' pycryptodomex 'pydantic>=2' requests; } >"$work/pip.log" 2>&1; then
        tail -n 3 "$work/pip.log"
        rm -rf "$environment"
        skip "pyaxm $version can't be installed from PyPI"
    fi
    touch "$environment/complete"
fi

devices=2500
"$abmctl" sandbox serve -o json --home "$work/home" --devices "$devices" --audit-events 400 \
    --fault 'GET /v1/mdmServers=429:1x1' >"$work/variables" 2>"$work/sandbox.log" &
server=$!
for _ in $(seq 100); do
    grep -q '"SSL_CERT_FILE"' "$work/variables" && break
    kill -0 "$server" 2>/dev/null || break
    sleep 0.1
done
origin=$(sed -n 's/^ *"ABMCTL_API_URL": "\(.*\)",\{0,1\}$/\1/p' "$work/variables")
[ -n "$origin" ] || {
    cat "$work/sandbox.log" >&2
    echo "the sandbox did not start" >&2
    exit 1
}

mkdir "$work/files"
if ! env -u HTTP_PROXY -u http_proxy -u HTTPS_PROXY -u https_proxy -u ALL_PROXY -u all_proxy \
    SANDBOX="$origin" DEVICES="$devices" PYTHONPATH="$here/pyaxm" PYTHONDONTWRITEBYTECODE=1 \
    PYTHONWARNINGS=ignore HOME="$work" \
    "$environment/bin/python" "$here/pyaxm/operations.py" "$work/home/config" "$work/files"; then
    cat "$work/sandbox.log" >&2
    exit 1
fi
