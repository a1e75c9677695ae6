#!/usr/bin/env bash
# The completions in the shells themselves: bash, zsh and fish ask the program through the stubs of completions/.
. "$(dirname "$0")/lib.sh"

bin=$tmp/bin
mkdir "$bin"
ln -s "$abmctl" "$bin/abmctl"
export PATH=$bin:$PATH
mkdir -m 755 "$tmp/here" "$tmp/here/folder"
: >"$tmp/here/token file.p7m"
cd "$tmp/here" || exit 1
cat >"$ABMCTL_CONFIG_DIR/config.toml" <<'TOML'
default_profile = "acme"
[profiles.acme]
client_id = "BUSINESSAPI.00000000-0000-0000-0000-000000000000"
private_key = "keyring:"
[profiles.acme.aliases]
prod = "Jamf Pro Production"
"it's $5: x" = "Intune"
[profiles.acme.tokens.main]
token = "keyring:"
server_name = "Jamf Pro Production"
[profiles.globex]
client_id = "SCHOOLAPI.00000000-0000-0000-0000-000000000000"
private_key = "keyring:"
[profiles.globex.aliases]
classroom = "Classroom: 1"
TOML
chmod 600 "$ABMCTL_CONFIG_DIR/config.toml"

# The lines that are typed, and the words that a shell has to make of each once Tab is pressed.
lines=(
    'abmctl assi' '[abmctl][assign]'
    'abmctl -p g' '[abmctl][-p][globex]'
    'abmctl profiles use ac' '[abmctl][profiles][use][acme]'
    'abmctl assign --server pr' '[abmctl][assign][--server][prod]'
    'abmctl assign --server=pr' '[abmctl][assign][--server=prod]'
    'abmctl assign --server Jam' '[abmctl][assign][--server][Jamf Pro Production]'
    'abmctl assign --server=Jam' '[abmctl][assign][--server=Jamf Pro Production]'
    'abmctl assign --server Jamf\ P' '[abmctl][assign][--server][Jamf Pro Production]'
    "abmctl assign --server 'Jam" '[abmctl][assign][--server][Jamf Pro Production]'
    'abmctl assign --server "Jam' '[abmctl][assign][--server][Jamf Pro Production]'
    'abmctl assign --server it' "[abmctl][assign][--server][it's \$5: x]"
    'abmctl assign --server "it' "[abmctl][assign][--server][it's \$5: x]"
    'abmctl assign --from no' '[abmctl][assign][--from][none]'
    'abmctl -p globex assign --server cl' '[abmctl][-p][globex][assign][--server][classroom]'
    'abmctl assign --platform mac,vi' '[abmctl][assign][--platform][mac,vision]'
    'abmctl servers list --columns name,def' '[abmctl][servers][list][--columns][name,default_platforms]'
    'abmctl domains list --columns domain,st' '[abmctl][domains][list][--columns][domain,status]'
    'abmctl -o nd' '[abmctl][-o][ndjson]'
    'abmctl tokens remove ma' '[abmctl][tokens][remove][main]'
    'abmctl tokens import tok' '[abmctl][tokens][import][token file.p7m]'
    'abmctl tokens import fol' '[abmctl][tokens][import][folder/]'
    # No file is wanted.
    'abmctl domains check tok' '[abmctl][domains][check][tok]'
    'abmctl servers get tok' '[abmctl][servers][get][tok]'
    'abmctl api GET tok' '[abmctl][api][GET][tok]'
)

# typed SHELL STUB: types each of the lines into this shell.
typed() {
    local place
    for ((place = 0; place < ${#lines[@]}; place += 2)); do echo "${lines[place]}"; done |
        python3 "$real/shells/type.py" "$1" "$2" >"$tmp/$1.made" 2>&1
}

# compared SHELL: whether it made the words of them.
compared() {
    local place made
    mapfile -t made <"$tmp/$1.made"
    for ((place = 0; place < ${#lines[@]}; place += 2)); do
        if [ "${made[place / 2]:-}" = "${lines[place + 1]}" ]; then
            ok "$1: ${lines[place]}"
        else
            fail "$1: ${lines[place]}" "expected ${lines[place + 1]}"$'\n'"found    ${made[place / 2]:-nothing}"
        fi
    done
}

shells=()
for stub in bash:abmctl.bash zsh:_abmctl fish:abmctl.fish; do
    shell=${stub%%:*}
    if has "$shell" python3; then
        typed "$shell" "$root/completions/${stub#*:}" &
        shells+=("$shell")
    else
        skip_part "$shell or python3 is not on this machine"
    fi
done
wait
for shell in "${shells[@]}"; do
    compared "$shell"
done

# What the program answers, and how fast.
check "a description for each" 0 $'prod\tJamf Pro Production' env COMPLETE=fish abmctl -- abmctl assign --server p
within 1 "the profiles, at once" 0 globex env COMPLETE=bash abmctl -- abmctl -p ''
before=$(find "$ABMCTL_CONFIG_DIR" "$ABMCTL_STATE_DIR" | sort)
check "no secret, no keyring, nothing written" 0 main env COMPLETE=bash abmctl -- abmctl tokens remove ''
if [ "$(find "$ABMCTL_CONFIG_DIR" "$ABMCTL_STATE_DIR" | sort)" = "$before" ]; then ok "… no file"; else fail "a file was written"; fi
echo 'profiles = 1' >"$ABMCTL_CONFIG_DIR/config.toml"
out=$(COMPLETE=bash abmctl -- abmctl -p '' 2>&1)
if [ $? = 0 ] && [ -z "$out" ]; then ok "a broken configuration has no candidates"; else fail "a broken configuration" "$out"; fi
check "the variable alone means nothing" 0 abmctl env COMPLETE=bash abmctl --version
finish
