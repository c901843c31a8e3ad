import Primitives

/// Finds the command that the words name and checks everything that can be checked without asking the system.
package struct Parser: Sendable {
    /// `docker` or `proa`: the name in texts, not a path.
    package let program: String
    package let root: CommandSpec

    package init(program: String, root: CommandSpec = Tables.root) {
        self.program = program
        self.root = root
    }

    /// - Parameter words: the arguments without the program's own name.
    package func parse(_ words: [String]) -> Invocation {
        var scanner = FlagScanner(root.scanned, stopsAtFirstOperand: true, words[...])
        do throws(Failure) {
            try scanner.scan()
        } catch {
            return failed(flagError(error, root))
        }
        let global = scanner.parsed
        var invocation: Invocation
        if let error = logLevelError(global) {
            invocation = failed(error)
        } else if scanner.operands.isEmpty {
            invocation = withoutCommand(global)
        } else if let refusal = refusal(root, global) {
            invocation = failed(refusal)
        } else if scanner.operands[0] == "help" {
            invocation = helpTopic(scanner.operands.dropFirst())
        } else {
            invocation = descend(root, scanner.operands[...], helpAsked: global.bool(.help))
        }
        invocation.global = global
        invocation.notices = global.notices + invocation.notices
        return invocation
    }

    private func withoutCommand(_ global: ParsedOptions) -> Invocation {
        if global.bool(.help) { return help(root) }
        if global.bool(.showVersion) { return Invocation(action: .version) }
        return help(root, onStandardError: true)
    }

    /// `words[0]` is to be a subcommand of `group`.
    private func descend(_ group: CommandSpec, _ words: ArraySlice<String>, helpAsked: Bool) -> Invocation {
        guard let word = words.first else { return help(group, onStandardError: !helpAsked) }
        guard let command = group.subcommand(word) else { return unknown(group, words) }
        let rest = words.dropFirst()
        if command.verb != nil { return leaf(command, rest, helpAsked: helpAsked) }
        var scanner = FlagScanner(command.scanned, stopsAtFirstOperand: true, rest)
        do throws(Failure) {
            try scanner.scan()
        } catch {
            return failed(flagError(error, command))
        }
        var invocation = descend(
            command, scanner.operands[...], helpAsked: helpAsked || scanner.parsed.bool(.help))
        invocation.notices = scanner.parsed.notices + invocation.notices
        return invocation
    }

    private func leaf(_ command: CommandSpec, _ words: ArraySlice<String>, helpAsked: Bool) -> Invocation {
        if helpAsked { return help(command) }
        var scanner = FlagScanner(command.scanned, stopsAtFirstOperand: command.optionsEndAtFirstOperand, words)
        do throws(Failure) {
            try scanner.scan()
        } catch {
            return failed(flagError(error, command), scanner.parsed.notices)
        }
        var parsed = scanner.parsed
        if parsed.bool(.help) { return help(command, notices: parsed.notices) }
        if let refusal = operandError(command, scanner.operands.count) ?? refusal(command, parsed) {
            return failed(refusal, parsed.notices)
        }
        parsed.notices += warnings(command, parsed)
        let notices = parsed.notices
        return Invocation(action: .run(command, parsed, operands: scanner.operands), notices: notices)
    }

    /// No such word here. As docker does it, options after the word are the group's: help and version still answer.
    private func unknown(_ group: CommandSpec, _ words: ArraySlice<String>) -> Invocation {
        let path = group.path + [words[words.startIndex]]
        if LaterCommands.contains(path) {
            let name = path.joined(separator: " ")
            return failed((text: "\(program): '\(name)' is not there yet\n", exitCode: ExitCode.refused))
        }
        var scanner = FlagScanner(group.scanned, stopsAtFirstOperand: false, words)
        do throws(Failure) {
            try scanner.scan()
        } catch {
            return failed(flagError(error, group))
        }
        if scanner.parsed.bool(.help) { return help(group, notices: scanner.parsed.notices) }
        if group.path.isEmpty, scanner.parsed.bool(.showVersion) { return Invocation(action: .version) }
        return failed(unknownCommand(group, words[words.startIndex]))
    }

    private func helpTopic(_ words: ArraySlice<String>) -> Invocation {
        var scanner = FlagScanner(Tables.help.scanned, stopsAtFirstOperand: false, words)
        do throws(Failure) {
            try scanner.scan()
        } catch {
            return failed(flagError(error, Tables.help))
        }
        if scanner.parsed.bool(.help) { return help(Tables.help, notices: scanner.parsed.notices) }
        var command = root
        for word in scanner.operands {
            if word == "help", command.path.isEmpty {
                command = Tables.help
            } else if let next = command.subcommand(word) {
                command = next
            } else if LaterCommands.contains(command.path + [word]) {
                return unknown(command, [word])
            } else {
                return failed((text: "unknown help topic: \(word)\n", exitCode: ExitCode.wrongWords))
            }
        }
        return help(command)
    }

    private func help(
        _ command: CommandSpec, onStandardError: Bool = false, notices: [String] = []
    ) -> Invocation {
        let text = HelpText.render(command, program: program)
        return Invocation(action: .help(text: text, onStandardError: onStandardError), notices: notices)
    }

    private func failed(_ error: UsageError, _ notices: [String] = []) -> Invocation {
        Invocation(action: .usageError(text: error.text, exitCode: error.exitCode), notices: notices)
    }
}

extension CommandSpec {
    /// The declared options and the ones that every command understands.
    var scanned: [OptionSpec] { options + (options.contains { $0.long == "help" } ? [] : [.help]) + [.helpLetter] }
}
