/// Manual pages in the man(7) macros, one for each command: `docker-container-ls.1`.
package enum ManPage {
    /// `proa-container-ls`, without the section.
    package static func name(_ command: CommandSpec, program: String) -> String {
        ([program] + command.path).joined(separator: "-")
    }

    /// - Parameter date: of the release, `2026-01-31`; the page has no other changing part.
    package static func render(_ command: CommandSpec, program: String, date: String) -> String {
        let name = name(command, program: program)
        var lines = [
            ".TH \(quoted(name.uppercased())) 1 \(quoted(date)) \(quoted(program)) \(quoted("User Commands"))",
            ".SH NAME", "\(escaped(name)) \\- \(escaped(command.summary))",
            ".SH SYNOPSIS", ".B \(quoted(command.fullName(program)))",
        ]
        let operands = command.subcommands.isEmpty ? command.usage : "[OPTIONS] COMMAND"
        for (index, form) in operands.split(separator: "\n").enumerated() {
            if index > 0 { lines += [".br", ".B \(quoted(command.fullName(program)))"] }
            lines.append(escaped(String(form)))
        }
        lines += [".SH DESCRIPTION", sentence(command.summary)]
        for paragraph in command.details.split(separator: "\n\n") { lines += [".PP", escaped(String(paragraph))] }
        if !command.aliases.isEmpty {
            let names = command.aliases.map { ([program] + $0).joined(separator: " ") }
            lines += [".PP", "Other spellings: " + names.map { "\\fB\(escaped($0))\\fR" }.joined(separator: ", ") + "."]
        }
        lines += commands(command) + options(command) + facts(command) + seeAlso(command, program)
        return lines.joined(separator: "\n") + "\n"
    }

    private static func commands(_ command: CommandSpec) -> [String] {
        let visible = command.subcommands.filter { !$0.isHidden }
        if visible.isEmpty { return [] }
        return [".SH COMMANDS"]
            + visible.flatMap { [".TP", ".B \(quoted($0.word))", sentence($0.summary)] }
    }

    private static func options(_ command: CommandSpec) -> [String] {
        let visible = command.options.filter { !$0.isHidden }
        if visible.isEmpty { return [] }
        let groups = OptionGroup.allCases.filter { group in visible.contains { $0.group == group } }
        return [".SH OPTIONS"]
            + groups.flatMap { group in
                (groups.count > 1 ? [".SS \(quoted(group.rawValue))"] : [])
                    + visible.filter { $0.group == group }.sorted { $0.long < $1.long }.flatMap(entry)
            }
    }

    private static func entry(_ option: OptionSpec) -> [String] {
        let letter = option.short.map { "\\fB\\-\($0)\\fR, " } ?? ""
        let value = option.valueName.map { "=\\fI\(escaped($0))\\fR" } ?? ""
        return [".TP", "\(letter)\\fB\(escaped("--" + option.long))\\fR\(value)", sentence(HelpText.optionText(option))]
    }

    private static func seeAlso(_ command: CommandSpec, _ program: String) -> [String] {
        var pages = command.subcommands.filter { !$0.isHidden }.map { ManPage.name($0, program: program) }
        if !command.path.isEmpty {
            pages.append(([program] + command.path.dropLast()).joined(separator: "-"))
        }
        if pages.isEmpty { return [] }
        let names = pages.sorted().enumerated().map { index, page in
            ".BR \(quoted(page)) (1)" + (index == pages.count - 1 ? "" : ",")
        }
        return [".SH \(quoted("SEE ALSO"))"] + names
    }

    private static func sentence(_ text: String) -> String {
        escaped(text) + (text.hasSuffix(".") || text.hasSuffix("…") ? "" : ".")
    }

    /// Text that roff prints as it stands: dashes stay dashes, a leading dot or quote is no request.
    static func escaped(_ text: String) -> String {
        var escaped = ""
        for character in text {
            switch character {
            case "\\": escaped += "\\e"
            case "-": escaped += "\\-"
            case "…": escaped += "..."
            case "\n": escaped += " "
            default: escaped.append(character)
            }
        }
        return escaped.hasPrefix(".") || escaped.hasPrefix("'") ? "\\&" + escaped : escaped
    }

    /// A macro's argument.
    static func quoted(_ text: String) -> String {
        let parts = text.split(separator: "\"", omittingEmptySubsequences: false).map { escaped(String($0)) }
        return "\"" + parts.joined(separator: "\\(dq") + "\""
    }
}
