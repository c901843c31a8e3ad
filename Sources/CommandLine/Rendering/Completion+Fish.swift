extension Completion {
    /// A script for fish; install it as `PROGRAM.fish` in a folder of completions, or source it.
    package static func fish(_ root: CommandSpec, program: String) -> String {
        let entries = entries(root)
        return """
            # fish completion for \(program); `\(program) completion fish` prints this.

            # The options of command $argv[1] that take the next word as their value.
            function __\(program)_valued
                switch "$argv[1]"
            \(entries.filter { !$0.valued.isEmpty }.map(fishValued).joined(separator: "\n"))
                end
            end

            # Prints the path of the command that is being typed, then the number of its operands so far.
            function __\(program)_state
                set -l path ''
                set -l seen 0
                set -l skip 0
                set -l ended 0
                set -l known \(entries.flatMap(\.paths).filter { !$0.isEmpty }.map(fishQuoted).joined(separator: " "))
                for token in (commandline -opc)[2..-1]
                    if test $skip = 1
                        set skip 0
                    else if test $ended = 1
                        set seen (math $seen + 1)
                    else if test "$token" = --
                        set ended 1
                    else if string match -q -- '-?*' "$token"
                        string match -q -- '*=*' "$token"; and continue
                        set -l option "$token"
                        # The last letter of several may take the next word.
                        string match -q -- '--*' "$token"; or set option -(string sub -s -1 -- "$token")
                        contains -- "$option" (__\(program)_valued "$path"); and set skip 1
                    else if contains -- (string trim -- "$path $token") $known
                        set path (string trim -- "$path $token")
                    else
                        set seen (math $seen + 1)
                    end
                end
                echo "$path"
                echo $seen
            end

            function __\(program)_at
                set -l state (__\(program)_state)
                contains -- "$state[1]" $argv
            end

            # Before the first operand of a command whose operands belong to another program.
            function __\(program)_before
                set -l state (__\(program)_state)
                contains -- "$state[1]" $argv; and test $state[2] = 0
            end

            complete -c \(program) -f
            \(entries.flatMap { fishLines($0, program) }.joined(separator: "\n"))

            """
    }

    private static func fishValued(_ entry: Entry) -> String {
        let paths = entry.paths.map(fishQuoted).joined(separator: " ")
        return "        case \(paths)\n            printf '%s\\n' \(entry.valued.joined(separator: " "))"
    }

    private static func fishLines(_ entry: Entry, _ program: String) -> [String] {
        let paths = entry.paths.map { "\"\($0)\"" }.joined(separator: " ")
        let ends = entry.command.optionsEndAtFirstOperand
        let at = "complete -c \(program) -n '__\(program)_at \(paths)'"
        let before = ends ? "complete -c \(program) -n '__\(program)_before \(paths)'" : at
        var lines = entry.command.subcommands.filter { !$0.isHidden }.flatMap { subcommand in
            ([subcommand.word] + subcommand.otherWords).map { "\(at) -a \($0) -d \(fishQuoted(subcommand.summary))" }
        }
        lines += entry.options.map { option in
            let letter = option.short.map { " -s \($0)" } ?? ""
            let value = option.kind == .bool ? "" : fishValue(option.completes, program)
            return "\(before)\(letter) -l \(option.long)\(value) -d \(fishQuoted(option.help))"
        }
        if entry.command.completes != .nothing { lines.append(before + fishSource(entry.command.completes, program)) }
        return lines
    }

    /// An option with a value: files are offered only where the value is one.
    private static func fishValue(_ source: CompletionSource, _ program: String) -> String {
        (source == .files ? " -r" : " -x") + fishSource(source, program)
    }

    private static func fishSource(_ source: CompletionSource, _ program: String) -> String {
        switch source {
        case .nothing: ""
        case .files: " -F"
        case .directories: " -a '(__fish_complete_directories)'"
        case .containers, .images, .networks, .volumes: " -a '(\(program) __complete \(word(source)) 2>/dev/null)'"
        case .words(let words): " -a \(fishQuoted(words.joined(separator: " ")))"
        }
    }

    /// Between single quotes fish knows two escapes.
    private static func fishQuoted(_ text: String) -> String {
        var quoted = "'"
        for character in text {
            if character == "'" || character == "\\" { quoted += "\\" }
            quoted.append(character)
        }
        return quoted + "'"
    }
}
