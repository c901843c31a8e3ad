import LinuxSys
import Primitives
import TestSupport
import Testing

@testable import Networks

/// Messages of containers and resolvers, changed thousands of times: nothing traps, limits hold.
@Suite struct DNSFuzzTests {
    static let queries: [[UInt8]] = [
        Ask(name: "web").bytes, Ask(name: "WEB.front", kind: 28, payload: 1232).bytes, Ask(name: "2.0.20.172.in-addr.arpa", kind: 12).bytes,
        Ask(name: "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.d.f.ip6.arpa", kind: 12).bytes, Ask(name: "").bytes,
        Ask(name: [String](repeating: String(repeating: "a", count: 61), count: 4).joined(separator: "."), payload: 0).bytes,
        Ask(name: "a.b.c.d.e.f.g.h", kind: 255, payload: 65535, group: 255).bytes,
        // Pointers: to itself, forwards, in a circle.
        [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xC0, 12, 0, 1, 0, 1], [0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1, 0x61, 0xC0, 12, 0, 1, 0, 1],
    ]
    static let words = ["\u{3}web", "\u{0}\u{0}\u{29}\u{4}", "\u{0}\u{1}\u{0}\u{1}", "\u{4}arpa\u{0}", "\u{3f}", "\u{0}\u{0}\u{ff}"]

    @Test("queries")
    func queriesOfContainers() {
        Fuzz(Self.queries, words: Self.words).run(rounds: 6000) { bytes in
            do throws(DNSQuery.Refusal) {
                let query = try DNSQuery(bytes)
                #expect((DNSMessage.plainBytesMax...DNSMessage.datagramBytesMax).contains(query.datagramBytes))
                let decision = NameTableTests.table.decide(query, NameTableTests.everywhere, turn: bytes.count)
                if case .answer(let code, let records) = decision {
                    let reply = Reply(DNSReply.make(query, code, records, bytesMax: query.datagramBytes))
                    #expect(reply.bytes.count <= query.datagramBytes && reply.question == query.question && reply.records != nil)
                }
                // What goes out is read again as what was asked.
                let again = try DNSQuery(UpstreamQuery(query, isStream: false, .host).message(7))
                #expect(again.question == query.question && (again.edns == nil) == (query.edns == nil))
            } catch {
                if case .code(let code, let identifier, let flags) = error {
                    #expect(DNSReply.refuse(code, identifier: identifier, flags: flags).count == 12)
                }
            }
        }
    }

    @Test("answers of resolvers")
    func answers() throws {
        let asked = Ask(name: "example.com", payload: 1232)
        let query = try DNSQuery(asked.bytes)
        let records = (0..<40).map { DNSRecord.address(HostAddress(bytes: [10, 0, 0, $0])!) } + [.pointer(DNSName("a.b")!)]
        let seeds = [0, 3, 41].map { DNSReply.make(query, .noError, Array(records.prefix($0)), bytesMax: 4096) }
        Fuzz(seeds, words: Self.words).run(rounds: 6000) { bytes in
            let verdict = DNSAnswer.check(bytes, query.question)
            guard verdict != .lie else { return }
            for bytesMax in [512, 1232, 65535] {
                let reply = Reply(DNSAnswer.adapt(bytes, to: query, bytesMax: bytesMax))
                #expect(reply.bytes.count <= bytesMax && reply.identifier == query.identifier && reply.question == query.question)
                if reply.bytes.count < bytes.count { #expect(reply.records != nil) }
            }
        }
    }

    @Test("a running server, its clients and its resolvers")
    func running() throws {
        let scratch = try Scratch("names")
        var limits = NameRig.quick
        limits.tryNanoseconds = 20_000_000
        limits.totalNanoseconds = 60_000_000
        let rig = try NameRig(configuration: "\(scratch.path)/resolv.conf", limits: limits)
        let far = Self.queries + [Ask(name: "far.example", payload: 1232).bytes, Ask(name: "x.far.example", kind: 16).bytes]
        var round: UInt64 = 0
        rig.resolvers[0].behave = { asked in
            round += 1
            var (random, bytes) = (Fuzz.Random(seed: round), asked.answer((0..<(round % 90)).map { "10.0.0.\($0)" }))
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                bytes[Int.random(in: 2..<bytes.count, using: &random)] ^= 1 << UInt8(round % 8)
            }
            return [bytes]
        }
        var batch: [[UInt8]] = []
        try Fuzz(far, words: Self.words).run(rounds: 400) { bytes in
            batch.append(bytes)
            guard batch.count == 20 else { return }
            _ = try rig.send(batch, answers: 0)
            _ = try rig.stream(NameRig.framed(batch.map { Array($0.prefix(4096)) }) + bytes, answers: 1)
            batch = []
            #expect(try rig.ask(Ask(name: "web", identifier: 0xABCD))?.addresses == ["172.20.0.2"])
        }
        #expect(rig.wait { rig.upstream.waiting == 0 && rig.upstream.socketsOpen == 0 ? true : nil } == true)
    }

    @Test("resolv.conf")
    func files() {
        let seeds = ["nameserver 127.0.0.53\noptions edns0 trust-ad\nsearch a b\n", "nameserver fe80::1%lo\n# x\nnameserver ::1"]
        Fuzz(seeds, words: ["nameserver", "%", " ", "\n", "\u{0}", "::", "é"]).run(rounds: 3000) { bytes in
            #expect(ResolverFile.parse(bytes).count <= 8)
        }
    }
}
