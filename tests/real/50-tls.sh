#!/usr/bin/env bash
# openssl's server with the certificates and the TLS that devices refuse.
. "$(dirname "$0")/lib.sh"
need openssl

authority
openssl version | sed 's/^/# /'

# What -HTTP serves is the whole answer, in a file of the path's name with the query.
mkdir -p "$tmp/www/.well-known"
document='{"Servers":[{"Version":"mdm-byod","BaseURL":"https://acme.com/enroll"}]}'
serve_files() {
    local file
    for file in "" "?user-identifier=abmctl-check@acme.com&model-family=Mac" "?user-identifier=abmctl-check@acme.com&model-family=iPhone"; do
        printf 'HTTP/1.0 200 OK\r\nContent-Type: application/json\r\nContent-Length: %s\r\n\r\n%s' "${#document}" "$document" \
            >"$tmp/www/.well-known/com.apple.remotemanagement$file"
    done
}
serve_files

# server CERTIFICATE [OPTION…]: acme.com, with this certificate.
server() {
    local certificate=$1
    shift
    stop server
    free_port port
    cd "$tmp/www" || exit 1
    start server openssl s_server -accept "127.0.0.1:$port" -cert "$certificate.pem" -key "$certificate.key" -HTTP -quiet "$@"
    cd "$tmp" || exit 1
    listens server "$port"
}
# found WHAT EXIT CODE [ARGUMENT…]: what devices find there, by the word in json.
found() {
    local what=$1 code=$2 word=$3
    shift 3
    check "$what" "$code" "\"code\": \"$word\"" "$abmctl" adde-url check acme.com --platform iphone -o json --timeout 5s \
        --resolve "acme.com:443:127.0.0.1:$port" "$@"
}
clean() {
    check "$1" 0 '"findings": []' "$abmctl" adde-url check acme.com --platform iphone -o json --timeout 5s \
        --resolve "acme.com:443:127.0.0.1:$port" "${@:2}"
}

# ---- certificates
certificate "$tmp/good" acme.com
server "$tmp/good"
clean "a good certificate"
check "…, through the domain" 0 "through domain" "$abmctl" adde-url check acme.com --platform iphone \
    --resolve "acme.com:443:127.0.0.1:$port"

certificate "$tmp/long" acme.com -days 1100
server "$tmp/long"
found "1,100 days" 9 certificate_too_long

certificate "$tmp/longer" acme.com -days 500
server "$tmp/longer"
found "500 days" 0 certificate_long

extensions='' certificate "$tmp/no-usage" acme.com
server "$tmp/no-usage"
found "no extended key usage" 9 certificate_no_server_auth

extensions='extendedKeyUsage=clientAuth' certificate "$tmp/client" acme.com
server "$tmp/client"
found "for clients only" 9 certificate_no_server_auth

key='rsa:1024' certificate "$tmp/weak" acme.com
server "$tmp/weak" -cipher DEFAULT@SECLEVEL=0
found "RSA with 1024 bits" 9 certificate_weak_key

certificate "$tmp/sha1" acme.com -sha1
server "$tmp/sha1" -cipher DEFAULT@SECLEVEL=0
found "signed with SHA-1" 9 certificate_sha1

certificate "$tmp/soon" acme.com -days 5
server "$tmp/soon"
found "five days left" 0 certificate_ends_soon

# `openssl x509` takes no dates before version 3.4; a negative number of days is over at once.
certificate "$tmp/expired" acme.com -days -1
server "$tmp/expired"
found "expired" 9 certificate_expired

certificate "$tmp/other" www.acme.com
server "$tmp/other"
found "another name" 9 certificate_wrong_name

openssl req -x509 -newkey rsa:2048 -nodes -days 90 -subj /CN=acme.com -addext subjectAltName=DNS:acme.com \
    -addext extendedKeyUsage=serverAuth -keyout "$tmp/own.key" -out "$tmp/own.pem" 2>/dev/null
server "$tmp/own"
found "self-signed" 9 certificate_untrusted

# ---- versions and cipher suites
server "$tmp/good" -tls1_3
clean "TLS 1.3"
server "$tmp/good" -tls1_2
clean "TLS 1.2" --os-version iphone=27.0
server "$tmp/good" -tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305
found "TLS 1.2 with ChaCha20 alone" 0 tls_version_27
found "TLS 1.2 with ChaCha20 alone, for version 27" 9 tls_version_27 --os-version iphone=27.0
server "$tmp/good" -tls1_2 -cipher ECDHE-ECDSA-AES128-SHA256
found "TLS 1.2 with CBC alone" 9 tls_failed
server "$tmp/good" -tls1_1 -cipher DEFAULT@SECLEVEL=0
found "TLS 1.1" 9 tls_failed

# ---- what openssl's own server can't do
if has python3; then
    cat >"$tmp/server.py" <<'END'
import socket, ssl, sys, threading
kind, port, file, document = sys.argv[1:]
listener = socket.create_server(("127.0.0.1", int(port)))
context = None
if kind == "no-ems":
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file + ".pem", file + ".key")
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.options |= 1  # SSL_OP_NO_EXTENDED_MASTER_SECRET
def answer(connection):
    try:
        if kind == "closes":
            connection.recv(4096)
        elif kind == "resets":
            connection.recv(1)  # what was not read makes it a reset
        elif kind == "plain":
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
        else:
            connection = context.wrap_socket(connection, server_side=True)
            connection.recv(4096)
            head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: %d\r\n\r\n"
            connection.sendall((head % len(document) + document).encode())
    except OSError:
        pass
    connection.close()
while True:
    threading.Thread(target=answer, args=(listener.accept()[0],), daemon=True).start()
END
    # A server with its own kind of fault.
    faulty() {
        stop server
        free_port port
        start server python3 "$tmp/server.py" "$1" "$port" "$tmp/good" "$document"
        listens server "$port"
    }
    faulty no-ems
    found "TLS 1.2 without extended master secret" 0 tls_version_27
    found "TLS 1.2 without extended master secret, for version 27" 9 tls_version_27 --os-version iphone=27.0
    faulty closes
    found "a handshake that is closed" 9 tls_failed
    faulty resets
    found "a handshake that is reset" 9 tls_failed
    faulty plain
    found "http on the port of https" 9 tls_failed
else
    skip_part "extended master secret and closed handshakes: python3 is not on this machine"
fi

finish
