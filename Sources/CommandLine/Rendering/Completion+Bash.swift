extension Completion {
    /// A script for bash 4 and later, without the bash-completion package.
    package static func bash(_ root: CommandSpec, program: String) -> String {
        let entries = entries(root)
        return """
            # bash completion for \(program); `\(program) completion bash` prints this.

            # Sets words, flags, valued, operands and stops for the command whose path is $1.
            _\(program)_command() {
                words= flags= valued= operands= stops=
                case $1 in
            \(entries.map(bashCommand).joined(separator: "\n"))
                esac
            }

            # Prints what may follow option $2 of command $1: a kind, and words after it.
            _\(program)_value() {
                case "$1 $2" in
            \(entries.flatMap(bashValues).joined(separator: "\n"))
                esac
            }

            _\(program)_offer() {
                local kind=${1%% *}
                case $kind in
                files) COMPREPLY=($(compgen -f -- "$cur")); compopt -o filenames ;;
                directories) COMPREPLY=($(compgen -d -- "$cur")); compopt -o filenames ;;
                containers|images|networks|volumes)
                    COMPREPLY=($(compgen -W '$("${COMP_WORDS[0]}" __complete "$kind" 2>/dev/null)' -- "$cur")) ;;
                words) COMPREPLY=($(compgen -W "${1#words }" -- "$cur")) ;;
                esac
            }

            _\(program)() {
                local IFS=$' \\t\\n' cur=${COMP_WORDS[COMP_CWORD]} option= path= seen=0 ended= i word
                local words flags valued operands stops
                COMPREPLY=()
                _\(program)_command ''
                for ((i = 1; i < COMP_CWORD; i++)); do
                    word=${COMP_WORDS[i]}
                    option=
                    if [[ -z $ended && $word == -- ]]; then
                        ended=1
                    elif [[ -z $ended && $word == -?* ]]; then
                        # The last letter of several may take the next word.
                        [[ $word == --* ]] || word=-${word: -1}
                        if [[ ${COMP_WORDS[i + 1]} == = ]]; then
                            option=$word
                            ((i += 2))
                        elif [[ " $valued " == *" $word "* ]]; then
                            option=$word
                            ((i += 1))
                        fi
                    elif [[ " $words " == *" $word "* ]]; then
                        path=${path:+$path }$word
                        _\(program)_command "$path"
                    else
                        ((seen += 1))
                        [[ -n $stops ]] && ended=1
                    fi
                    # An option whose value lies before the cursor is done with.
                    ((i < COMP_CWORD)) && option=
                done
                if [[ -n $option ]]; then
                    [[ $cur == = ]] && cur=
                    _\(program)_offer "$(_\(program)_value "$path" "$option")"
                elif [[ -z $ended && $cur == -* ]]; then
                    COMPREPLY=($(compgen -W "$flags" -- "$cur"))
                elif [[ -n $words ]]; then
                    COMPREPLY=($(compgen -W "$words" -- "$cur"))
                elif [[ -n $stops && $seen -gt 0 ]]; then
                    _\(program)_offer files
                else
                    _\(program)_offer "$operands"
                fi
            }

            complete -F _\(program) \(program)

            """
    }

    private static func bashCommand(_ entry: Entry) -> String {
        var settings: [String] = []
        let add: (String, [String]) -> Void = { name, words in
            if !words.isEmpty { settings.append("\(name)=\(quoted(words.joined(separator: " ")))") }
        }
        add("words", entry.words)
        add("flags", entry.options.flatMap(spellings))
        add("valued", entry.valued)
        add("operands", [word(entry.command.completes)].filter { !$0.isEmpty })
        if entry.command.optionsEndAtFirstOperand { settings.append("stops=1") }
        return "    \(pattern(entry.paths)))\n        \(settings.joined(separator: "\n        ")) ;;"
    }

    private static func bashValues(_ entry: Entry) -> [String] {
        entry.options.filter { $0.completes != .nothing }.map { option in
            let paths = entry.paths.flatMap { path in spellings(option).map { path + " " + $0 } }
            return "    \(pattern(paths))) echo \(quoted(word(option.completes))) ;;"
        }
    }
}
