import Glibc
import LinuxSys
import Networks
import Primitives
import Testing

@Suite("the rules of the bridges", .enabled(if: KernelPlace.isCapable))
struct BridgeRulesTests {
    static let first = BridgeRules.Bridge(name: "b-1", subnets: [IPSubnet("10.9.0.0/24")!, IPSubnet("fd09::/64")!], isInternal: false)
    static let second = BridgeRules.Bridge(name: "b-2", subnets: [IPSubnet("10.9.1.0/24")!, IPSubnet("fd0a::/64")!], isInternal: false)
    static let closed = BridgeRules.Bridge(name: "b-3", subnets: [IPSubnet("10.10.0.0/16")!, IPSubnet("fd0b::/64")!], isInternal: true)
    static let all = [first, second, closed]
    static let relay = BridgeRules.Uplink.relay(
        [false, true].map { BridgeRules.Listeners(isIPv6: $0, tcpPort: 1234, udpPort: 5678) })

    @Test(
        "a container sees the address of who connects to it from outside, and nothing is tracked",
        arguments: [("203.0.113.9", "10.9.0.2"), ("2001:db8::9", "fd09::2")])
    func publishedTCP(_ row: (client: String, server: String)) throws {
        let net = try TestNet(Self.all, uplink: Self.relay)
        let container = try net.container(Self.first)
        let v6 = row.client.contains(":")
        let listener = try container.run { () throws(Failure) in
            let listener = try TestSocket(SOCK_STREAM, v6: v6)
            try listener.bind(row.server, 80)
            try listener.listen()
            return listener
        }
        let client = try net.home.run { () throws(Failure) in
            let client = try TestSocket(SOCK_STREAM, v6: v6, transparent: true)
            try client.bind(row.client, 4321)
            try client.connect(row.server, 80)
            return client
        }
        let server = try listener.accept()
        #expect(server.peer == "\(row.client) 4321")
        try client.send("question")
        #expect(try server.receive() == "question")
        try server.send("answer")
        #expect(try client.receive() == "answer")
        #expect(try net.home.run { () throws(Failure) in TestNet.trackedConnections } == "0")
    }

    @Test(
        "datagrams from outside come with the sender's address, and answers and refusals find it",
        arguments: [("203.0.113.9", "10.9.0.2"), ("2001:db8::9", "fd09::2")])
    func publishedUDP(_ row: (client: String, server: String)) throws {
        let net = try TestNet(Self.all, uplink: .none)
        let container = try net.container(Self.first)
        let v6 = row.client.contains(":")
        let server = try container.run { () throws(Failure) in
            let server = try TestSocket(SOCK_DGRAM, v6: v6)
            try server.bind(row.server, 53)
            return server
        }
        @Sendable func client(_ port: UInt16) throws(Failure) -> TestSocket {
            let client = try TestSocket(SOCK_DGRAM, v6: v6, transparent: true)
            try client.bind(row.client, port)
            try client.connect(row.server, port == 4321 ? 53 : 54)
            return client
        }
        let good = try net.home.run { () throws(Failure) in try client(4321) }
        try good.send("question")
        let question = try server.receiveFrom()
        #expect(question.text == "question" && question.peer == "\(row.client) 4321")
        try server.send("answer", to: row.client, 4321)
        #expect(try good.receive() == "answer")

        let bad = try net.home.run { () throws(Failure) in try client(4322) }
        try bad.send("question")
        let refusal = try #require(throws: Failure.self) { try bad.receive() }
        #expect(refusal.kind == .system(ECONNREFUSED))
    }

    @Test(
        "the relay takes what goes out, and knows where it was to go",
        arguments: [("93.184.216.34", "127.0.0.1", "10.9.0.2"), ("2606:2800::1", "::1", "fd09::2")])
    func relay(_ row: (target: String, listener: String, own: String)) throws {
        let net = try TestNet(Self.all, uplink: Self.relay)
        let container = try net.container(Self.first)
        let v6 = row.target.contains(":")
        let (tcp, udp) = try net.home.run { () throws(Failure) in
            let (tcp, udp) = (
                try TestSocket(SOCK_STREAM, v6: v6, transparent: true), try TestSocket(SOCK_DGRAM, v6: v6, transparent: true)
            )
            try tcp.bind(row.listener, 1234)
            try tcp.listen()
            try udp.bind(row.listener, 5678)
            return (tcp, udp)
        }
        let client = try container.run { () throws(Failure) in
            let client = try TestSocket(SOCK_STREAM, v6: v6)
            try client.connect(row.target, 80)
            return client
        }
        let server = try tcp.accept()
        #expect(server.own == "\(row.target) 80")
        #expect(server.peer.hasPrefix("\(row.own) "))
        try client.send("question")
        #expect(try server.receive() == "question")
        try server.send("answer")
        #expect(try client.receive() == "answer")

        let datagram = try container.run { () throws(Failure) in
            let socket = try TestSocket(SOCK_DGRAM, v6: v6)
            try socket.bind(row.own, 7777)
            try socket.connect(row.target, 123)
            try socket.send("time?")
            return socket
        }
        let question = try udp.receiveFrom()
        #expect(question.text == "time?" && question.peer == "\(row.own) 7777")
        try net.home.run { () throws(Failure) in
            let answer = try TestSocket(SOCK_DGRAM, v6: v6, transparent: true)
            try answer.bind(row.target, 123)
            try answer.send("late", to: row.own, 7777)
        }
        #expect(try datagram.receive() == "late")
        #expect(try net.home.run { () throws(Failure) in TestNet.trackedConnections } == "0")
    }

    @Test(
        "what may not go anywhere is refused at once",
        arguments: [
            (first, "10.9.1.2", [ECONNREFUSED]), (first, "fd0a::2", [ECONNREFUSED, EACCES, ENETUNREACH]),
            (first, "10.10.0.2", [ECONNREFUSED]),
            (first, "169.254.169.254", [ENETUNREACH, EHOSTUNREACH, ECONNREFUSED]),
            (closed, "93.184.216.34", [ENETUNREACH, EHOSTUNREACH, ECONNREFUSED]),
            (closed, "10.9.0.2", [ECONNREFUSED]), (first, "10.9.0.1", [ECONNREFUSED]), (first, "10.9.1.1", [ECONNREFUSED]),
            (first, "fd09::1", [ECONNREFUSED]), (closed, "10.10.0.1", [ECONNREFUSED]),
        ])
    func refused(_ row: (from: BridgeRules.Bridge, to: String, errors: [Int32])) throws {
        let net = try TestNet(Self.all, uplink: Self.relay)
        let others = try Self.all.filter { $0 != row.from }.map { try net.container($0) }
        // Everybody listens, the namespace of the bridges too.
        let listeners = try (others + [net.home]).map { worker in
            try worker.run { () throws(Failure) in
                let listener = try TestSocket(SOCK_STREAM, v6: true)
                try listener.bind("::", 1234)
                try listener.listen()
                return listener
            }
        }
        let container = try net.container(row.from)
        let refusal = try container.run { () throws(Failure) in
            do throws(Failure) {
                try TestSocket(SOCK_STREAM, v6: row.to.contains(":")).connect(row.to, 1234)
                return Failure.Kind?.none
            } catch { return error.kind }
        }
        #expect(row.errors.map { Failure.Kind.system($0) }.contains(refusal), "\(String(describing: refusal))")
        #expect(listeners.count == 3)
    }

    @Test("an uplink device carries what goes out under its own address, and lets nothing in")
    func device() throws {
        let net = try TestNet(Self.all, uplink: .device("uplink"))
        let world = try NamespaceWorker()
        let outside = world.namespace
        let veth = try net.home.run { () throws(Failure) in
            let route = try RouteSocket()
            let veth = try route.addVeth("uplink", master: nil, peerName: "world", peerNamespace: outside)
            try route.batch { batch in
                batch.addAddress(veth.index, HostAddress("192.0.2.2")!, bits: 30)
                batch.set(.index(veth.index), .forwarding, 1)
                batch.addRoute(IPSubnet("0.0.0.0/0")!, via: HostAddress("192.0.2.1")!, index: veth.index)
            }
            return veth
        }
        let listener = try world.run { () throws(Failure) in
            try RouteSocket().batch { batch in
                batch.set(.name("lo"), up: true)
                batch.set(.index(veth.peerIndex), up: true)
                batch.addAddress(veth.peerIndex, HostAddress("192.0.2.1")!, bits: 30)
                batch.addRoute(IPSubnet("10.0.0.0/8")!, via: HostAddress("192.0.2.2")!, index: veth.peerIndex)
            }
            let listener = try TestSocket(SOCK_STREAM)
            try listener.bind("0.0.0.0", 80)
            try listener.listen()
            return listener
        }
        @Sendable func connect(_ address: String) throws(Failure) -> TestSocket {
            let socket = try TestSocket(SOCK_STREAM)
            try socket.connect(address, 80)
            return socket
        }
        let container = try net.container(Self.first)
        let client = try container.run { () throws(Failure) in try connect("192.0.2.1") }
        let server = try listener.accept()
        #expect(server.peer.hasPrefix("192.0.2.2 "))
        try server.send("answer")
        #expect(try client.receive() == "answer")
        _ = try container.run { () throws(Failure) in
            let listener = try TestSocket(SOCK_STREAM)
            try listener.bind("0.0.0.0", 80)
            try listener.listen()
            return listener
        }
        #expect(throws: Failure.self) { try world.run { () throws(Failure) in try connect("10.9.0.2") } }
        let inner = try net.container(Self.closed)
        #expect(throws: Failure.self) { try inner.run { () throws(Failure) in try connect("192.0.2.1") } }
    }
}
