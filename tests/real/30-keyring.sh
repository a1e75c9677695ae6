#!/usr/bin/env bash
# gnome-keyring on a session bus of its own: unlocked, locked, without a collection, and absent.
. "$(dirname "$0")/lib.sh"
need dbus-run-session gnome-keyring-daemon openssl

start_sandbox
sandbox_account
for setting in "${sandbox[@]}"; do
    case $setting in
    *_URL=*) export "${setting?}" ;;
    esac
done
credentials=(--client-id "$(reads client_id)" --key-id "$(reads key_id)" --private-key-file "$key")
token=$(find "$home" -name '*prod*' -type f | head -n 1)

# A bus that starts no services by itself, so that there is a keyring only where one is started here.
cat >"$tmp/bus.conf" <<END
<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN" "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=$tmp</listen>
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
END
export XDG_RUNTIME_DIR=$tmp/run XDG_DATA_HOME=$tmp/data
mkdir -m 700 "$XDG_RUNTIME_DIR" "$XDG_DATA_HOME"

# The session lasts as long as what runs in it.
dbus-run-session --config-file="$tmp/bus.conf" -- sh -c 'echo $$ $DBUS_SESSION_BUS_ADDRESS >"$1"; exec sleep 600' sh "$tmp/session" &
for _ in {1..100}; do
    [ -s "$tmp/session" ] && break
    sleep 0.1
done
read -r "started[session]" DBUS_SESSION_BUS_ADDRESS <"$tmp/session"
export DBUS_SESSION_BUS_ADDRESS

# daemon [OPTION…]: the keyring. With --unlock the login keyring is unlocked, and made if there is none.
daemon() {
    stop keyring
    printf 'password' >"$tmp/password"
    gnome-keyring-daemon --foreground --components=secrets --control-directory="$XDG_RUNTIME_DIR/keyring" "$@" \
        >"$tmp/keyring.log" 2>&1 <"$tmp/password" &
    started[keyring]=$!
    for _ in {1..100}; do
        dbus-send --session --print-reply --dest=org.freedesktop.DBus / org.freedesktop.DBus.NameHasOwner \
            string:org.freedesktop.secrets 2>/dev/null | grep -q 'boolean true' && return
        sleep 0.1
    done
    fail "gnome-keyring-daemon doesn't come up" "$(cat "$tmp/keyring.log")"
    finish
}
# How many entries of abmctl the keyring has, by another program.
entries() {
    secret-tool search --all service abmctl 2>&1 | grep -c '^attribute.username'
}
# kept N WHAT: the keyring has so many entries.
kept() {
    has secret-tool || return 0
    local found
    found=$(entries)
    if [ "$found" = "$1" ]; then
        ok "… $2: $1 entries"
    else
        fail "$2: $found entries, expected $1" "$(secret-tool search --all service abmctl 2>&1 | grep -v '^secret')"
    fi
}
# No private key and no token in a file.
no_secret_in_files() {
    if grep -rqE 'PRIVATE KEY|access_secret' "$ABMCTL_CONFIG_DIR" "$ABMCTL_STATE_DIR"; then
        fail "a secret is in a file" "$(grep -rlE 'PRIVATE KEY|access_secret' "$ABMCTL_CONFIG_DIR" "$ABMCTL_STATE_DIR")"
    else
        ok "… no secret in a file"
    fi
}
forget_access() {
    rm -rf "$ABMCTL_STATE_DIR"
}
a() {
    "$abmctl" --max-wait 5s "$@"
}

# ---- unlocked
daemon --unlock
check "unlocked: log in" 0 "" a auth login --store keyring "${credentials[@]}"
kept 1 "after the log-in"
no_secret_in_files
forget_access
check "unlocked: use" 0 "Jamf Pro Production" a servers list
check "unlocked: status" 0 "keyring" a auth status -o json
check "unlocked: log in again, without a word where" 0 "" a auth login --yes "${credentials[@]}"
check "unlocked: import a server token" 0 "Jamf Pro Production" a tokens import "$token" --name prod --store keyring
no_secret_in_files
check "unlocked: use the server token" 0 "Jamf Pro Production" a adde-url list

# ---- locked, with the same entries in it
daemon
check "locked: a cached access token is enough" 0 "Jamf Pro Production" a servers list
forget_access
within 5 "locked: use" 2 "the keyring is locked" a servers list
says "Unlock it"
within 5 "locked: use a server token" 2 "keyring" a adde-url list
within 5 "locked: status for a job" 2 "keyring" a auth status --unattended
within 5 "locked: log in" 2 "--store file" a auth login --profile other "${credentials[@]}"
within 9 "locked: log out" 2 "keyring" a auth logout --yes
check "locked: nothing was removed from the profile" 2 "keyring" a auth status -o json

# ---- a prompt that stays open: somebody has a desktop, and isn't there
if has dbus-test-tool; then
    start prompter dbus-test-tool black-hole --name=org.gnome.keyring.SystemPrompter
    sleep 0.3
    within 8 "a prompt that nobody answers: use" 2 "didn't answer within 3 seconds" a servers list
    within 8 "a prompt that nobody answers: log in" 2 "--store file" a auth login --profile other "${credentials[@]}"
    stop prompter
else
    skip_part "dbus-test-tool is not on this machine: a prompt that stays open"
fi

# ---- the session bus as Debian has it, which starts the keyring, and a prompter that finds no display
stop keyring
mkdir -m 700 "$tmp/run2"
session() {
    env -u DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR="$tmp/run2" dbus-run-session -- "$@"
}
within 5 "Debian's session bus, locked: use" 2 "the keyring is locked" session "$abmctl" servers list

# ---- unlocked again
daemon --unlock
forget_access
check "unlocked again: use" 0 "Jamf Pro Production" a servers list
check "unlocked again: remove the server token" 0 "" a tokens remove prod --yes
check "unlocked again: log out" 0 "" a auth logout --yes
kept 0 "after the log-out"
check "logged out" 3 "auth login" a servers list

# ---- a daemon without a collection, as on a server where nobody ever logged in
stop keyring
rm -rf "$XDG_DATA_HOME"
mkdir -m 700 "$XDG_DATA_HOME"
daemon
within 5 "no collection: log in" 2 "no default keyring" a auth login "${credentials[@]}" &&
    says "--store file"
within 5 "no collection: log in with the keyring" 2 "keyring" a auth login --store keyring "${credentials[@]}"

# ---- a bus without a keyring
stop keyring
within 5 "no keyring: log in" 2 "no keyring service runs" a auth login "${credentials[@]}" &&
    says "--store file"
says_not "Unlock it"
check "no keyring: log in with a file" 0 "" a auth login --store file "${credentials[@]}"
check "no keyring: use" 0 "Jamf Pro Production" a servers list
check "no keyring: log out" 0 "" a auth logout --yes

# ---- no bus
stop session
printf '[profiles.acme]\nclient_id = "%s"\nkey_id = "%s"\nprivate_key = "keyring:"\n' \
    "$(reads client_id)" "$(reads key_id)" >"$ABMCTL_CONFIG_DIR/config.toml"
forget_access
within 5 "a bus that is gone: use" 2 "keyring" a servers list -p acme
unset DBUS_SESSION_BUS_ADDRESS XDG_RUNTIME_DIR
within 5 "no bus: use" 2 "there is no D-Bus session" a servers list -p acme
says_not "Unlock it"
within 5 "no bus: log in" 2 "--store file" a auth login -p other "${credentials[@]}"

finish
