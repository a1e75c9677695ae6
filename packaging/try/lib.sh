# shellcheck shell=bash
# What the scripts of packaging/try share. Each tries what was made, prints `ok` for each check, and ends at the first
# that fails; it begins with: . "$(dirname "$0")/lib.sh"
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

output=$tools/output-$$
trap 'rm -f "$log" "$output"' EXIT

# pages_find_each_other FOLDER: each link of a page there to a page, a license, a unit or an example leads to a file.
pages_find_each_other() {
    python3 - "$1" <<'END'
import pathlib, re, sys
top, dead, pages = pathlib.Path(sys.argv[1]).resolve(), [], 0
for page in top.rglob("*.md"):
    pages += 1
    for link in re.findall(r"\]\(([^)#\s]+)", page.read_text()):
        target = (page.parent / link).resolve()
        # Scripts and sources are in the repository alone.
        shown = re.search(r"\.md$|LICENSE|/packaging/(systemd|launchd|kubernetes)/", str(target))
        if "://" not in link and shown and not target.exists():
            dead.append(f"{page.relative_to(top)}: {link}")
print(*dead, sep="\n")
sys.exit(1 if dead or not pages else 0)
END
}

# check WHAT COMMAND…
check() {
    local what=$1
    shift
    if "$@" >"$output" 2>&1; then
        printf 'ok   %s\n' "$what"
    else
        cat "$output"
        printf 'FAIL %s: %s\n' "$what" "$*"
        exit 1
    fi
}
# check_not WHAT COMMAND…: the command must fail.
check_not() {
    local what=$1
    shift
    check "$what" not "$@"
}
not() { ! "$@"; }

# prints TEXT COMMAND…: the command succeeds, and its output has this text.
prints() {
    local text=$1
    shift
    "$@" >"$output.text" 2>&1 || { cat "$output.text"; rm -f "$output.text"; return 1; }
    grep -qF -- "$text" "$output.text" || { cat "$output.text"; echo "no such text: $text"; rm -f "$output.text"; return 1; }
    rm -f "$output.text"
}

# needs_artifact WHAT FILE COMMAND
needs_artifact() {
    [ -f "$2" ] || lacks "$1" "there is no ${2#"$root"/}; run $3"
}

# check_program COMMAND…: the program runs, and so do the three jobs on its emulator.
check_program() {
    check "it runs, and is version $version" prints "abmctl $version" "$@" --version
    check "sandbox demo" prints "through domain" "$@" sandbox demo
}

# all_man_pages FOLDER SUFFIX: each page of man/ is in the folder.
all_man_pages() {
    local page
    for page in man/*.1; do
        [ -f "$1/${page#man/}$2" ] || { echo "there is no $1/${page#man/}$2"; return 1; }
    done
}

# own_mounts WHAT ARGUMENT…: runs the script again in a mount namespace of its own, so that nothing that it mounts outlives
# it or is seen by others; `space` is an empty folder in memory. It isn't in the checkout, whose path may have a space in it:
# debootstrap can't work there.
own_mounts() {
    local what=$1
    shift
    local code=0
    if [ -z "${ABMCTL_TRY_MOUNTS:-}" ]; then
        [ "$(id -u)" = 0 ] || lacks "$what" "this is not root, which chroot needs"
        space=$(mktemp -d /tmp/abmctl-try.XXXXXX)
        trap 'rmdir "$space"; rm -f "$log" "$output"' EXIT
        quietly unshare --mount --propagation private sh -c 'mount -t tmpfs try "$1" && mkdir "$1/proc" && mount -t proc proc "$1/proc"' sh "$space" ||
            lacks "$what" "this machine doesn't let root mount a folder"
        ABMCTL_TRY_MOUNTS=$space unshare --mount --propagation private "$root/$script" "$@" || code=$?
        exit $code
    fi
    space=$ABMCTL_TRY_MOUNTS
    mount -t tmpfs -o mode=755 try "$space"
}
# What a container's runtime gives each container.
mount_system() {
    local to=$1 device
    mkdir -p "$to"/{proc,dev}
    mount -t proc proc "$to/proc"
    mount -t tmpfs -o mode=755 dev "$to/dev"
    ln -s /proc/self/fd "$to/dev/fd"
    for device in null zero random urandom; do
        : >"$to/dev/$device"
        mount --bind "/dev/$device" "$to/dev/$device"
    done
}
