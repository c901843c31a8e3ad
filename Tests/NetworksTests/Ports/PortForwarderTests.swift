import LinuxSys
import Primitives
import TestSupport
import Testing

@testable import Networks

/// A container's server behind a published port.
struct Published {
    let server: Peer
    let forwarder: LoopThread<PortForwarder>
    /// Where the host listens.
    let port: UInt16

    init(
        _ networks: Networks, _ transport: PortBinding.Transport = .tcp, on host: HostAddress? = nil, ipv6: Bool = false,
        listens: Bool = true
    ) throws {
        let target = ipv6 ? Networks.targetIPv6 : Networks.target
        let place = SocketAddress(target, port: 0)
        let kind: Socket.Kind = transport == .tcp ? .stream : .datagram
        server = try Peer.waiting(kind, at: place, in: networks.container)
        let inside = try server.local.port
        let bridges = networks.bridges
        forwarder = try LoopThread { PortForwarder($0, bridges) }
        let listeners = try PortListeners().open([PortBinding(transport, hostAddress: host, containerPort: inside)])
        port = try #require(listeners.first?.binding.hostPort)
        try forwarder.run { forwarder in
            for listener in listeners {
                let aim = PortTarget(
                    Networks.target, ipv6: ipv6 ? Networks.targetIPv6 : nil, port: listens ? inside : inside ^ 1, gateway: Networks.gateway,
                    gatewayIPv6: ipv6 ? Networks.gatewayIPv6 : nil)
                try forwarder.add(owner: "web", listener.descriptor.duplicate(), transport, to: aim)
            }
        }
    }

    var host: SocketAddress { SocketAddress(Networks.host, port: port) }

    /// A client and the server's side of its connection.
    func connect(_ networks: Networks) throws -> (client: Peer, server: Peer) {
        (try Peer.connected(.stream, to: host, in: networks.client), try server.accept())
    }

    func counts() throws -> PortForwarder.Counts { try forwarder.run { $0.counts(of: "web") } }
}

@Suite("published TCP ports") struct PortForwarderTests {
    @Test("the container sees the client's own address and port")
    func address() throws {
        try Networks.run { networks in
            let published = try Published(networks)
            let (client, server) = try published.connect(networks)
            #expect(try server.remote == client.local)
            try client.write("question")
            #expect(try server.readText() == "question")
            try server.write("answer")
            #expect(try client.readText() == "answer")
            #expect(try published.counts() == .init(listeners: 2, connections: 1))
        }
    }

    @Test("the same over IPv6")
    func addressIPv6() throws {
        try Networks.run { networks in
            let published = try Published(networks, ipv6: true)
            let client = try Peer.connected(.stream, to: SocketAddress(Networks.hostIPv6, port: published.port), in: networks.client)
            let server = try published.server.accept()
            #expect(try server.remote == client.local)
            try client.write("six")
            #expect(try server.readText() == "six")
        }
    }

    @Test("a client of IPv6 reaches a container without it, as the gateway")
    func otherFamily() throws {
        try Networks.run { networks in
            let published = try Published(networks)
            let client = try Peer.connected(.stream, to: SocketAddress(Networks.hostIPv6, port: published.port), in: networks.client)
            let server = try published.server.accept()
            #expect(try server.remote.address == Networks.gateway)
            try server.write("hello")
            #expect(try client.readText() == "hello")
        }
    }

    @Test("a client on the host's loopback is the gateway to the container")
    func loopback() throws {
        try Networks.run { networks in
            let published = try Published(networks)
            let client = try Peer.connected(.stream, to: SocketAddress(try #require(HostAddress("127.0.0.1")), port: published.port))
            let server = try published.server.accept()
            #expect(try server.remote.address == Networks.gateway)
            try client.write("near")
            #expect(try server.readText() == "near")
        }
    }

    @Test("a client with an address of the bridges' networks is the gateway to the container")
    func foreign() throws {
        try Networks.run { networks in
            let published = try Published(networks)
            try published.forwarder.run { $0.foreignNetworks = [try #require(IPSubnet("203.0.113.0/24"))] }
            let (_, server) = try published.connect(networks)
            #expect(try server.remote.address == Networks.gateway)
        }
    }

    @Test("two ports take the same address and port of one client")
    func sameSource() throws {
        try Networks.run { networks in
            let source = SocketAddress(Networks.clientAddress, port: 40_000)
            let ways = try (0..<2).map { _ in
                let published = try Published(networks)
                let client = try Peer.connected(.stream, to: published.host, from: source, in: networks.client)
                return (published, client, try published.server.accept())
            }
            for (_, client, server) in ways {
                #expect(try server.remote == source)
                try client.write("one of two")
                #expect(try server.readText() == "one of two")
            }
        }
    }

    @Test("the end of one direction leaves the other open")
    func halfClose() throws {
        try Networks.run { networks in
            let published = try Published(networks)
            let (client, server) = try published.connect(networks)
            try client.write("all I have")
            client.endWriting()
            #expect(try server.readAll() == Array("all I have".utf8))
            let answer = [UInt8](repeating: 7, count: 300_000)
            try server.write(answer)
            server.endWriting()
            #expect(try client.readAll() == answer)
            try eventually { try published.counts().connections == 0 }
        }
    }

    @Test("a reset passes on, to the container and to the client")
    func resets() throws {
        try Networks.run { networks in
            let published = try Published(networks)
            var (client, server): (Peer?, Peer?) = try published.connect(networks)
            try client?.endWithReset()
            client = nil
            #expect(throws: Failure.kernel("reading", Errno.reset)) { try server?.read() }
            (client, server) = try published.connect(networks)
            try server?.endWithReset()
            server = nil
            #expect(throws: Failure.kernel("reading", Errno.reset)) { try client?.read() }
            try eventually { try published.counts().connections == 0 }
        }
    }

    @Test("where the container does not listen the client is reset")
    func refused() throws {
        try Networks.run { networks in
            let published = try Published(networks, listens: false)
            let client = try Peer.connected(.stream, to: published.host, in: networks.client)
            #expect(throws: Failure.kernel("reading", Errno.reset)) { try client.read() }
        }
    }

    @Test("an answer before a reset arrives first")
    func answerBeforeReset() throws {
        try Networks.run { networks in
            let published = try Published(networks)
            var (client, server): (Peer?, Peer?) = try published.connect(networks)
            try client?.write("never read")
            try eventually { server?.isQuiet == false }
            try server?.write("too large")
            server = nil
            #expect(try client?.readText() == "too large")
            #expect(throws: Failure.kernel("reading", Errno.reset)) { try client?.read() }
            client = nil
        }
    }

    @Test("removal ends connections and frees the port")
    func removal() throws {
        try Networks.run { networks in
            let published = try Published(networks, on: Networks.host)
            let (client, server) = try published.connect(networks)
            try published.forwarder.run { $0.remove(owner: "web") }
            #expect(throws: Failure.kernel("reading", Errno.reset)) { try client.read() }
            #expect(throws: Failure.kernel("reading", Errno.reset)) { try server.read() }
            #expect(try published.counts() == .init())
        }
    }
}

extension Errno {
    /// ECONNRESET.
    static var reset: Int32 { 104 }
}

/// Waits, ten seconds at most, for what another thread or process brings about.
func eventually(_ condition: () throws -> Bool, sourceLocation: SourceLocation = #_sourceLocation) throws {
    for _ in 0..<1000 {
        if try condition() { return }
        Clock.sleep(nanoseconds: 10_000_000)
    }
    Issue.record("it never came to be", sourceLocation: sourceLocation)
}
