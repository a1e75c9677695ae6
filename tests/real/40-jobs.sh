#!/usr/bin/env bash
# The guide's jobs as systemd, launchd and cron would run them.
. "$(dirname "$0")/lib.sh"

# The guides show these files as they are.
units=$root/packaging/systemd
plist=$root/packaging/launchd/example.acme.abmctl-check.plist
start_sandbox
sandbox_account
# What stands for Apple in each job; a real job needs none of it.
services=()
for setting in "${sandbox[@]}"; do
    case $setting in
    *_URL=* | ABMCTL_RESOLVE=* | ABMCTL_RESOLVER=* | SSL_CERT_FILE=*) services+=("$setting") ;;
    esac
done

# An abmctl where the guide has it, but for the folder.
mkdir -p "$tmp/usr/local/bin"
ln -s "$abmctl" "$tmp/usr/local/bin/abmctl"
here() {
    sed -e "s#/usr/local/#$tmp/usr/local/#g" -e "s#/Library/#$tmp/Library/#g" -e "s#^ExecStart=abmctl #ExecStart=$tmp/usr/local/bin/abmctl #"
}
# The guide's configuration, with the sandbox's account in it.
guides_config() {
    block toml "$root/docs/guides/systemd.md" 1 | sed -e "s/^client_id = .*/client_id = \"$(reads client_id)\"/" \
        -e "s/^key_id = .*/key_id = \"$(reads key_id)\"/" -e "s#credential:abm-key#$1#"
}
# Takes the default of vision back, so that each job finds a difference.
differs() {
    env "${sandbox[@]}" "$abmctl" -q assign --platform vision --server Intune >/dev/null 2>&1
}
agrees() {
    env "${sandbox[@]}" "$abmctl" -q assign --platform vision,mac --server prod >/dev/null 2>&1
}

# ---- systemd
mkdir "$tmp/units"
for unit in "$units"/*; do
    here <"$unit" >"$tmp/units/${unit##*/}"
done
service=$tmp/units/abmctl-check.service
# The values of a setting of the unit.
values() {
    sed -n "s/^$1=//p" "$service"
}
if has systemd-analyze; then
    systemd-analyze --version | sed -n '1s/^/# /p'
    # It says what is wrong on standard error, and doesn't always fail.
    for unit in "$tmp"/units/*; do
        if check "systemd-analyze verify ${unit##*/}" 0 "" systemd-analyze verify "$unit"; then
            mine=$(grep -F "$tmp/units" <<<"$out")
            [ -z "$mine" ] || fail "systemd-analyze verify ${unit##*/}" "$mine"
        fi
    done
    # In tenths; 2.0 is "OK", the best that a service with a network gets.
    check "systemd-analyze security, 2.0 at most" 0 "Overall exposure level" \
        systemd-analyze security --no-pager --offline=true --threshold=20 "$service"
else
    skip_part "systemd-analyze is not on this machine"
fi

if [ -d /run/systemd/system ] && [ "$(id -u)" = 0 ] && has systemctl; then
    # The guide's unit under a name of its own: neither /etc/abmctl nor an existing unit is touched.
    id=abmctl-real-$$
    place=$(mktemp -d /opt/$id.XXXXXX)
    remove_unit() {
        rm -rf "/run/systemd/system/$id.service" "$place" "/etc/${id:?}" "/var/lib/$id" "/var/lib/private/$id"
        systemctl daemon-reload
    }
    trap 'remove_unit; at_exit' EXIT
    chmod 755 "$place"
    cp "$abmctl" "$place/abmctl"
    install -m 600 "$key" "$place/private-key.pem"
    mkdir -m 755 "/etc/$id"
    guides_config credential:abm-key >"/etc/$id/config.toml"
    sed -e "s#$tmp/usr/local/bin/abmctl#$place/abmctl#" -e "s#/etc/abmctl/#$place/#" \
        -e "s#^\(ConfigurationDirectory\|StateDirectory\)=abmctl#\1=$id#" -e "s#\(%[ES]\)/abmctl#\1/$id#g" "$service" |
        awk -v services="$(printf 'Environment=%s\n' "${services[@]:0:6}")" '{ print } /^\[Service\]/ { print services }' \
            >"/run/systemd/system/$id.service"
    systemctl daemon-reload
    # job WHAT EXIT: runs the unit.
    job() {
        systemctl start "$id.service"
        out=$(journalctl -u "$id.service" -o cat --no-pager -n 30)
        local status
        status=$(systemctl show -p ExecMainStatus --value "$id.service")
        if [ "$status" = "$2" ]; then ok "$1"; else fail "$1: exit $status, expected $2" "$out"; fi
    }
    differs
    job "the unit, run by systemd: a difference" 9
    agrees
    job "the unit, run by systemd: none" 0
else
    skip_part "systemd doesn't run here: the unit's command runs by hand, without its sandbox"
fi

# By hand: the unit's command with the unit's variables, and the credential as systemd puts it.
mkdir -m 700 "$tmp/credentials" "$tmp/etc" "$tmp/lib"
mkdir -p "$tmp/etc/abmctl" "$tmp/lib/abmctl"
for credential in $(values LoadCredential); do
    # As systemd has it: readable by a group and by root, in a folder that others can't enter.
    install -m 440 "$key" "$tmp/credentials/${credential%%:*}"
done
guides_config credential:abm-key >"$tmp/etc/abmctl/config.toml"
read -ra variables <<<"$(values Environment | sed -e "s#%E#$tmp/etc#g" -e "s#%S#$tmp/lib#g")"
read -ra command <<<"$(values ExecStart)"
by_hand() {
    env -i PATH=/usr/bin:/bin LANG=C.UTF-8 CREDENTIALS_DIRECTORY="$tmp/credentials" "${variables[@]}" "${services[@]}" "$@"
}
differs
check "ExecStart by hand, a difference" 9 "vision    Intune  Jamf Pro Production" by_hand "${command[@]}"
agrees
check "ExecStart by hand, none" 0 "" by_hand "${command[@]}"
[ -z "$out" ] || fail "ExecStart by hand prints without a difference" "$out"
check "auth status --unattended with the credential" 0 "proven" by_hand "${command[0]}" auth status --unattended
rm -rf "$tmp/lib/abmctl/access-tokens"
check "… without it" 2 "abm-key" env -i "${variables[@]}" "${services[@]}" "${command[@]}"
if has strace systemd-analyze && [ -n "$(values SystemCallFilter)" ]; then
    # The groups of the filter, with those in them.
    calls_of() {
        local word
        while read -r word _; do
            case $word in
            '#'* | '') ;;
            "$1") ;;
            @*) calls_of "$word" ;;
            *) echo "$word" ;;
            esac
        done < <(systemd-analyze syscall-filter "$1")
    }
    differs
    by_hand strace -f -qq -o "$tmp/calls" "${command[@]}" >/dev/null 2>&1
    refused=$(sed -n 's/^[0-9]* *\([a-z0-9_]*\)(.*/\1/p' "$tmp/calls" | sort -u | comm -23 - <(calls_of "$(values SystemCallFilter)" | sort -u))
    if ! grep -q 'execve(' "$tmp/calls"; then
        skip_part "strace doesn't work here"
    elif [ -z "$refused" ]; then
        ok "the unit's SystemCallFilter has every system call that the command makes"
    else
        fail "the unit's SystemCallFilter refuses system calls" "$refused"
    fi
else
    skip_part "strace is not on this machine: the unit's SystemCallFilter"
fi

# ---- launchd
if has python3; then
    python3 - "$plist" >"$tmp/job" <<'END'
import plistlib, sys
job = plistlib.load(open(sys.argv[1], "rb"))
assert isinstance(job["Label"], str)
assert all(isinstance(word, str) and word.strip() == word and " " not in word for word in job["ProgramArguments"]), job
assert set(job["StartCalendarInterval"]) <= {"Minute", "Hour", "Day", "Weekday", "Month"}
assert all(isinstance(number, int) for number in job["StartCalendarInterval"].values())
# Restoring takes up to 15 minutes.
assert job["ExitTimeOut"] >= 900, job
for name, value in job["EnvironmentVariables"].items():
    print("variable", name + "=" + value)
for word in job["ProgramArguments"]:
    print("word", word)
END
    if [ $? = 0 ]; then ok "plistlib reads the job"; else fail "plistlib reads the job" "$(cat "$plist")"; fi
    mapfile -t variables < <(sed -n 's/^variable //p' "$tmp/job" | here)
    mapfile -t command < <(sed -n 's/^word //p' "$tmp/job" | here)
    # As the guide makes it; abmctl makes the folders in it.
    mkdir -p "$tmp/Library/Application Support/abmctl"
    # A daemon has no HOME.
    daemon() {
        env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin "${variables[@]}" "${services[@]}" "$@"
    }
    check "launchd: log in as the guide says" 0 "" daemon "${command[0]}" auth login --unattended \
        --client-id "$(reads client_id)" --key-id "$(reads key_id)" --private-key-file "$key"
    check "launchd: an alias" 0 "" daemon "${command[0]}" servers alias prod "Jamf Pro Production"
    differs
    check "launchd: the job, a difference" 9 "vision    Intune  Jamf Pro Production" daemon "${command[@]}"
    agrees
    check "launchd: the job, none" 0 "" daemon "${command[@]}"
else
    skip_part "python3 is not on this machine: the launchd job"
fi

# ---- cron
# cron sets HOME, and the configuration is the user's.
mkdir -p "$HOME/.config"
cp -a "$home" "$HOME/.config/abmctl"
settings=()
# jobs N: the jobs in a crontab of the guide, whose settings hold for those that follow; cron takes a percent sign for the end of the line.
jobs() {
    local line
    jobs=()
    block crontab "$root/docs/guides/cron.md" "$1" >"$tmp/crontab"
    while IFS= read -r line; do
        if [[ $line =~ ^[A-Z_]+= ]]; then
            settings+=("$line")
        elif [[ $line =~ ^([^\ ]+\ ){5}(.*)$ ]]; then
            jobs+=("${BASH_REMATCH[2]}")
        else
            fail "a line of the crontab is neither a setting nor a job" "$line"
        fi
    done < <(here <"$tmp/crontab" | sed "s#/etc/abmctl/#$tmp/etc/abmctl/#")
    if grep -q '%' "$tmp/crontab"; then fail "cron: a percent sign" "$(cat "$tmp/crontab")"; fi
}
# The last one has the four jobs and the settings.
jobs "$(blocks crontab "$root/docs/guides/cron.md")"
cron() {
    env -i HOME="$HOME" LOGNAME="${LOGNAME:-root}" SHELL=/bin/sh "${settings[@]}" "${services[@]}" /bin/sh -c "$1"
}
# What each prints with a difference; nothing else may be printed.
expected=(
    'assign|exit 9 Profile|vision    Intune  Jamf Pro Production'
    'tokens list||'
    'adde-url check|exit 9|acme.de'
    'domains list|exit 9|acme.com'
)
[ "${#jobs[@]}" = "${#expected[@]}" ] || fail "cron: ${#jobs[@]} jobs in the guide, expected ${#expected[@]}" "$(cat "$tmp/crontab")"
differs
for n in "${!jobs[@]}"; do
    IFS='|' read -r what first more <<<"${expected[n]:-}"
    [[ ${jobs[n]} = *"$what"* ]] || fail "cron: the job is not $what" "${jobs[n]}"
    check "cron: $what" 0 "$first" cron "${jobs[n]}"
    if [ -z "$first" ]; then
        [ -z "$out" ] || fail "cron: $what has something to say" "$out"
    else
        says "$more"
    fi
done
agrees
check "cron: nothing to say without a difference" 0 "" cron "${jobs[0]}"
[ -z "$out" ] || fail "cron: prints without a difference" "$out"

# The nightly job for devices without a server. They have been there for longer than 14 days, so it changes none.
jobs 1
mkdir -p "$tmp/etc/abmctl"
printf 'serial_number\nC02SPARE0001\n' >"$tmp/etc/abmctl/spares.csv"
[ "${#jobs[@]}" = 1 ] || fail "cron: ${#jobs[@]} nightly jobs in the guide, expected 1" "$(cat "$tmp/crontab")"
check "cron: the nightly job" 0 "" cron "${jobs[0]}"
check "cron: the nightly job, once more" 0 "" cron "${jobs[0]}"
[ -z "$out" ] || fail "cron: the nightly job prints although it changed nothing" "$out"

finish
