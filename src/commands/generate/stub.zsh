#compdef abmctl
# Completions of abmctl for zsh. The installed abmctl says what there is, from local files and the environment alone.
_abmctl() {
    local line value
    local -a lines plain folders
    lines=("${(@f)$(COMPLETE=zsh command abmctl -- "${(@)words[1,CURRENT]}" 2>/dev/null)}")
    for line in $lines; do
        value=${line%%$'\t'*}
        if [[ $value == */ ]]; then
            folders+=("$value")
        elif [[ $line == *$'\t'* ]]; then
            plain+=("${${value//\\/\\\\}//:/\\:}:${line#*$'\t'}")
        else
            plain+=("${${value//\\/\\\\}//:/\\:}")
        fi
    done
    (( $#folders )) && compadd -S '' -a folders
    (( $#plain )) && _describe -V 'abmctl' plain
    (( $#folders || $#plain ))
}
if [[ $funcstack[1] == _abmctl ]]; then
    _abmctl "$@"
else
    compdef _abmctl abmctl
fi
