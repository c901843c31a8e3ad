import Glibc
import LinuxSys
import Primitives
import TestSupport
import Testing

@testable import Networks

@Suite("asking resolvers")
struct UpstreamTests {
    let scratch = try! Scratch("names")
    private var path: String { "\(scratch.path)/resolv.conf" }
    private func rig(_ count: Int = 1, limits: Upstream.Limits = Upstream.Limits(), upstream: [String]? = nil) throws -> NameRig {
        try NameRig(resolvers: count, configuration: path, limits: limits, upstream: upstream)
    }

    @Test("a resolver that hangs is passed over, and asked last for a while")
    func hangs() throws {
        let rig = try rig(2, limits: NameRig.quick)
        rig.resolvers[0].behave = { _ in [] }
        #expect(try rig.ask("one.example")?.addresses == ["192.0.2.7"])
        #expect(try rig.ask("two.example")?.addresses == ["192.0.2.7"])
        #expect(rig.resolvers[0].asked.count == 1 && rig.resolvers[1].asked.count == 2)
    }

    @Test("a question that hangs delays no other one")
    func others() throws {
        let rig = try rig(limits: NameRig.quick)
        rig.resolvers[0].behave = { $0.question?.name == DNSName("slow.example") ? [] : [$0.answer()] }
        let replies = try rig.send(
            [Ask(name: "slow.example", identifier: 1).bytes, Ask(name: "fast.example", identifier: 2).bytes], answers: 2)
        #expect(replies.map(\.identifier) == [2, 1] && replies.map(\.code) == [0, 2])
        // A lost datagram is sent again.
        #expect(rig.resolvers[0].asked.filter { $0.question?.name == DNSName("slow.example") }.count > 1)
    }

    @Test("where nobody listens the next one is asked at once")
    func closed() throws {
        let rig = try rig()
        try NameRig.write(["127.0.0.9", "127.0.0.2"], path)
        #expect(try rig.ask("one.example")?.addresses == ["192.0.2.7"])
        try NameRig.write(["127.0.0.9"], path)
        #expect(try rig.ask("one.example")?.code == 2)
    }

    @Test(
        "a resolver that fails is asked once, the next one instead", arguments: [DNSMessage.Code.serverFailure, .refused, .notImplemented])
    func fails(_ code: DNSMessage.Code) throws {
        let rig = try rig(2)
        rig.resolvers[0].behave = { [$0.code(code)] }
        #expect(try rig.ask("one.example")?.addresses == ["192.0.2.7"])
        rig.resolvers[1].behave = { [$0.code(.refused)] }
        #expect(try rig.ask("two.example")?.code == code.rawValue)
        #expect(rig.resolvers[0].asked.count == 2)
    }

    @Test("an answer with another identifier, to another question, or that is none, is not heard")
    func lies() throws {
        let rig = try rig(limits: NameRig.quick)
        rig.resolvers[0].behave = { asked in
            var (wrong, other, query) = (asked.answer("10.6.6.6"), asked.answer("10.6.6.6"), asked.message)
            wrong[1] ^= 1
            other[14] ^= 1
            query[11] = 0
            return [wrong, other, query, [], Array(asked.message.prefix(2)), asked.answer()]
        }
        #expect(try rig.ask("one.example")?.addresses == ["192.0.2.7"])
    }

    @Test("an answer from elsewhere is not heard")
    func elsewhere() throws {
        let rig = try rig()
        let liar = try NameSocket.bound(.datagram, to: SocketAddress(HostAddress("127.0.0.77")!, port: 0))
        rig.resolvers[0].behave = { asked in
            // The liar knows everything, even the port.
            for socket in rig.upstream.sockets.values.joined() {
                if let peer = Socket.localAddress(of: socket.number) { NameSocket.send(liar.raw, asked.answer("10.6.6.6"), to: peer) }
            }
            return [asked.answer()]
        }
        #expect(try rig.ask("one.example")?.addresses == ["192.0.2.7"])
    }

    @Test("an answer that was cut is fetched over TCP, and cut again for a client that takes no more")
    func truncated() throws {
        let rig = try rig()
        let many = (0..<100).map { "10.0.0.\($0)" }
        rig.resolvers[0].behave = { asked in
            if asked.isStream { return [asked.answer(many)] }
            var cut = asked.answer([])
            cut[2] |= 2
            return [cut]
        }
        let whole = try #require(try rig.ask(Ask(name: "big.example", payload: 4096)))
        #expect(whole.records?.count == 100 && !whole.isTruncated)
        let part = try #require(try rig.ask(Ask(name: "big.example")))
        #expect(part.isTruncated && part.bytes.count <= 512 && (part.records?.count ?? 0) > 20)
        #expect(rig.resolvers[0].asked.map(\.isStream) == [false, true, false, true])
    }

    @Test("a cut answer is better than none")
    func truncatedOnly() throws {
        let rig = try rig()
        rig.resolvers[0].behave = { asked in
            var cut = asked.answer()
            cut[2] |= 2
            return asked.isStream ? [[1, 2, 3]] : [cut]
        }
        let reply = try #require(try rig.ask("big.example"))
        #expect(reply.isTruncated && reply.addresses == ["192.0.2.7"])
    }

    @Test("a question that many ask goes out once")
    func joined() throws {
        let rig = try rig(limits: NameRig.quick)
        rig.resolvers[0].behave = { $0.isStream ? [] : rig.resolvers[0].asked.count > 1 ? [$0.answer()] : [] }
        let names = ["same.example", "Same.example", "same.EXAMPLE"]
        let asks = (0..<30).map { Ask(name: names[$0 % 3], identifier: UInt16($0)) }
        let replies = try rig.send(asks.map(\.bytes), answers: 30)
        #expect(replies.count == 30)
        for reply in replies {
            #expect(reply.addresses == ["192.0.2.7"])
            #expect(reply.question?.name == DNSName(asks[Int(reply.identifier)].name))
        }
        // The first try, and its repetition.
        #expect(rig.resolvers[0].asked.count == 2)
    }

    @Test("the host's resolvers may change while the server runs", arguments: [true, false])
    func changes(_ isLink: Bool) throws {
        let real = isLink ? try scratch.directory("run") + "/stub.conf" : path
        let rig = try rig(2)
        rig.resolvers[1].behave = { [$0.answer("192.0.2.8")] }
        try NameRig.write(["127.0.0.2"], real)
        if isLink {
            let directory = try Directory.open(scratch.path)
            try directory.remove("resolv.conf")
            try directory.createLink("resolv.conf", to: "run/stub.conf")
        }
        #expect(try rig.ask("one.example")?.addresses == ["192.0.2.7"])
        try NameRig.write(["127.0.0.3"], real)
        #expect(try rig.ask("one.example")?.addresses == ["192.0.2.8"])
        // In place, as a program that knows no rename does it.
        Clock.sleep(nanoseconds: 100_000_000)
        #expect(try rig.ask("one.example")?.addresses == ["192.0.2.8"])
        overwrite(real, "nameserver 127.0.0.2\n")
        #expect(try rig.ask("one.example")?.addresses == ["192.0.2.7"])
    }

    private func overwrite(_ path: String, _ text: String) {
        let file = fopen(path, "w")
        fputs(text, file)
        fclose(file)
    }

    @Test("a question that waits goes on with the resolvers that came meanwhile")
    func changesWhileWaiting() throws {
        let rig = try rig(2, limits: NameRig.quick)
        try NameRig.write(["127.0.0.2"], path)
        rig.resolvers[0].behave = { [path] _ in
            try? NameRig.write(["127.0.0.3"], path)
            return []
        }
        #expect(try rig.ask("one.example")?.addresses == ["192.0.2.7"])
    }

    @Test("a container's own resolvers are asked in place of the host's")
    func chosen() throws {
        let rig = try rig(2, upstream: ["127.0.0.3"])
        #expect(try rig.ask("one.example")?.addresses == ["192.0.2.7"])
        #expect(rig.resolvers[0].asked.isEmpty && rig.resolvers[1].asked.count == 1)
        #expect(rig.connections.all == [Resolver(HostAddress("127.0.0.3")!)])
    }

    @Test("a resolver that is a container of the same network is asked over the bridge")
    func inside() throws {
        let rig = try rig(2, upstream: ["127.0.0.3"])
        rig.server.table.set(network: "n2", name: "loop", subnets: [IPSubnet("127.0.0.0/24")!])
        rig.server.update(container: NameRig.container, .init(networks: ["n1", "n2"]), upstream: [HostAddress("127.0.0.3")!])
        #expect(try rig.ask("one.example")?.addresses == ["192.0.2.7"])
        #expect(rig.connections.all == [Resolver(HostAddress("127.0.0.3")!, isInside: true)])
    }

    @Test("a failure in hand is told when nobody else knows more")
    func fallback() throws {
        let rig = try rig(2, limits: NameRig.quick)
        rig.resolvers[0].behave = { [$0.code(.serverFailure)] }
        rig.resolvers[1].behave = { _ in [] }
        #expect(try rig.ask("one.example")?.code == 2)
        #expect(rig.resolvers.map(\.asked.count) == [1, 1])
    }

    @Test("questions share sockets where these are scarce, and all have an answer")
    func scarce() throws {
        var limits = NameRig.quick
        limits.socketsMax = 2
        let rig = try rig(limits: limits)
        rig.resolvers[0].behave = { _ in [] }
        let asks = (0..<200).map { Ask(name: "n\($0).example", identifier: UInt16($0)).bytes }
        let before = try rig.send(asks, answers: 0)
        #expect(before.isEmpty)
        #expect(rig.wait { rig.upstream.waiting == 200 ? rig.upstream.socketsOpen : nil } == 2)
        rig.resolvers[0].behave = { [$0.answer()] }
        #expect(rig.wait { rig.upstream.waiting == 0 ? rig.upstream.socketsOpen : nil } == 0)
    }

    @Test("callers have a limit altogether")
    func limit() throws {
        var limits = NameRig.quick
        limits.waitingMax = 3
        let rig = try rig(limits: limits)
        rig.resolvers[0].behave = { _ in [] }
        let asks = (0..<5).map { Ask(name: "n\($0).example", identifier: UInt16($0)).bytes }
        #expect(try rig.send(asks, answers: 2).map(\.identifier) == [3, 4])
    }

    @Test(
        "lines of resolv.conf",
        arguments: [
            ("nameserver 127.0.0.53\n", ["127.0.0.53"]), ("nameserver\t10.0.0.1 # x\nnameserver 10.0.0.2\r\n", ["10.0.0.1", "10.0.0.2"]),
            (" nameserver 10.0.0.1\n#nameserver 10.0.0.2\nnameserverx 1.1.1.1\nnameserver\nnameserver x\n", []),
            ("nameserver fd00::1\nnameserver fe80::1%lo\nnameserver fe80::1%none\n", ["fd00::1", "fe80::1"]),
            (String(repeating: "nameserver 10.0.0.1\n", count: 50), [String](repeating: "10.0.0.1", count: 8)),
        ])
    func file(_ text: String, _ servers: [String]) {
        #expect(ResolverFile.parse(Array(text.utf8)).map(\.address.description) == servers)
    }

    @Test("without a file, and with an empty one, the host itself is asked")
    func noFile() throws {
        #expect(ResolverFile("\(scratch.path)/none").current() == [Resolver(HostAddress("127.0.0.1")!)])
        try scratch.write("empty", "")
        #expect(ResolverFile("\(scratch.path)/empty").current() == [Resolver(HostAddress("127.0.0.1")!)])
    }
}
