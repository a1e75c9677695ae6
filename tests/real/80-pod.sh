#!/usr/bin/env bash
# The CronJob of packaging/kubernetes as a node would run it: its user, its variables and its arguments, on a read-only root,
# without capabilities, with volumes that have the owners, modes and links that Kubernetes gives them.
#
# Those are from Kubernetes' code: `pkg/volume/util/atomic_writer.go` (links and modes of Secrets and ConfigMaps) and
# `pkg/volume/volume_linux.go` (fsGroup).
. "$(dirname "$0")/lib.sh"

need python3 unshare setpriv chroot ldd
[ "$(id -u)" = 0 ] || skip "this isn't root, so it can't be another user in a root of its own"
unshare --mount true 2>/dev/null || skip "mounts of one's own aren't allowed here"
python3 -c 'import yaml' 2>/dev/null || skip "python3-yaml is not on this machine"
manifest=$root/packaging/kubernetes/cronjob.yaml
start_sandbox
sandbox_account
services=()
for setting in "${sandbox[@]}"; do
    case $setting in
    *_URL=* | ABMCTL_RESOLVE=* | ABMCTL_RESOLVER=*) services+=("$setting") ;;
    SSL_CERT_FILE=*) roots=${setting#*=} ;;
    esac
done

# What the manifest says, as variables of bash.
python3 - "$manifest" >"$tmp/manifest" <<'END' || fail "the manifest is as this script expects it" "$(cat "$tmp/manifest")"
import shlex, sys, yaml
config, claim, job = yaml.safe_load_all(open(sys.argv[1]))
pod = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]
container, = pod["containers"]
volumes = {it.pop("name"): it for it in pod["volumes"]}
mounts = {}
for it in container["volumeMounts"]:
    (kind, volume), = volumes[it["name"]].items()
    mounts[kind] = it["mountPath"], it.get("subPath", ""), volume.get("defaultMode", 0o644)
def say(name, *words):
    print(name + "=(" + " ".join(map(shlex.quote, map(str, words))) + ")")
say("arguments", *container["args"])
say("variables", *(it["name"] + "=" + it["value"] for it in container["env"]))
security = pod["securityContext"]
say("ids", security["runAsUser"], security["runAsGroup"], security["fsGroup"])
say("policy", security["fsGroupChangePolicy"])
for kind in "configMap", "secret", "persistentVolumeClaim":
    path, below, mode = mounts[kind]
    say(kind, path, below, "%o" % mode)
say("config", config["data"]["config.toml"])
END
# shellcheck disable=SC1091 # just written
. "$tmp/manifest"
# shellcheck disable=SC2154 # as the line before
user=${ids[0]} group=${ids[1]} fs_group=${ids[2]}

# The image: the program with its libraries, and what the test starts it with. The folders that are mounted aren't in it.
image=$tmp/image
mkdir -p "$image"/{etc/ssl/certs,proc,tmp,usr/bin,var/lib}
for program in "$abmctl" "$(command -v setpriv)" "$(command -v env)"; do
    cp -L "$program" "$image/usr/bin/"
    while read -r library; do
        mkdir -p "$image$(dirname "$library")"
        cp -L "$library" "$image$library"
    done < <(ldd "$program" | grep -oE '/[^ ]+')
done
install -m 644 "$roots" "$image/etc/ssl/certs/ca-certificates.crt"

# volume KIND MODE NAME TEXT: a Secret or a ConfigMap with one key: links to a folder that is replaced as a whole. With fsGroup,
# the group can read each file, and each folder passes its group on.
volume() {
    local folder=$tmp/volumes/$1 data=..2026_11_22_10_00_00.123456789
    mkdir -p "$folder/$data"
    printf '%s\n' "$4" >"$folder/$data/$3"
    ln -s "$data" "$folder/..data"
    ln -s "..data/$3" "$folder/$3"
    chown -R "0:$fs_group" "$folder"
    chmod "$(printf '%o' $((8#$2 | 8#440)))" "$folder/$data/$3"
    chmod 2755 "$folder/$data"
    # A Secret's folder is in memory.
    case $1 in
    secret) chmod 3777 "$folder" ;;
    *) chmod 2777 "$folder" ;;
    esac
}
# shellcheck disable=SC2154 # of the manifest
{
    text=$(sed -e "s/^client_id = .*/client_id = \"$(reads client_id)\"/" -e "s/^key_id = .*/key_id = \"$(reads key_id)\"/" <<<"${config[0]}")
    volume configMap "${configMap[2]}" config.toml "$text"
    volume secret "${secret[2]}" abm-key "$(cat "$key")"
}
# A new volume, as the node hands it over: fsGroup on its root.
new_state() {
    state=$tmp/volumes/$1
    mkdir -p "$state"
    chown "0:$fs_group" "$state"
    chmod 2775 "$state"
}
new_state pvc

# Runs in a mount namespace: bind mounts, a read-only root, and then a command as the manifest's user. chroot needs a
# capability, so these are dropped inside of it.
cat >"$tmp/node" <<'END'
set -e
image=$1 state=$2 user=$3 group=$4 fs_group=$5
shift 5
mount --bind "$image" "$image"
while [ "$1" != -- ]; do
    # FROM TO MODE
    if [ -d "$1" ]; then mkdir -p "$image$2"; else mkdir -p "$(dirname "$image$2")" && : >>"$image$2"; fi
    mount --bind "$1" "$image$2"
    [ "$3" = rw ] || mount -o remount,bind,ro "$image$2"
    shift 3
done
shift
mount -t proc proc "$image/proc"
mount -o remount,bind,ro "$image"
exec chroot "$image" /usr/bin/setpriv --reuid "$user" --regid "$group" --groups "$fs_group" --no-new-privs \
    --bounding-set=-all --inh-caps=-all /usr/bin/env -i "$@"
END

# pod WORDS…: runs `env -i WORDS…` in the pod. $mounts has what is mounted.
pod() {
    unshare --mount --propagation private bash "$tmp/node" "$image" "$state" "$user" "$group" "$fs_group" "${mounts[@]}" -- "$@"
}
# shellcheck disable=SC2154 # of the manifest
usual() {
    mounts=(
        "$tmp/volumes/configMap/${configMap[1]}" "${configMap[0]}" ro
        "$tmp/volumes/secret" "${secret[0]}" ro
        "$state" "${persistentVolumeClaim[0]}" rw
    )
}
# shellcheck disable=SC2154 # of the manifest
run() {
    pod "${variables[@]}" "${services[@]}" "$@"
}
# Somebody else's change, of which the pod's state folder knows nothing: abmctl would wait for its own to show.
elsewhere() {
    env "${sandbox[@]}" ABMCTL_STATE_DIR="$(mktemp -d "$tmp/elsewhere.XXX")" "$abmctl" -q assign "$@" >/dev/null 2>&1
}
differs() {
    elsewhere --platform vision --server Intune
}
agrees() {
    elsewhere --platform vision,mac --server prod
}
# The access token's file: its mode, and a sum of what it holds.
token() {
    find "$state/access-tokens" -name '*.json' -printf '%m ' -exec md5sum {} + 2>/dev/null
}

# holds WHAT COMMAND…: a check of something else than abmctl's output.
holds() {
    local what=$1
    shift
    if "$@"; then ok "$what"; else fail "$what" "$*"; fi
}

usual
differs
# shellcheck disable=SC2154 # of the manifest
check "the pod, a difference" 9 "vision    Intune  Jamf Pro Production" run abmctl "${arguments[@]}"
agrees
check "the pod, none" 0 "" run abmctl "${arguments[@]}"
[ -z "$out" ] || fail "the pod prints without a difference" "$out"
first=$(token)
holds "the access token is kept for the next run" test "${first%% *}" = 600

# What the node does to the volume before the next pod starts: nothing, if its root is as it should be (OnRootMismatch).
# shellcheck disable=SC2154 # of the manifest
holds "the policy is OnRootMismatch" test "${policy[0]}" = OnRootMismatch
holds "abmctl leaves the root of the volume as the node made it" test "$(stat -c %a:%g "$state")" = "2775:$fs_group"
check "the next pod" 0 "" run abmctl "${arguments[@]}"
holds "… uses the same access token" test "$(token)" = "$first"
# With the default policy it does this to each file.
chmod -R g+rw "$state"
check "the next pod, after the default policy" 0 "" run abmctl "${arguments[@]}"
holds "… asks for a token, as the guide says" test "$(token)" != "$first"

# A change: the journal is on the volume.
differs
enforce=("${arguments[@]}")
unset 'enforce[-1]'
check "the pod enforces" 0 "Put back with" run abmctl "${enforce[@]}"
says_not "state folder"
check "… and the next pod lists it" 0 "as wished" run abmctl journal list

# Without a volume for it, there is no state, and nothing is changed.
differs
mounts=("${mounts[@]:0:6}")
check "enforcing without a volume" 1 "Read-only file system" run abmctl "${enforce[@]}"
check "… changed nothing" 9 "vision    Intune  Jamf Pro Production" run ABMCTL_STATE_DIR=/tmp/none abmctl "${arguments[@]}"
# A folder that ends with the pod.
new_state kubernetes.io~empty-dir/state
usual
check "enforcing on an emptyDir" 0 "The state folder ${persistentVolumeClaim[0]} had no journal" run abmctl "${enforce[@]}"
says "emptyDir"
check "… the second time" 0 "Put back with" run abmctl -q assign --platform vision --server Intune
says_not "had no journal"

# What the guide warns of.
state=$tmp/volumes/pvc
usual
rm -rf "$state/access-tokens"
sed -i 's#"credential:abm-key"#"file:/run/secrets/abmctl/abm-key"#' "$tmp/volumes/configMap/..data/config.toml"
kept=("${variables[@]}")
variables=("${variables[@]/#CREDENTIALS_DIRECTORY=*/UNUSED=}")
check "the key as file: is refused, whatever its defaultMode" 2 "its mode is 0440" run abmctl "${arguments[@]}"
variables=("${kept[@]}")
mounts[0]=$tmp/volumes/configMap
mounts[1]=$(dirname "${configMap[0]}")
check "the ConfigMap as a folder is refused" 2 "can be changed by other users (mode 2777)" run abmctl "${arguments[@]}"

finish
