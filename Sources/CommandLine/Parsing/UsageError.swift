import Primitives

typealias UsageError = (text: String, exitCode: Int32)

/// docker's exit codes for a command line that is not carried out.
enum ExitCode {
    /// A wrong option or a refused one.
    static let refused: Int32 = 125
    /// A wrong command word or number of operands.
    static let wrongWords: Int32 = 1
}

/// docker's texts for wrong command lines.
extension Parser {
    func flagError(_ failure: Failure, _ command: CommandSpec) -> UsageError {
        (failure.message + usageHint(command, "Run"), ExitCode.refused)
    }

    func unknownCommand(_ group: CommandSpec, _ word: String) -> UsageError {
        let text = "\(program): unknown command: \(group.fullName(program)) \(word)\n"
        // The root's usage is not told here.
        let hint = "Run '\(program) --help' for more information\n"
        return (text + (group.path.isEmpty ? "\n" + hint : usageHint(group, "Run").dropFirst()), ExitCode.wrongWords)
    }

    /// Nil when the number of operands is right.
    func operandError(_ command: CommandSpec, _ count: Int) -> UsageError? {
        let min = command.operandsMin
        if count >= min, count <= command.operandsMax ?? count { return nil }
        let demand: String
        // docker says "See" where only a lower bound exists and "Run" elsewhere.
        var verb = "Run"
        switch command.operandsMax {
        case 0: demand = "accepts no arguments"
        case min: demand = "requires \(min) \(arguments(min))"
        case nil:
            demand = "requires at least \(min) \(arguments(min))"
            verb = "See"
        case let max? where min == 0: demand = "requires at most \(max) \(arguments(max))"
        case let max?: demand = "requires at least \(min) and at most \(max) \(arguments(max))"
        }
        let text = "\(program): '\(command.fullName(program))' \(demand)"
        return (text + usageHint(command, verb), ExitCode.wrongWords)
    }

    /// The first option that was given and is not carried out.
    func refusal(_ command: CommandSpec, _ parsed: ParsedOptions) -> UsageError? {
        // An old spelling is stored as the option it stands for, and told as that one.
        for option in command.options where option.key == option.long && parsed.isSet(option) {
            guard let reason = option.refusal(parsed) else { continue }
            return ("\(program): \(reason)\n", ExitCode.refused)
        }
        return nil
    }

    /// Lines for options that are accepted without effect.
    func warnings(_ command: CommandSpec, _ parsed: ParsedOptions) -> [String] {
        command.options.compactMap { option in
            guard parsed.isSet(option), case .ignoredWithWarning(let text) = option.status else { return nil }
            return "WARNING: --\(option.long): \(text)"
        }
    }

    func logLevelError(_ global: ParsedOptions) -> UsageError? {
        let level = global.string(.logLevel)
        let known = ["debug", "info", "warn", "warning", "error", "fatal", "panic", "trace"]
        if known.contains(level.lowercased()) { return nil }
        return ("Unable to parse logging level: \(level)\n", ExitCode.wrongWords)
    }

    private func usageHint(_ command: CommandSpec, _ verb: String) -> String {
        let name = command.fullName(program)
        // A group's usage is mostly told without its operands, the root's with one more than in its help.
        let isGroup = command.verb == nil && !command.subcommands.isEmpty && !command.path.isEmpty
        let usage =
            isGroup ? command.usageLine(program) : command.path.isEmpty ? name + " [OPTIONS] COMMAND [ARG...]" : command.usageLine(program)
        return "\n\nUsage:  \(usage)\n\n\(verb) '\(name) --help' for more information\n"
    }

    private func arguments(_ count: Int) -> String { count == 1 ? "argument" : "arguments" }
}

extension OptionSpec {
    /// Why the given value is refused; nil when it is not.
    func refusal(_ parsed: ParsedOptions) -> String? {
        let texts = parsed.entries[key]?.texts ?? []
        switch status {
        case .works, .ignored, .ignoredWithWarning: return nil
        case .notYet(let reason):
            return hasEffect(parsed) ? "--\(long) is not there yet: \(reason)" : nil
        case .only(let allowed, let reason):
            guard let text = texts.first(where: { !$0.isEmpty && !allows($0, allowed) }) else { return nil }
            return "--\(long)=\(text) is not there yet: \(reason)"
        }
    }

    /// Whether the given value differs from saying nothing.
    private func hasEffect(_ parsed: ParsedOptions) -> Bool {
        if kind == .bool { return parsed.bool(self) != (defaultText == "true") }
        return kind.isRepeatable ? !parsed.strings(self).isEmpty : parsed.string(self) != defaultText
    }

    private func allows(_ text: String, _ allowed: [String]) -> Bool {
        allowed.contains { $0.hasSuffix("*") ? text.hasPrefix($0.dropLast()) : text == $0 }
    }
}
