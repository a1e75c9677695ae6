# Completions of abmctl for bash. The installed abmctl says what there is, from local files and the environment alone.
_abmctl() {
    local IFS=$'\n' current= glued= kept word value quoted
    local -a words=()
    COMPREPLY=()
    # bash ends words at = and :, and abmctl does not.
    for word in "${COMP_WORDS[@]:0:COMP_CWORD+1}"; do
        if [[ $word == [=:]* && ${#words[@]} -gt 1 || -n $glued ]]; then
            words[${#words[@]}-1]+=$word
        else
            words+=("$word")
        fi
        glued=
        [[ $word != *[=:] || ${#words[@]} -lt 2 ]] || glued=1
    done
    [[ ${#words[@]} -gt 0 ]] || return 0
    current=${words[${#words[@]}-1]}
    # bash replaces only what stands after the last of them, unless it is quoted.
    kept=
    case $current in
    *[\"\']*) ;;
    *[=:]*) kept=${current%"${current##*[=:]}"} ;;
    esac
    while IFS= read -r value; do
        [[ -n $value ]] || continue
        case $current in
        *\'*) quoted=${value//\'/\'\\\'\'} ;;
        *\"*) quoted=${value//\\/\\\\} quoted=${quoted//\"/\\\"} quoted=${quoted//\$/\\\$} quoted=${quoted//\`/\\\`} ;;
        '~/'*) printf -v quoted '~/%q' "${value#\~/}" ;;
        *) printf -v quoted %q "$value" ;;
        esac
        [[ -z $kept ]] || quoted=${quoted#"$kept"}
        [[ $current != --*=[\"\']* ]] || quoted=${quoted#--*=}
        COMPREPLY+=("$quoted")
    done < <(COMPLETE=bash command abmctl -- "${words[@]}" 2>/dev/null)
    # More may follow the name of a folder.
    [[ ${#COMPREPLY[@]} -ne 1 || ${COMPREPLY[0]} != */ ]] || compopt -o nospace 2>/dev/null
    return 0
}
complete -F _abmctl abmctl
