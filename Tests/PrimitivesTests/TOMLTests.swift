import Primitives
import Testing

@Suite struct TOMLTests {
    static func parse(_ text: String) throws -> TOML.Table { try TOML.parse(Array(text.utf8)) }

    static let goodOnes: [(String, TOML.Table)] = [
        ("", [:]), ("# only words\n\n", [:]), ("a = 1", ["a": .integer(1)]), ("a=1\r\nb=2\r\n", ["a": .integer(1), "b": .integer(2)]),
        ("\u{FEFF}a = true # yes", ["a": .bool(true)]), ("1234 = 'x'", ["1234": .string("x")]),
        (#""a b" = "c" "#, ["a b": .string("c")]), (#"'a"b' = 'c\d'"#, ["a\"b": .string(#"c\d"#)]), (#""" = 1"#, ["": .integer(1)]),
        (#"a = "t\tq\"u\u00e9\U0001F600""#, ["a": .string("t\tq\"ué😀")]),
        ("a = \"\"\"\none\n  two\"\"\"", ["a": .string("one\n  two")]), ("a = \"\"\"one \\\n\n   two\"\"\"", ["a": .string("one two")]),
        ("a = \"\"\"\"x\"\"\"\"\"", ["a": .string("\"x\"\"")]), ("a = '''\n'x'\\'''", ["a": .string("'x'\\")]),
        (
            "a = 0x1F\nb=0o17\nc=0b11\nd=1_000\ne=-0\nf=+9",
            [
                "a": .integer(31), "b": .integer(15), "c": .integer(3), "d": .integer(1000), "e": .integer(0), "f": .integer(9),
            ]
        ),
        ("a = 1.5\nb=-2e3\nc=6.6_2E-1\nd=inf", ["a": .float(1.5), "b": .float(-2000), "c": .float(0.662), "d": .float(.infinity)]),
        ("a = [ 1, [ 'x' ], ]", ["a": .array([.integer(1), .array([.string("x")])])]),
        ("a = [\n # one\n 1\n , 2\n]", ["a": .array([.integer(1), .integer(2)])]),
        ("a = {}", ["a": .table([:])]), ("a = { b = 1, c.d = 'x' }", ["a": .table(["b": .integer(1), "c": .table(["d": .string("x")])])]),
        ("[a]\nb=1\n[a.c]\nd=2", ["a": .table(["b": .integer(1), "c": .table(["d": .integer(2)])])]),
        ("[a.b]\n[a]\nc=1", ["a": .table(["b": .table([:]), "c": .integer(1)])]),
        ("a . b = 1\na.c = 2", ["a": .table(["b": .integer(1), "c": .integer(2)])]),
        ("[ \"x.y\" . z ]", ["x.y": .table(["z": .table([:])])]),
        (
            "[[r]]\nx=1\n[[r.m]]\ny=1\n[[r.m]]\n[r.t]\n[[r]]\n",
            [
                "r": .array([
                    .table(["x": .integer(1), "m": .array([.table(["y": .integer(1)]), .table([:])]), "t": .table([:])]), .table([:]),
                ])
            ]
        ),
    ]

    @Test("documents are read", arguments: goodOnes)
    func good(_ text: String, _ expected: TOML.Table) throws { #expect(try Self.parse(text) == expected) }

    static let badOnes: [(String, String)] = [
        ("a", #"line 1: expected "=""#), ("a = ", "line 1: expected a value"), ("= 1", "line 1: expected a key"),
        ("a = 1 b = 2", "line 1: expected the end"),
        ("a = 1\na = 2", #"line 2: "a" is there already"#), ("[a]\n[a]", #"line 2: the table "a" is there already"#),
        ("a = 1\n[a]", "line 2: the table"), ("a = 1\n[a.b]", "line 2: \"a\" is no table"), ("a = [1]\n[[a]]", "is no array of tables"),
        ("a = {}\n[a.b]", "is no table"), ("a = {}\na.b = 1", "is there already"), ("[a]\nb.c = 1\n[a.b]", "is there already"),
        ("[[a]]\n[a]", "is there already"),
        ("a.b = 1\na = 2", "is there already"), ("a = { b = 1, }", "expected a key"), ("a = { b = 1\n}", "line 1: expected \"}\""),
        ("a = [1 2]", "expected a comma"), ("a = [1", "expected a comma"), ("a = \"x", "without an end"),
        ("a = \"x\ny\"", "line 1: a string without an end"),
        (#"a = "\x""#, "unknown escape"), (#"a = "\ud800""#, "wrong \\u"), (#"a = "\u12""#, "wrong \\u"), ("a = '''x''", "without an end"),
        ("a = 01", "is no number"), ("a = 1__0", "is no number"), ("a = _1", "is no value"), ("a = 1.", "is no number"),
        ("a = .5", "is no value"),
        ("a = 9223372036854775808", "is no number"), ("a = 1979-05-27", "dates are not supported"), ("a = yes", "texts stand in quotes"),
        ("a = +0x1", "no value"),
        ("a = \"\u{1}\"", "control character"), ("a = 1 # \u{7F}", "control character"), ("a = 1\rb = 2", "control character"),
        ("[a", "expected \"]\""), ("[]", "expected a key"), ("[a.]", "expected a key"), ("[[a]", "expected \"]\""),
        ("\"\"\"a\"\"\" = 1", "several lines"),
        ("a = " + String(repeating: "[", count: 100), "nested"), ("a = " + String(repeating: "{a=", count: 100), "nested"),
        (String(repeating: "a.", count: 100) + "a = 1", "parts"),
    ]

    @Test("a mistake is told with its line", arguments: badOnes)
    func bad(_ text: String, _ message: String) {
        #expect { try Self.parse(text) } throws: { error in
            guard let failure = error as? Failure else { return false }
            return failure.kind == .invalid && failure.message.contains(message)
        }
    }

    @Test("bytes that are no UTF-8, and endless documents, are refused")
    func bytes() {
        #expect(throws: Failure.self) { try TOML.parse(Array("a = '".utf8) + [0xFF] + Array("'".utf8)) }
        #expect(throws: Failure.self) { try TOML.parse([UInt8](repeating: 0x0A, count: TOML.bytesMax + 1)) }
        #expect(throws: Failure.self) { try Self.parse("a = [" + String(repeating: "1,", count: 200_000) + "]") }
    }
}
