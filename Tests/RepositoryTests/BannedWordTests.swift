import Testing

/// Words that must not stand in the sources, each with what to write instead.
@Suite struct BannedWordTests {
    struct Word: Sendable {
        let word: String
        let instead: String
        /// Targets that may.
        var except: Set<String> = []
        /// Looked for in comments, C files and scripts, too.
        var everywhere = false
    }
    static let words = [
        Word(word: "import Foundation", instead: "LinuxSys and Primitives; Foundation makes the start 15 times slower"),
        Word(word: "fatalError(", instead: "throw a Failure; a state that cannot be is a precondition with its reason"),
        Word(word: "try!", instead: "try, in a function that throws Failure"),
        Word(word: "as!", instead: "as? with an answer to nil"),
        Word(word: "fork(", instead: "the shim's spawn: no Swift runs between clone and exec"),
        Word(
            word: "print(", instead: "Descriptor.write, and only from Commands: data goes to stdout, talk to stderr",
            except: ["Commands", "proa"]),
        Word(word: "String(format:", instead: "interpolation; it needs Foundation"),
        Word(word: "Regex<", instead: "a small parser; one match costs 1.2 ms"),
        Word(word: "RegexBuilder", instead: "a small parser; one match costs 1.2 ms"),
        Word(word: "async", instead: "a thread where two things must happen at once; one task costs 0.6 ms at the start"),
        Word(word: "await", instead: "a thread where two things must happen at once; one task costs 0.6 ms at the start"),
        Word(word: "FIX" + "ME", instead: "the fix, or an issue", everywhere: true),
        Word(word: "TO" + "DO", instead: "an issue", everywhere: true),
        Word(word: "XX" + "X", instead: "an issue", everywhere: true),
    ]

    /// The word stands in the line by itself, not as a part of a longer one.
    static func contains(_ line: Substring, _ word: String) -> Bool {
        func isLetter(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "_"):
                true
            default: false
            }
        }
        let (text, wanted) = (Array(line.utf8), Array(word.utf8))
        guard text.count >= wanted.count else { return false }
        return (0...text.count - wanted.count).contains { at in
            let end = at + wanted.count
            guard text[at..<end].elementsEqual(wanted) else { return false }
            let before = at > 0 && isLetter(text[at]) && (isLetter(text[at - 1]) || text[at - 1] == UInt8(ascii: "-"))
            let after = end < text.count && isLetter(text[end - 1]) && isLetter(text[end])
            return !before && !after
        }
    }

    /// The line without a comment that fills it.
    static func code(_ line: Substring) -> Substring { line.drop { $0 == " " }.hasPrefix("//") ? "" : line }

    @Test("no banned word stands in the sources", arguments: words)
    func banned(_ word: Word) throws {
        let roots =
            word.everywhere ? try Sources.files("Sources", "Tests", "Scripts", "Benchmarks", "Makefile") : try Sources.files("Sources")
        #expect(!roots.isEmpty)
        for file in roots where word.everywhere || file.path.hasSuffix(".swift") {
            if !word.everywhere, word.except.contains(file.target) { continue }
            for (number, line) in file.lines.enumerated() where Self.contains(word.everywhere ? line : Self.code(line), word.word) {
                Issue.record("\(file.path):\(number + 1): \"\(word.word)\": write instead: \(word.instead)")
            }
        }
    }

    @Test("the unsafe words carry their reason", arguments: ["@unchecked Sendable", "nonisolated(unsafe)"])
    func safety(_ word: String) throws {
        for file in try Sources.files("Sources") where file.path.hasSuffix(".swift") {
            for (number, line) in file.lines.enumerated() where Self.code(line).contains(word) {
                if Self.hasReason(above: number, in: file.lines) { continue }
                Issue.record("\(file.path):\(number + 1): \"\(word)\" needs a line \"// SAFETY: why\" above it")
            }
        }
    }

    /// A SAFETY line in the comment that ends right above the line.
    static func hasReason(above number: Int, in lines: [Substring]) -> Bool {
        for line in lines[..<number].reversed() {
            let text = line.drop { $0 == " " }
            if text.hasPrefix("// SAFETY: ") || text.hasPrefix("/// SAFETY: ") { return true }
            if !text.hasPrefix("//"), !text.hasPrefix("@") { return false }
        }
        return false
    }

    @Test(
        "a banned word is found",
        arguments: [("    try! x()", "try!"), ("let a = fork()", "fork("), ("func f() async {", "async"), ("x(print(1))", "print(")])
    func found(_ line: String, _ word: String) { #expect(Self.contains(line[...], word)) }

    @Test(
        "a longer word is another word",
        arguments: [("cs_fork()", "fork("), ("asynchronous", "async"), ("fingerprint(x)", "print("), ("-ZZZZ", "ZZZ"), ("ZZZZZZ", "ZZZ")])
    func notFound(_ line: String, _ word: String) { #expect(!Self.contains(line[...], word)) }

    @Test("a reason counts only right above")
    func reason() {
        #expect(Self.hasReason(above: 2, in: ["// SAFETY: set once", "// before any thread", "x"]))
        #expect(!Self.hasReason(above: 2, in: ["// SAFETY: set once", "let a = 1", "x"]))
        #expect(!Self.hasReason(above: 0, in: ["x"]))
    }
}
