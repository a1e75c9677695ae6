# What the scripts for macOS share; each begins with: . "$(dirname "$0")/lib.sh"
#
# They run with the bash of macOS, which is version 3.2. Each says what this machine or its environment lacks, with exit
# status 3, before it does anything.
# shellcheck source=packaging/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
# shellcheck source=packaging/macos/identity
. packaging/macos/identity

# shellcheck disable=SC2034,SC2100 # for those that source this
universal=universal-apple-darwin
# shellcheck disable=SC2034
program=$made/build/$universal/abmctl
# shellcheck disable=SC2034
package=$made/abmctl-$version-macos.pkg

# needs_mac WHAT TOOL…: WHAT begins the line that says what wasn't done.
needs_mac() {
    local what=$1 tool
    shift
    [ "$(uname)" = Darwin ] || lacks "$what" "this machine runs $(uname), and Apple's tools run on macOS only"
    for tool in "$@"; do
        command -v "$tool" >/dev/null || lacks "$what" "$tool is not on this machine; run: xcode-select --install"
    done
}

# needs_variables WHAT NAME…: environment variables that a release's environment has as secrets.
needs_variables() {
    local what=$1 name
    shift
    for name in "$@"; do
        [ -n "${!name:-}" ] || lacks "$what" "the environment variable $name is not set; packaging/README.md says what it holds"
    done
}

needs_identity() {
    [ -n "$identifier" ] && [ -n "$team" ] ||
        lacks "$1" "packaging/macos/identity doesn't say who signs; run: packaging/blanks --list"
}

# certificate KIND: the fingerprint of the team's only valid certificate of this kind, such as "Developer ID Application".
certificate() {
    local found
    found=$(security find-identity -v | sed -n "s/^ *[0-9]*) \([0-9A-F]\{40\}\) \"$1: .*($team)\"\$/\1/p" | sort -u)
    [ "$(grep -c . <<<"$found")" = 1 ] || return 1
    printf '%s\n' "$found"
}

# check_signature FILE: this team signed it for this identifier, with the hardened runtime and a time stamp, for both
# kinds of Macs.
check_signature() {
    local processor shown line
    codesign --verify --strict --all-architectures --verbose=2 "$1"
    for processor in arm64 x86_64; do
        shown=$(codesign --display --verbose=4 --architecture $processor "$1" 2>&1)
        for line in "Identifier=$identifier" "TeamIdentifier=$team" "Timestamp=.*" "CodeDirectory .*flags=.*runtime.*"; do
            grep -qx "$line" <<<"$shown" || {
                printf '%s\npackaging/macos: the signature of %s for %s lacks: %s\n' "$shown" "$1" "$processor" "$line" >&2
                exit 1
            }
        done
    done
}
