import CommandLine
import Testing

/// The folders man and completions: made from the tables of commands, committed, installed as they stand.
struct GeneratedFile: Sendable, CustomTestStringConvertible {
    /// Relative to the repository's root.
    let path: String
    let text: String
    var testDescription: String { path }

    /// On every page; moves with a release.
    static let pagesDate = "2026-11-21"

    static let all = pages + completions

    /// Every spelling of a command has a page: the preferred one the text, the others a line that leads there.
    private static let pages: [GeneratedFile] = {
        var files: [GeneratedFile] = []
        for command in shownCommands where isPreferred(command) {
            let name = ManPage.name(command, program: "proa")
            files.append(GeneratedFile(path: "man/\(name).1", text: ManPage.render(command, program: "proa", date: pagesDate)))
            for words in command.aliases where words != command.path {
                files.append(GeneratedFile(path: "man/\((["proa"] + words).joined(separator: "-")).1", text: ".so man1/\(name).1\n"))
            }
        }
        return files
    }()

    /// As `proa`, and as `docker` for who installs that name.
    private static let completions: [GeneratedFile] = ["proa", "docker"].flatMap { program in
        [
            GeneratedFile(path: "completions/\(program).bash", text: Completion.bash(Tables.root, program: program)),
            GeneratedFile(path: "completions/_\(program)", text: Completion.zsh(Tables.root, program: program)),
            GeneratedFile(path: "completions/\(program).fish", text: Completion.fish(Tables.root, program: program)),
        ]
    }

    static let shownCommands = Tables.root.tree.filter { !$0.isHidden }

    /// The short word on top comes before the noun's in the tree.
    static func isPreferred(_ command: CommandSpec) -> Bool {
        guard let verb = command.verb else { return true }
        return shownCommands.first { $0.verb == verb }?.path == command.path
    }
}
