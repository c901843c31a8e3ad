/// Help in docker's layout, for a terminal of 80 columns.
package enum HelpText {
    package static func render(_ command: CommandSpec, program: String) -> String {
        var sections = ["Usage:  " + usage(command, program), command.summary]
        if !command.details.isEmpty { sections.append(command.details) }
        if !command.aliases.isEmpty {
            let names = command.aliases.map { ([program] + $0).joined(separator: " ") }
            sections.append("Aliases:\n  " + names.joined(separator: ", "))
        }
        sections += commandSections(command)
        sections += optionSections(command)
        var text = sections.joined(separator: "\n\n") + "\n"
        if !command.subcommands.isEmpty {
            text += "\nRun '\(command.fullName(program)) COMMAND --help' for more information on a command.\n"
        }
        return text
    }

    private static func usage(_ command: CommandSpec, _ program: String) -> String {
        if command.path.isEmpty { return program + " [OPTIONS] COMMAND" }
        return command.subcommands.isEmpty
            ? command.usageLine(program) : command.fullName(program) + " COMMAND"
    }

    private static func commandSections(_ command: CommandSpec) -> [String] {
        let visible = command.subcommands.filter { !$0.isHidden }
        return CommandCategory.allCases.compactMap { category in
            let lines = visible.filter { $0.category == category }
                .map { "  " + padded($0.word, max(11, longest(visible.map(\.word)))) + " " + $0.summary }
            return lines.isEmpty ? nil : "\(category.rawValue):\n" + lines.joined(separator: "\n")
        }
    }

    /// One section, or one for each group where the options are in several.
    private static func optionSections(_ command: CommandSpec) -> [String] {
        let visible = command.options.filter { !$0.isHidden }
        let indent = longest(visible.map(optionHead)) + 3
        let groups = OptionGroup.allCases.filter { group in visible.contains { $0.group == group } }
        return groups.map { group in
            let heading =
                command.path.isEmpty ? "Global Options" : groups.count == 1 ? "Options" : "\(group.rawValue) options"
            let lines = visible.filter { $0.group == group }.sorted { $0.long < $1.long }.map { option in
                padded(optionHead(option), indent) + wrapped(optionText(option), indent: indent)
            }
            return "\(heading):\n" + lines.joined(separator: "\n")
        }
    }

    private static func optionHead(_ option: OptionSpec) -> String {
        let letter = option.short.map { "  -\($0), " } ?? "      "
        return letter + "--" + option.long + (option.valueName.map { " " + $0 } ?? "")
    }

    static func optionText(_ option: OptionSpec) -> String {
        let shown = shownDefault(option).map { " (default \($0))" } ?? ""
        return option.help + shown + (option.isLater ? " (not there yet)" : "")
    }

    /// The default where it says more than "nothing".
    static func shownDefault(_ option: OptionSpec) -> String? {
        switch option.kind {
        case .string: option.defaultText.isEmpty ? nil : "\"\(option.defaultText)\""
        case .bool: option.defaultText == "true" ? "true" : nil
        case .int, .uint, .decimal, .bytes: option.defaultText == "0" ? nil : option.defaultText
        default: nil
        }
    }

    /// Broken at blanks so that no line reaches the 80th column. The last line may be five columns longer than the
    /// others, so that a single short word does not stand alone.
    static func wrapped(_ text: String, indent: Int, columns: Int = 79, slack: Int = 5) -> String {
        let width = max(columns - indent - slack, 20)
        var lines: [String] = []
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var rest = paragraph
            while rest.count > width + slack, let blank = rest.prefix(width).lastIndex(of: " ") {
                lines.append(String(rest[..<blank]))
                rest = rest[rest.index(after: blank)...]
            }
            lines.append(String(rest))
        }
        return lines.joined(separator: "\n" + String(repeating: " ", count: indent))
    }

    private static func longest(_ texts: [String]) -> Int { texts.map(\.count).max() ?? 0 }

    private static func padded(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }
}
