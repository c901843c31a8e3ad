extension Completion {
    /// A script for zsh; install it as `_PROGRAM` in a folder of `$fpath`, or source it.
    package static func zsh(_ root: CommandSpec, program: String) -> String {
        let entries = entries(root)
        return """
            #compdef \(program)
            # zsh completion for \(program); `\(program) completion zsh` prints this.

            # Sets commands, flags, valued, operands and stops for the command whose path is $1.
            _\(program)_command() {
                commands=() flags=() valued=() operands= stops=
                case $1 in
            \(entries.map(zshCommand).joined(separator: "\n"))
                esac
            }

            # Prints what may follow option $2 of command $1: a kind, and words after it.
            _\(program)_value() {
                case "$1 $2" in
            \(entries.flatMap(zshValues).joined(separator: "\n"))
                esac
            }

            _\(program)_offer() {
                local kind=${1%% *}
                case $kind in
                files) _files ;;
                directories) _files -/ ;;
                containers|images|networks|volumes) compadd -- ${(f)"$($program __complete $kind 2>/dev/null)"} ;;
                words) compadd -- ${=1#words } ;;
                esac
            }

            _\(program)() {
                local program=$words[1] option= path_words= ended= word operands stops
                local -a commands flags valued
                integer i seen=0
                _\(program)_command ''
                for ((i = 2; i < CURRENT; i++)); do
                    word=$words[i]
                    option=
                    if [[ -z $ended && $word == -- ]]; then
                        ended=1
                    elif [[ -z $ended && $word == -?* ]]; then
                        [[ $word == *=* ]] && continue
                        # The last letter of several may take the next word.
                        [[ $word == --* ]] || word=-$word[-1]
                        if (( ${valued[(Ie)$word]} )); then
                            option=$word
                            (( i += 1 ))
                        fi
                    elif (( ${commands[(I)$word:*]} )); then
                        path_words=${path_words:+$path_words }$word
                        _\(program)_command "$path_words"
                    else
                        (( seen += 1 ))
                        [[ -n $stops ]] && ended=1
                    fi
                    (( i < CURRENT )) && option=
                done
                if [[ -z $option && -z $ended && $PREFIX == --*=* ]]; then
                    option=${PREFIX%%=*}
                    compset -P '*='
                fi
                if [[ -n $option ]]; then
                    _\(program)_offer "$(_\(program)_value "$path_words" $option)"
                elif [[ -z $ended && $PREFIX == -* ]]; then
                    _describe -o option flags
                elif (( $#commands )); then
                    _describe command commands
                elif [[ -n $stops && $seen -gt 0 ]]; then
                    _\(program)_offer files
                else
                    _\(program)_offer "$operands"
                fi
            }

            if [[ $funcstack[1] == _\(program) ]]; then
                _\(program) "$@"
            else
                compdef _\(program) \(program)
            fi

            """
    }

    private static func zshCommand(_ entry: Entry) -> String {
        var settings: [String] = []
        let add: (String, [String]) -> Void = { name, words in
            if !words.isEmpty {
                settings.append("\(name)=(\n            \(words.map(quoted).joined(separator: "\n            ")))")
            }
        }
        add(
            "commands",
            entry.command.subcommands.filter { !$0.isHidden }.flatMap { subcommand in
                ([subcommand.word] + subcommand.otherWords).map { described($0, subcommand.summary) }
            })
        add("flags", entry.options.flatMap { option in spellings(option).map { described($0, option.help) } })
        if !entry.valued.isEmpty { settings.append("valued=(\(entry.valued.joined(separator: " ")))") }
        if entry.command.completes != .nothing { settings.append("operands=\(quoted(word(entry.command.completes)))") }
        if entry.command.optionsEndAtFirstOperand { settings.append("stops=1") }
        return "    \(pattern(entry.paths)))\n        \(settings.joined(separator: "\n        ")) ;;"
    }

    private static func zshValues(_ entry: Entry) -> [String] {
        entry.options.filter { $0.completes != .nothing }.map { option in
            let paths = entry.paths.flatMap { path in spellings(option).map { path + " " + $0 } }
            return "    \(pattern(paths))) print -r -- \(quoted(word(option.completes))) ;;"
        }
    }

    /// `WORD:TEXT` as `_describe` wants it; a colon in the text is its own.
    private static func described(_ word: String, _ text: String) -> String {
        word + ":" + text.split(separator: ":", omittingEmptySubsequences: false).joined(separator: "\\:")
    }
}
