import LinuxSys
import TestSupport
import Testing

@Suite struct TreeTests {
    @Test("every target says in at most 15 lines what belongs into it", arguments: try Sources.targets())
    func readme(_ target: String) throws {
        let file = try #require(try Sources.files("Sources/\(target)/README.md").first)
        #expect(file.text.hasPrefix("# \(target)\n"))
        #expect(file.lines.count - 1 <= 15)
    }

    @Test("a file of more than 400 lines hides a noun")
    func length() throws {
        for file in try Sources.files("Sources", "Tests", "Scripts", "Benchmarks") {
            #expect(file.lines.count - 1 <= 400, "\(file.path)")
        }
    }

    @Test("the map of targets is complete", arguments: try Sources.targets())
    func map(_ target: String) throws {
        let map = try #require(try Sources.files("ARCHITECTURE.md").first).text
        #expect(map.contains("`\(target)`"), "ARCHITECTURE.md does not say what \(target) is")
    }

    @Test("no file knows where it was written")
    func paths() throws {
        // This checkout's own path and the directory around it; a path of one component would be too common a word.
        let parent = Repository.root.split(separator: "/").dropLast()
        var paths = [Repository.root]
        if parent.count > 1 { paths.append("/" + parent.joined(separator: "/") + "/") }
        let names = try Directory.open(Repository.root).names().filter { $0.hasSuffix(".md") || $0 == "Makefile" || $0 == "Package.swift" }
        var files = try Sources.files("Sources", "Tests", "Scripts", "Benchmarks", ".ci", "man", "completions")
        for name in names { files += try Sources.files(name) }
        for file in files {
            for path in paths { #expect(!file.text.contains(path), "\(file.path) contains \(path)") }
        }
    }

    @Test("text ends with one line feed, has no trailing blank and no carriage return")
    func blanks() throws {
        for file in try Sources.files("Sources", "Tests", "Scripts", "Benchmarks", ".ci", "Makefile", "Package.swift") {
            #expect(file.text.hasSuffix("\n") && !file.text.hasSuffix("\n\n"), "\(file.path)")
            for (number, line) in file.lines.enumerated() where line.hasSuffix(" ") || line.hasSuffix("\t") || line.utf8.contains(13) {
                Issue.record("\(file.path):\(number + 1): a blank at the end of the line")
            }
        }
    }

    @Test("the packages stand in one list and no task is unknown")
    func packages() throws {
        let file = try #require(try Sources.files("Scripts/packages").first)
        let lines = file.lines.filter { !$0.hasPrefix("#") && !$0.isEmpty }.map { $0.split(separator: " ").map(String.init) }
        #expect(lines.count > 10)
        #expect(Set(lines.map { $0[0] }).count == lines.count)
        for line in lines {
            #expect(line.count > 1 && Set(line.dropFirst()).isSubset(of: ["build", "run", "test", "bench"]), "\(line[0])")
        }
    }
}
