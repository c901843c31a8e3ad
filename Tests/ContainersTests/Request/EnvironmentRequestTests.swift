import Primitives
import Testing

@testable import Containers

@Suite struct EnvironmentRequestTests {
    private func request(_ values: [String], files: [String] = [], caller: [String: String] = [:]) throws(Failure) -> EnvironmentRequest {
        let files = files.map { EnvironmentRequest.File(name: "e", content: Array($0.utf8)) }
        return try EnvironmentRequest(files: files, values: values) { caller[$0] }
    }

    @Test("of one name the last value counts, where the name came first")
    func order() throws {
        let user = try request(["A=3", "C=4", "A=5", "D=", "E=x=y"], files: ["A=1\nB=2\n"])
        #expect(user.assignments == ["A=5", "B=2", "C=4", "D=", "E=x=y"])
        #expect(user.merged(image: ["PATH=/bin", "B=image", "Z=1"]) == ["A=5", "B=2", "C=4", "D=", "E=x=y", "PATH=/bin", "Z=1"])
        #expect(user.applied(to: ["PATH=/bin", "C=0", "TERM=xterm"]) == ["PATH=/bin", "C=4", "TERM=xterm", "A=5", "B=2", "D=", "E=x=y"])
    }

    @Test("a name alone takes the caller's value or takes the variable away")
    func names() throws {
        let user = try request(["HOME", "GONE", "EMPTY"], caller: ["HOME": "/root", "EMPTY": ""])
        #expect(user.assignments == ["HOME=/root", "EMPTY="] && user.removedNames == ["GONE"])
        #expect(user.merged(image: ["GONE=1", "A=2", "bare", "=x", "N=\0"]) == ["HOME=/root", "EMPTY=", "A=2"])
        #expect(user.applied(to: ["GONE=1", "A=2"]) == ["A=2", "HOME=/root", "EMPTY="])
        let file = try request([], files: ["HOME\nGONE\n"], caller: ["HOME": "/root"])
        #expect(file.assignments == ["HOME=/root"] && file.removedNames.isEmpty)
    }

    @Test("a file has comments, blank lines, a byte order mark and values as they stand")
    func files() throws {
        let text = "\u{feff}A=1\n# comment\n\n   \n  #x\n\tB= two \r\nC=\"q\" # no comment\nD=\u{301}x\nE=last"
        #expect(try request([], files: [text]).assignments == ["A=1", "B= two ", "C=\"q\" # no comment", "D=\u{301}x", "E=last"])
    }

    @Test(
        "a malformed file is refused with docker's words",
        arguments: [
            ("A B=1", "invalid env file (e): variable 'A B' contains whitespaces"),
            (" D D", "invalid env file (e): variable 'D D' contains whitespaces"),
            ("C =1", "invalid env file (e): variable 'C ' contains whitespaces"),
            ("=x", "invalid env file (e): no variable name on line '=x'"),
            ("A=1\n  =", "invalid env file (e): no variable name on line '='"),
            ("A=1\0", "invalid env file (e): line 1 contains a zero byte"),
        ])
    func badFiles(text: String, expected: String) {
        #expect(message { () throws(Failure) in try request([], files: [text]) } == expected)
    }

    @Test("a file must be UTF-8 with lines of a bounded length")
    func badBytes() {
        let bad = EnvironmentRequest.File(name: "e3", content: [65, 61, 255])
        let long = EnvironmentRequest.File(name: "l", content: Array("A=".utf8) + Array(repeating: 65, count: 70_000))
        func load(_ file: EnvironmentRequest.File) -> String {
            message { () throws(Failure) in try EnvironmentRequest(files: [file]) { _ in nil } }
        }
        #expect(load(bad) == "invalid env file (e3): invalid utf8 bytes at line 1: [65 61 255]")
        #expect(load(long) == "invalid env file (l): line 1: token too long")
    }

    @Test("a value without a name is refused", arguments: ["", "=x", "A=\0"])
    func badValues(text: String) {
        #expect(message { () throws(Failure) in try request([text]) } == "invalid environment variable: \(text)")
    }

    @Test("labels of files come first, the last value of a key counts, image labels give way")
    func labels() throws {
        let file = EnvironmentRequest.File(name: "l", content: Array("a=1\nbare\nb=2\n".utf8))
        let labels = try LabelRequest.parse(files: [file], values: ["a=3", "c", "d=x=y"])
        #expect(labels == [KeyValue("a", "3"), KeyValue("b", "2"), KeyValue("c", ""), KeyValue("d", "x=y")])
        #expect(
            LabelRequest.merged(image: [KeyValue("z", "0"), KeyValue("a", "0")], with: [KeyValue("a", "1")]) == [
                KeyValue("z", "0"), KeyValue("a", "1"),
            ])
        #expect(message { () throws(Failure) in try LabelRequest.parse(values: ["=x"]) } == "invalid label '=x': empty name")
    }
}
