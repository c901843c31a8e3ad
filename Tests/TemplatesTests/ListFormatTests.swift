import Primitives
import Templates
import Testing

@Suite struct ListFormatTests {
    static let rows: [JSON] = [
        ["ID": "1", "Names": "a-long-name-here", "Labels": "x=1"], ["ID": "22", "Names": "bé", "Labels": ""],
    ]
    static let listing = ListFormat.Listing(
        table: "{{.ID}}\t{{.Names}}", headers: ["ID": "CONTAINER ID", "Names": "NAMES"], raw: "id: {{.ID}}\n",
        rowName: "*formatter.ContainerContext",
        options: Template.Options(missingKey: .error, methods: ["Label": label]))

    @Sendable static func label(_ row: JSON, _ arguments: [JSON]) throws(Failure) -> JSON {
        guard arguments.count == 1, let key = arguments[0].string else { throw Failure(.invalid, "want one string") }
        return .string(row["Labels"]?.string?.hasPrefix(key + "=") == true ? "1" : "")
    }

    @Test(
        "a list is written as docker writes it",
        arguments: [
            ("", "CONTAINER ID   NAMES\n1              a-long-name-here\n22             bé\n"),
            ("table", "CONTAINER ID   NAMES\n1              a-long-name-here\n22             bé\n"),
            (#"table {{.Names}}\t{{.ID}}"#, "NAMES              CONTAINER ID\na-long-name-here   1\nbé                 22\n"),
            ("table {{.ID}} {{.Names}}", "CONTAINER ID NAMES\n1 a-long-name-here\n22 bé\n"),
            (#"table {{upper .Names}}\t{{.Label "com.my-x_y"}}"#, "NAMES              my x y\nA-LONG-NAME-HERE   \nBÉ                 \n"),
            (#"table {{pad .ID 1 1}}"#, " CONTAINER ID \n 1 \n 22 \n"), (#"table {{truncate .ID 1}}x"#, "CONTAINER IDx\n1x\n2x\n"),
            ("{{.ID}}", "1\n22\n"), (#"{{.ID}}\t{{.Label "x"}}\n"#, "1\t1\n\n22\t\n\n"), ("  {{.ID}}  ", "1\n22\n"),
            (
                "json",
                "{\"ID\":\"1\",\"Labels\":\"x=1\",\"Names\":\"a-long-name-here\"}\n{\"ID\":\"22\",\"Labels\":\"\",\"Names\":\"bé\"}\n"
            ),
            ("raw", "id: 1\n\nid: 22\n\n"),
        ] as [(String, String)])
    func list(_ row: (format: String, output: String)) throws {
        #expect(try ListFormat(row.format).render(Self.rows, Self.listing) == row.output)
    }

    @Test(
        "a row in JSON escapes what HTML means, a field does not",
        arguments: [
            ("json", #"{"Labels":"a=\u003cx\u003e\u0026y"}"#), ("{{json .}}", #"{"Labels":"a=\u003cx\u003e\u0026y"}"#),
            ("{{json .Labels}}", #""a=<x>&y""#), ("{{.Labels}}", "a=<x>&y"),
        ])
    func html(_ format: String, _ output: String) throws {
        #expect(try ListFormat(format).render([["Labels": "a=<x>&y"]], Self.listing) == output + "\n")
    }

    @Test(
        "nothing to list is a header in a table and nothing elsewhere",
        arguments: [("", "CONTAINER ID   NAMES\n"), ("json", ""), ("{{.ID}}", ""), ("table {{.Foo}}", "<no value>\n")] as [(String, String)]
    )
    func empty(_ row: (format: String, output: String)) throws {
        #expect(try ListFormat(row.format).render([], Self.listing) == row.output)
    }

    @Test(
        "a bad list format fails with docker's words",
        arguments: [
            (
                "{{.Foo}}",
                #"template parsing error: template: :1:2: executing "" at <.Foo>: can't evaluate field Foo in type *formatter.ContainerContext"#
            ),
            ("table {{.Foo", "template parsing error: template: :1: unclosed action"),
            ("{{.Label}}", #"template parsing error: template: :1:2: executing "" at <.Label>: error calling Label: want one string"#),
            (#"{{.ID "x"}}"#, #"template parsing error: template: :1:2: executing "" at <.ID>: ID is not a method but has arguments"#),
        ] as [(String, String)])
    func bad(_ row: (format: String, message: String)) {
        let failure = #expect(throws: Failure.self) { try ListFormat(row.format).render(Self.rows, Self.listing) }
        #expect(failure?.message == row.message)
    }

    @Test(
        "columns align as docker's tables do",
        arguments: [
            ("a\tb\tc\n", "a         b         c\n"), ("abcdefgh\tb\n", "abcdefgh   b\n"), ("abcdefg\tb\n", "abcdefg   b\n"),
            ("a\t\n", "a         \n"), ("a\nbbbbbbbbbbbbbbb\tx\nc\n", "a\nbbbbbbbbbbbbbbb   x\nc\n"),
            // A line without the cell ends the column.
            ("aaaaaaaaaaaaaaa\tx\ny\nb\tz\n", "aaaaaaaaaaaaaaa   x\ny\nb         z\n"),
            ("a\tbbbbbbbbbbbbbb\tc\nd\te\n", "a         bbbbbbbbbbbbbb   c\nd         e\n"),
            ("é🛶\tx\n", "é🛶        x\n"), ("\tx\n", "          x\n"), ("a\tb", "a         b"), ("", ""), ("\n\n", "\n\n"),
            ("a\t\tb\ncccccccccccc\td\n", "a                        b\ncccccccccccc   d\n"),
        ] as [(String, String)])
    func columns(_ row: (text: String, output: String)) {
        #expect(TableWriter().aligned(row.text) == row.output)
    }

    @Test("a table of hostile width and length is written")
    func large() {
        let wide = String(repeating: "\t", count: 100_000)
        #expect(TableWriter().aligned(wide).utf8.count == 200 * 10)
        #expect(TableWriter().aligned(rows: Array(repeating: ["a", "b"], count: 1000)).utf8.count == 12_000)
    }
}
