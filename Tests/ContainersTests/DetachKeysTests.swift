import Testing

@testable import Containers

@Suite struct DetachKeysTests {
    @Test(
        "the sequence is found across reads, and everything else is passed on",
        arguments: [
            (["abc"], "abc", false), (["a\u{10}\u{11}"], "a", true), (["a\u{10}", "\u{11}"], "a", true), (["\u{10}b"], "\u{10}b", false),
            (["\u{10}\u{10}\u{11}"], "\u{10}", true), (["\u{11}"], "\u{11}", false),
        ])
    func scan(_ input: [String], _ forwarded: String, _ detached: Bool) {
        var keys = DetachKeys([16, 17])
        var out: [UInt8] = []
        var found = false
        for part in input {
            let (forward, detach) = keys.scan(Array(part.utf8))
            out += forward
            found = found || detach
        }
        #expect(String(decoding: out, as: UTF8.self) == forwarded)
        #expect(found == detached)
    }

    @Test("without a sequence nothing is held back")
    func none() {
        var keys = DetachKeys([])
        #expect(keys.scan([16, 17]).forward == [16, 17])
    }
}
