/// Completion scripts for shells. They know all words and options by themselves and ask the program only for
/// names, with `PROGRAM __complete containers|images|networks|volumes`.
package enum Completion {
    /// What the three scripts are made from: one command with all its spellings.
    struct Entry {
        /// `container ls`, `container list`, …; one empty text for the root.
        let paths: [String]
        let command: CommandSpec

        var words: [String] {
            command.subcommands.filter { !$0.isHidden }.flatMap { [$0.word] + $0.otherWords }
        }
        var options: [OptionSpec] {
            let declared = command.options.filter { !$0.isHidden && !$0.isLater }
            return declared.contains { $0.long == "help" } ? declared : declared + [.help]
        }
        /// Spellings of the options whose value may be the next word, hidden ones too: their value is no operand.
        var valued: [String] {
            command.options.filter { $0.kind != .bool }.flatMap(Completion.spellings)
        }
    }

    static func entries(_ root: CommandSpec) -> [Entry] { entries(root, [""]) }

    private static func entries(_ command: CommandSpec, _ paths: [String]) -> [Entry] {
        let below = command.subcommands.filter { !$0.isHidden }.flatMap { subcommand in
            let words = [subcommand.word] + subcommand.otherWords
            return entries(
                subcommand, paths.flatMap { path in words.map { path.isEmpty ? $0 : path + " " + $0 } })
        }
        return [Entry(paths: paths, command: command)] + below
    }

    /// `--all` and `-a`.
    static func spellings(_ option: OptionSpec) -> [String] {
        ["--" + option.long] + (option.short.map { ["-\($0)"] } ?? [])
    }

    /// The word that the scripts' functions understand for a source.
    static func word(_ source: CompletionSource) -> String {
        switch source {
        case .nothing: ""
        case .files: "files"
        case .directories: "directories"
        case .containers: "containers"
        case .networks: "networks"
        case .images: "images"
        case .volumes: "volumes"
        case .words(let words): "words " + words.joined(separator: " ")
        }
    }

    /// A text between single quotes, for bash and zsh.
    static func quoted(_ text: String) -> String {
        "'" + text.split(separator: "'", omittingEmptySubsequences: false).joined(separator: "'\\''") + "'"
    }

    static func pattern(_ paths: [String]) -> String { paths.map(quoted).joined(separator: "|") }
}
