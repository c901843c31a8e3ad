import Primitives
import Testing

@Suite struct JSONTests {
    @Test(
        "a document survives parsing and writing",
        arguments: [
            "null", "true", "[1,2.5,-3]", #"{"b":1,"a":[{},[]],"c":"x"}"#, #""\"\\\n\u0001""#, #"{"Env":["A=<&>"]}"#,
            "9223372036854775807", "\"häß 🛶\"",
        ])
    func roundTrip(_ text: String) throws {
        #expect(try JSON.parse(text).compact() == text)
    }

    @Test(
        "what is not JSON is refused",
        arguments: ["", "{", "[1,]", "{\"a\"}", "01", "nul", "\"a", "\"\\x\"", "1 2", "\"\u{1}\"", "-", "1.", "1e", "{,}"])
    func bad(_ text: String) {
        #expect(throws: Failure.self) { try JSON.parse(text) }
    }

    @Test("nesting is limited")
    func depth() {
        let deep = String(repeating: "[", count: 100_000)
        #expect(throws: Failure.self) { try JSON.parse(deep) }
    }

    @Test("a repeated key takes the last value, in small and in large objects")
    func repeated() throws {
        #expect(try JSON.parse(#"{"a":1,"a":2}"#) == ["a": 2])
        let large = "{" + (0..<40).map { "\"k\($0)\":\($0)" }.joined(separator: ",") + ",\"k3\":99,\"k39\":7}"
        let object = try JSON.parse(large)
        #expect(object["k3"] == 99)
        #expect(object["k39"] == 7)
        #expect(object.object?.count == 40)
    }

    @Test("surrogate pairs join and lone halves become U+FFFD")
    func surrogates() throws {
        #expect(try JSON.parse(#""\ud83d\udef6""#) == .string("🛶"))
        #expect(try JSON.parse(#""\ud83dx""#) == .string("\u{FFFD}x"))
    }

    @Test("pretty printing is Go's MarshalIndent")
    func pretty() throws {
        let value: JSON = ["a": [1, 2], "b": [:], "c": []]
        #expect(value.pretty() == "{\n    \"a\": [\n        1,\n        2\n    ],\n    \"b\": {},\n    \"c\": []\n}")
        #expect(JSON.string("<a>").compact(.html) == #""\u003ca\u003e""#)
    }
}
