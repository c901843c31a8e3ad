import Primitives
import Templates
import Testing

@Suite struct TemplateTests {
    static let data: JSON = [
        "t": true, "f": false, "d": .double(1.5), "e": "", "n": .null, "el": [], "em": [:],
        "l": ["a": "1", "b": "2", "a.b/c": "3"],
        "s": ["one", "two", "three"],
        "nest": ["k": [["x": "y"], ["x": "z"]]],
        "mix": ["a", true, .null, .double(1.25), ["b"]],
    ]

    /// The rows were run inside of a `with`, except those that define something.
    static func execute(_ row: String) throws -> String {
        let prefix = "{{with .Metadata.Metadata.AdditionalFields}}"
        let text = row.hasPrefix("{{ define") ? row : prefix + row + "{{end}}"
        let root: JSON = ["Metadata": ["Name": "x", "Metadata": ["AdditionalFields": data]]]
        return try Template(parsing: text).execute(on: root)
    }

    @Test("a template writes what docker writes", arguments: goodRows)
    func good(_ row: (template: String, output: String)) throws {
        #expect(try Self.execute(row.template) == row.output)
    }

    @Test("a bad template fails with docker's message", arguments: badRows)
    func bad(_ row: (template: String, message: String)) {
        let failure = #expect(throws: Failure.self) { try Self.execute(row.template) }
        #expect(failure?.message == row.message)
        #expect(failure?.kind == .invalid)
    }
}
