import Testing

@testable import CommandLine

@Suite struct RenderingTests {
    static let shown = Tables.root.tree.filter { !$0.isHidden }

    @Test("help of a short command is laid out like docker's")
    func short() {
        let expected = """
            Usage:  proa ps [OPTIONS]

            List containers

            Aliases:
              proa container ls, proa container list, proa container ps, proa ps

            Options:
              -a, --all             Show those that are not running too
              -f, --filter filter   Only those for which this is true: KEY=VALUE
                  --format string   "table", "table TEMPLATE", "json" or a template
                                    in Go's language
              -n, --last int        The newest NUMBER of containers, running or not
                                    (default -1)
              -l, --latest          The newest container, running or not
                  --no-trunc        Show everything in full length
              -q, --quiet           Show IDs only
              -s, --size            Show the sizes of the containers' files

            """
        #expect(help(["ps"]) == expected)
    }

    @Test("help of a group lists its commands")
    func group() {
        let expected = """
            Usage:  proa system COMMAND

            Work with this machine and the store

            Commands:
              check       Look for damage in the store, and repair it
              df          Show what the store takes on the disk
              info        Show what this machine and the store are like
              prune       Remove what nothing uses

            Run 'proa system COMMAND --help' for more information on a command.

            """
        #expect(help(["system"]) == expected)
    }

    @Test("the root help has docker's headings, and long help has one heading for each group")
    func headings() {
        let root = help([]).split(separator: "\n").filter { $0.hasSuffix(":") && !$0.hasPrefix(" ") }
        #expect(root == ["Common Commands:", "Management Commands:", "Commands:", "Global Options:"])
        let run = help(["run"]).split(separator: "\n").filter { $0.hasSuffix(" options:") && !$0.hasPrefix(" ") }
        #expect(run.map { String($0.dropLast(9)) } == OptionGroup.allCases.map(\.rawValue))
        #expect(help(["run"]).contains("  -m, --memory bytes                     Most memory it may use (not there yet)\n"))
    }

    @Test("no line of help is wider than a terminal", arguments: shown.map(\.path))
    func width(path: [String]) {
        for line in help(path).split(separator: "\n") where !line.contains(", proa ") {
            #expect(line.count < 80, "\(line)")
        }
    }

    @Test("every shown option is in help, man page and completions", arguments: shown.map(\.path))
    func everywhere(path: [String]) throws {
        let command = try #require(Self.shown.first { $0.path == path })
        let page = ManPage.render(command, program: "proa", date: "2026-01-31")
        let entry = try #require(Completion.entries(Tables.root).first { $0.paths.contains(path.joined(separator: " ")) })
        for option in command.options where !option.isHidden {
            #expect(help(path).contains(" --\(option.long)"))
            #expect(page.contains(ManPage.escaped("--" + option.long)))
            #expect(entry.options.contains { $0.long == option.long } == !option.isLater)
        }
    }

    @Test("every line of a man page is text or a known macro", arguments: shown.map(\.path))
    func macros(path: [String]) throws {
        let command = try #require(Self.shown.first { $0.path == path })
        let page = ManPage.render(command, program: "proa", date: "2026-01-31")
        let macros = [".TH", ".SH", ".SS", ".PP", ".TP", ".B", ".BR", ".br"]
        for line in page.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
            #expect(!line.isEmpty)
            if line.hasPrefix(".") { #expect(macros.contains(String(line.prefix { $0 != " " })), "\(line)") }
            #expect(!line.hasPrefix("'"))
            #expect(line.utf8.count == line.unicodeScalars.count, "\(line)")
        }
        #expect(page.hasPrefix(".TH \"\(ManPage.escaped(ManPage.name(command, program: "proa").uppercased()))\" 1 "))
    }

    @Test(
        "roff shows text as it stands",
        arguments: [
            ("a-b", "a\\-b"), ("a\\b", "a\\eb"), (".x", "\\&.x"), ("'x", "\\&'x"), ("a…", "a..."),
        ])
    func roff(text: String, expected: String) { #expect(ManPage.escaped(text) == expected) }

    @Test("scripts know every command and option and quote what they say")
    func scripts() {
        let scripts = [
            Completion.bash(Tables.root, program: "proa"), Completion.zsh(Tables.root, program: "proa"),
            Completion.fish(Tables.root, program: "proa"),
        ]
        for script in scripts {
            #expect(script.hasSuffix("\n") && script.contains("__complete"))
            for path in ["container list", "container ps", "images", "image remove", "completion zsh"] {
                #expect(script.contains(path))
            }
            for name in ["sig-proxy", "cidfile", "digests", "log-level"] { #expect(script.contains(name)) }
            #expect(!script.contains("disable-content-trust"))
        }
        #expect(Completion.quoted("the container's") == "'the container'\\''s'")
    }

    @Test(
        "text is broken at blanks, and a short rest stays on its line",
        arguments: [
            ("one two three", ["one two three"]),
            ("aaaaaaaaaa bbbbbbbbbb cc", ["aaaaaaaaaa bbbbbbbbbb cc"]),
            ("aaaaaaaaaa bbbbbbbbb cccccccccc", ["aaaaaaaaaa", "bbbbbbbbb cccccccccc"]),
            ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", ["aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"]),
            ("a\nb", ["a", "b"]),
        ])
    func wrapping(text: String, lines: [String]) {
        // Twenty columns for text and five more for a last line.
        let wrapped = HelpText.wrapped(text, indent: 2, columns: 27)
        #expect(wrapped == lines.joined(separator: "\n  "))
    }

    private func help(_ path: [String]) -> String {
        let command = Tables.root.tree.first { $0.path == path }
        return command.map { HelpText.render($0, program: "proa") } ?? "no such command: \(path)"
    }
}
