import Primitives
import Testing

@testable import Networks

@Suite("messages of the domain name system")
struct DNSMessageTests {
    @Test("a query is read", arguments: ["web", "WEB.Front", "a.b.c.d.e", String(repeating: "x", count: 63)])
    func query(_ name: String) throws {
        let query = try DNSQuery(Ask(name: name, kind: 28, payload: 4000).bytes)
        #expect(query.question.name == DNSName(name))
        #expect(query.question.kind == 28 && query.question.group == 1 && query.identifier == 0x1234)
        #expect(query.edns == .init(payloadBytes: 4000, version: 0, wantsSignatures: false))
        #expect(query.datagramBytes == 4000)
    }

    static func damaged(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
        var bytes = Ask(name: "web.example", payload: 1232).bytes
        change(&bytes)
        return bytes
    }

    @Test(
        "what is no proper query is refused with the code that says why",
        arguments: [
            (damaged { $0[5] = 0 }, DNSMessage.Code.formatError), (damaged { $0[5] = 2 }, .formatError),
            (damaged { $0.removeLast(15) }, .formatError), (damaged { $0[12] = 0xC0 }, .formatError),
            (damaged { $0[12] = 64 }, .formatError),
            (damaged { $0[2] |= 0x10 }, .notImplemented), (damaged { $0[11] = 200 }, .formatError),
            // A second OPT record, and one with a name.
            (
                damaged {
                    $0[11] = 2
                    $0 += $0.suffix(11)
                }, .formatError
            ),
            (damaged { $0.insert(contentsOf: [1, 0x61], at: 29) }, .formatError),
            (Array(damaged { _ in }.prefix(12)), .formatError),
        ])
    func refused(_ bytes: [UInt8], _ code: DNSMessage.Code) {
        #expect(throws: DNSQuery.Refusal.code(code, identifier: 0x1234, flags: DNSMessage.word(bytes, 2))) { try DNSQuery(bytes) }
    }

    @Test("what may be an answer, or is nothing, gets none", arguments: [damaged { $0[2] |= 0x80 }, [], [1, 2, 3]])
    func silence(_ bytes: [UInt8]) { #expect(throws: DNSQuery.Refusal.silence) { try DNSQuery(bytes) } }

    @Test("a name of more than 255 bytes is none")
    func long() {
        let label = String(repeating: "a", count: 63)
        #expect(DNSName([label, label, label, String(repeating: "a", count: 61)].joined(separator: "."))?.wire.count == 255)
        #expect(DNSName([label, label, label, String(repeating: "a", count: 62)].joined(separator: ".")) == nil)
        #expect(DNSName(label + "a") == nil)
        var bytes = [UInt8](repeating: 0, count: 12)
        for _ in 0..<8 { bytes += [63] + [UInt8](repeating: 0x61, count: 63) }
        var position = 12
        #expect(DNSName(bytes + [0], at: &position) == nil && position == 12)
    }

    @Test(
        "the name of an address is read back, and only a whole one",
        arguments: [
            ("1.0.17.172.in-addr.arpa", "172.17.0.1"), ("1.0.17.172.IN-ADDR.ARPA", "172.17.0.1"),
            ("1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.D.f.ip6.arpa", "fd00::1"), ("17.172.in-addr.arpa", nil),
            ("1.1.0.17.172.in-addr.arpa", nil), ("256.0.17.172.in-addr.arpa", nil), ("01.0.17.172.in-addr.arpa", nil),
            ("x.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa", nil), ("arpa", nil), ("in-addr.arpa", nil),
            ("1.0.17.172.in-addr.arp", nil),
        ])
    func reverse(_ name: String, _ address: String?) throws {
        #expect(DNSName(name)?.reversedAddress?.description == address)
        if let address { #expect(DNSName(reversing: try #require(HostAddress(address)))?.folded == DNSName(name)?.folded) }
    }

    @Test("a label with a dot in it is nobody's name")
    func dotInLabel() {
        var position = 0
        #expect(DNSName([3, 0x61, 0x2E, 0x62, 0], at: &position).flatMap { NameKey($0) } == nil)
        #expect(DNSName("A.b").flatMap { NameKey($0) } == NameKey("a.B."))
    }

    @Test("an answer keeps the question's case and fits the client", arguments: [(512, 30), (1232, 75), (65535, 200)])
    func reply(_ bytesMax: Int, _ count: Int) throws {
        let query = try DNSQuery(Ask(name: "wEb", payload: 1232).bytes)
        let records = (0..<200).map { DNSRecord.address(HostAddress(bytes: [10, 0, 0, UInt8($0)])!) }
        let reply = Reply(DNSReply.make(query, .noError, records, bytesMax: bytesMax))
        #expect(reply.bytes.count <= bytesMax && reply.records?.count == count)
        #expect(reply.isTruncated == (count < 200) && reply.hasOptions)
        #expect(reply.question == query.question && reply.identifier == 0x1234)
        #expect(reply.flags & 0x8180 == 0x8180)
    }

    @Test("a resolver's answer is cut between records")
    func cut() throws {
        let query = try DNSQuery(Ask(name: "wEb").bytes)
        let other = try DNSQuery(Ask(name: "web", identifier: 7).bytes)
        let records = (0..<100).map { DNSRecord.address(HostAddress(bytes: [10, 0, 0, UInt8($0)])!) }
        let answer = DNSReply.make(other, .noError, records, bytesMax: 65535)
        let reply = Reply(DNSAnswer.adapt(answer, to: query, bytesMax: 512))
        #expect(reply.bytes.count <= 512 && reply.isTruncated && reply.records?.count == 30)
        #expect(reply.identifier == 0x1234 && reply.question == query.question)
        let whole = Reply(DNSAnswer.adapt(answer, to: query, bytesMax: 4096))
        #expect(whole.records?.count == 100 && !whole.isTruncated)
    }

    @Test("only an answer to the question is one")
    func check() throws {
        let query = try DNSQuery(Ask(name: "web").bytes)
        let good = DNSReply.make(query, .noError, bytesMax: 512)
        func changed(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
            var bytes = good
            change(&bytes)
            return bytes
        }
        #expect(DNSAnswer.check(good, query.question) == .answer(isTruncated: false))
        #expect(DNSAnswer.check(changed { $0[13] = 0x57 }, query.question) == .answer(isTruncated: false))
        #expect(DNSAnswer.check(changed { $0[2] |= 2 }, query.question) == .answer(isTruncated: true))
        for bad in [
            changed { $0[13] = 0x58 }, changed { $0[2] &= 0x7F }, changed { $0[18] = 28 }, changed { $0[20] = 3 }, changed { $0[5] = 0 },
            changed { $0[5] = 2 }, changed { $0.removeLast() }, [],
        ] { #expect(DNSAnswer.check(bad, query.question) == .lie) }
        #expect(DNSAnswer.check(changed { $0[3] |= 3 }, query.question) == .answer(isTruncated: false))
        for code: UInt8 in [1, 2, 4, 5] { #expect(DNSAnswer.check(changed { $0[3] |= code }, query.question) == .failure) }
        #expect(
            DNSAnswer.check(
                changed {
                    $0[3] |= 2
                    $0[5] = 0
                }, query.question) == .failure)
    }
}
