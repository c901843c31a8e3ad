import Primitives
import Templates
import Testing

@Suite struct LimitTests {
    static func nested(_ open: String, _ close: String, _ count: Int) -> String {
        String(repeating: open, count: count) + "x" + String(repeating: close, count: count)
    }

    static let deepBranches = nested("{{if true}}", "{{end}}", 500)
    static let deepParentheses = "{{\(nested("(", ")", 5000))}}"
    static let longChain = "{{if true}}\(nested("{{else if true}}", "", 5000)){{end}}"

    @Test(
        "a template that would not end, or grow without bound, is stopped",
        arguments: [
            #"{{define "x"}}{{template "x"}}{{end}}{{template "x"}}"#, "{{range 1000000000}}{{end}}",
            "{{range 100000}}{{range 100000}}{{end}}{{end}}", #"{{range 1000000}}{{"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}}{{end}}"#,
            #"{{$x := "aaaaaaaaaa"}}{{range 100}}{{$x = print $x $x}}{{end}}"#,
            #"{{$x := "aaaaaaaaaa"}}{{range 100}}{{$x = printf "%s%s" $x $x}}{{end}}"#,
            #"{{pad "x" 1000000000000 1}}"#, #"{{$x := "aaaa"}}{{range 100}}{{$x = html $x $x}}{{end}}"#,
            #"{{$x := "aaaa"}}{{range 100}}{{$x = println $x $x}}{{end}}"#,
            #"{{$x := "\"\""}}{{range 100}}{{$x = json $x}}{{end}}"#, #"{{$x := "\"\""}}{{range 100}}{{$x = printf "%q" $x}}{{end}}"#,
            #"{{$x := "&&"}}{{range 100}}{{$x = js $x}}{{end}}"#, #"{{printf "%1000000d%1000000d" 1 1}}"#,
            #"{{$x := "x"}}{{range 10000}}{{$x = pad $x 300 300}}{{end}}"#,
            deepBranches, deepParentheses, longChain,
        ] as [String])
    func stopped(_ text: String) {
        let failure = #expect(throws: Failure.self) {
            var options = Template.Options()
            (options.outputMax, options.stepsMax) = (1 << 16, 20_000)
            return try Template(parsing: text).execute(on: [:], options)
        }
        #expect(failure?.kind == .invalid)
    }

    @Test("what is allowed to nest runs")
    func allowed() throws {
        #expect(try Template(parsing: Self.nested("{{if true}}", "{{end}}", 100)).execute(on: [:]) == "x")
        let text = "{{$x := 1}}{{\(Self.nested("(", ")", 100).split(separator: "x").joined(separator: "$x"))}}"
        #expect(try Template(parsing: text).execute(on: [:]) == "1")
        let calls =
            #"{{define "x"}}{{if .}}{{template "x" slice . 1}}{{else}}end{{end}}{{end}}{{template "x" "\#(String(repeating: "a", count: 190))"}}"#
        #expect(try Template(parsing: calls).execute(on: [:]) == "end")
    }

    @Test("any cut of a template parses or fails, and never traps")
    func cuts() {
        let text =
            #"{{- define "x" -}}{{/* c */}}{{range $i, $e := .a.b}}{{if and (eq $i 0x1F) 'c'}}{{printf "%*[2]d" -1.5e3 | html}}{{else}}{{break}}{{end}}{{end}}{{- end -}}"#
        for start in text.indices {
            for length in 1...40 {
                let cut = String(text[start...].prefix(length))
                if let template = try? Template(parsing: cut) { _ = try? template.execute(on: ["a": ["b": [1, 2]]]) }
            }
        }
    }
}
