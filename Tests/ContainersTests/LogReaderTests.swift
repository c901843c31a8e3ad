import LinuxSys
import Primitives
import TestSupport
import Testing

@testable import Containers

@Suite struct LogReaderTests {
    private func line(_ text: String, second: Int = 0) -> String {
        JSON.object(["log": .string(text), "stream": "stdout", "time": .string("2026-01-01T00:00:0\(second)Z")]).compact() + "\n"
    }

    private func read(_ directory: borrowing Directory) throws -> [String] {
        var reader = LogFileReader(name: "log")
        try reader.openOldest(directory)
        var out: [String] = []
        while let line = try reader.next(directory) { out.append(line.text) }
        return out
    }

    @Test("rotated files are read oldest first")
    func rotated() throws {
        let scratch = try Scratch("logs")
        let directory = try Directory.open(scratch.path)
        for (name, text) in [("log.2", "1\n"), ("log.1", "2\n"), ("log", "3\n")] { try directory.writeFile(name, Array(line(text).utf8)) }
        #expect(try read(directory) == ["1\n", "2\n", "3\n"])
    }

    @Test("a torn last line and foreign text are not shown")
    func torn() throws {
        let scratch = try Scratch("logs")
        let directory = try Directory.open(scratch.path)
        try directory.writeFile("log", Array((line("a\n") + "rubbish\n" + line("b\n") + "{\"log\":\"half").utf8))
        #expect(try read(directory) == ["a\n", "b\n"])
    }

    @Test(
        "the tail counts whole lines, not the pieces of a long one",
        arguments: [
            (1, ["c\n"]), (2, ["b1", "b2\n", "c\n"]), (3, ["a\n", "b1", "b2\n", "c\n"]), (9, ["a\n", "b1", "b2\n", "c\n"]), (0, []),
        ])
    func tail(_ count: Int, _ expected: [String]) {
        let lines = ["a\n", "b1", "b2\n", "c\n"].compactMap { LogLine(Array(line($0).dropLast().utf8)) }
        #expect(lines.suffix(LogTail.keep(lines, count)).map(\.text) == expected)
    }
}
