import CommandLine
import Glibc
import LinuxSys
import Primitives
import TestSupport
import Testing

/// `make docs` (RECORD=1) writes the files; any other run compares.
@Suite struct GeneratedFileTests {
    static let folders = ["man", "completions"]

    init() throws {
        if getenv("RECORD") != nil { _ = try Self.recorded.get() }
    }

    /// Once a run, however many tests are made.
    private static let recorded: Result<Void, Failure> = Result { () throws(Failure) in
        let root = try Directory.open(Repository.root)
        for folder in folders {
            let directory = try root.makeDirectory(folder, mode: 0o755)
            for name in try directory.names() { try directory.remove(name) }
            for file in GeneratedFile.all where file.path.hasPrefix(folder + "/") {
                try directory.writeFile(String(file.path.dropFirst(folder.count + 1)), Array(file.text.utf8), mode: 0o644, durable: false)
            }
        }
    }

    @Test("man and completions are what the tables of commands make", arguments: GeneratedFile.all)
    func current(_ file: GeneratedFile) throws {
        let committed = try Sources.files(file.path).first?.text
        #expect(committed == file.text, "\(file.path): run \"make docs\"")
    }

    @Test("nothing else lies there", arguments: folders)
    func others(_ folder: String) throws {
        let names = try Directory.open("\(Repository.root)/\(folder)").names().map { "\(folder)/\($0)" }
        #expect(Set(names).subtracting(GeneratedFile.all.map(\.path)) == [])
    }

    @Test("every command and option stands in help, manual page and completions", arguments: GeneratedFile.shownCommands.map(\.path))
    func everywhere(_ path: [String]) throws {
        let command = try #require(GeneratedFile.shownCommands.first { $0.path == path })
        let help = HelpText.render(command, program: "proa")
        let page = try page(["proa"] + path)
        let scripts = try ["proa.bash", "_proa"].map { try #require(try Sources.files("completions/\($0)").first).text }
        let fish = try #require(try Sources.files("completions/proa.fish").first).text
        if let word = path.last {
            for script in scripts + [fish] { #expect(script.contains(path.joined(separator: " ")) && script.contains(word)) }
        }
        for option in command.options where !option.isHidden {
            #expect(help.contains("--\(option.long)"))
            #expect(page.contains("\\fB" + roff("--\(option.long)") + "\\fR"))
            if option.isLater { continue }
            for script in scripts { #expect(script.contains("--\(option.long)")) }
            #expect(fish.contains(" -l \(option.long) "))
        }
    }

    @Test("variables that the program reads stand in the README and on the manual's first page")
    func variables() throws {
        // Between the program and itself or its built-in image; no user sets them.
        let own: Set<Substring> = ["PROA_UID", "PROA_START_NS", "PROA_CREDENTIALS", "PROA_COPY"]
        let readme = try #require(try Sources.files("README.md").first).text
        let page = try page(["proa"])
        var seen: Set<Substring> = []
        for file in try Sources.files("Sources") where file.path.hasSuffix(".swift") && file.target != "CommandLine" {
            for part in file.text.split(separator: "\"") where part.hasPrefix("PROA_") {
                seen.insert(part.prefix { $0.isUppercase || $0 == "_" })
            }
        }
        #expect(seen.count >= 4)
        for name in seen.subtracting(own) {
            #expect(readme.contains(name), "README.md: \(name)")
            #expect(page.contains(name), "man/proa.1: \(name)")
        }
    }

    /// The page of these words, through its `.so` line where it has one.
    private func page(_ words: [String]) throws -> String {
        let text = try #require(try Sources.files("man/\(words.joined(separator: "-")).1").first).text
        guard text.hasPrefix(".so man1/") else { return text }
        return try #require(try Sources.files("man/" + text.dropFirst(".so man1/".count).dropLast()).first).text
    }

    private func roff(_ text: String) -> String { text.map { $0 == "-" ? "\\-" : String($0) }.joined() }
}
