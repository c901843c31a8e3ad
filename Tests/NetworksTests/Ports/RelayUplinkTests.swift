import LinuxSys
import Primitives
import Testing

@testable import Networks

@Suite("the relay uplink") struct RelayUplinkTests {
    /// The relay with its rules in place.
    struct Uplink {
        let relay: LoopThread<RelayUplink>

        init(_ networks: Networks, _ policy: RelayPolicy = RelayPolicy()) throws {
            let bridges = networks.bridges
            let ports = Guarded<[UInt16]>([])
            relay = try LoopThread { loop in
                let uplink = RelayUplink(loop, bridges, policy)
                for ipv6 in [false, true] {
                    let sockets = try UplinkSockets.make(bridges, ipv6: ipv6)
                    ports.with { $0 += [sockets.streamPort, sockets.datagramPort] }
                    try uplink.serve(sockets)
                }
                return uplink
            }
            let numbers = ports.with { $0 }
            try networks.divert(numbers[0], numbers[1], ipv6: (numbers[2], numbers[3]))
        }
    }

    @Test("a container's connection arrives outside as the host's")
    func streams() throws {
        try Networks.run { networks in
            let uplink = try Uplink(networks)
            for ipv6 in [false, true] {
                let outside = ipv6 ? Networks.clientIPv6 : Networks.clientAddress
                let server = try Peer.waiting(.stream, at: SocketAddress(outside, port: 0), in: networks.client)
                let inner = try Peer.connected(.stream, to: try server.local, in: networks.container)
                let outer = try server.accept()
                #expect(try outer.remote.address == (ipv6 ? Networks.hostIPv6 : Networks.host))
                try inner.write("question")
                inner.endWriting()
                #expect(try outer.readAll() == Array("question".utf8))
                try outer.write("answer")
                outer.endWriting()
                #expect(try inner.readAll() == Array("answer".utf8))
                try eventually { try uplink.relay.run { $0.connectionCount } == 0 }
            }
        }
    }

    @Test("a connection that fails outside is reset inside")
    func refused() throws {
        try Networks.run { networks in
            let uplink = try Uplink(networks)
            let inner = try Peer.connected(.stream, to: SocketAddress(Networks.clientAddress, port: 9), in: networks.container)
            #expect(throws: Failure.kernel("reading", Errno.reset)) { try inner.read() }
            #expect(try uplink.relay.run { $0.connectionCount } == 0)
        }
    }

    @Test("datagrams go out, and answers come from whom they were sent to")
    func datagrams() throws {
        try Networks.run { networks in
            let uplink = try Uplink(networks)
            for ipv6 in [false, true] {
                let outside = ipv6 ? Networks.clientIPv6 : Networks.clientAddress
                let server = try Peer.waiting(.datagram, at: SocketAddress(outside, port: 0), in: networks.client)
                let inner = try (0..<2).map { _ in try Peer.connected(.datagram, to: try server.local, in: networks.container) }
                for round in 0..<3 {
                    for (number, peer) in inner.enumerated() {
                        try peer.write("question \(round) of \(number)")
                        let (text, sender) = try server.readFrom()
                        #expect(text == "question \(round) of \(number)")
                        #expect(sender.address == (ipv6 ? Networks.hostIPv6 : Networks.host))
                        try server.write("answer \(round) to \(number)", to: sender)
                        #expect(try peer.readText() == "answer \(round) to \(number)")
                    }
                }
                #expect(try uplink.relay.run { $0.flowCount } == (ipv6 ? 4 : 2))
            }
        }
    }

    @Test("the host's loopback and its link are out of reach, its own address has a name")
    func closed() throws {
        try Networks.run { networks in
            let alias = try #require(HostAddress("169.254.77.1"))
            let uplink = try Uplink(networks, RelayPolicy(hostAliases: [alias]))
            let service = try Peer.waiting(.stream, at: SocketAddress(anyIPv6: false, port: 0))
            let port = try service.local.port
            for text in ["169.254.169.254", "0.0.0.1", "::ffff:127.0.0.1"] {
                let address = SocketAddress(try #require(HostAddress(text)), port: port)
                // The container's own kernel keeps some of them to itself: nothing arrives in any case.
                #expect(throws: Failure.self, "\(text)") {
                    try Peer.connected(.stream, to: address, in: networks.container).read()
                }
            }
            #expect(service.isQuiet)
            let inner = try Peer.connected(.stream, to: SocketAddress(alias, port: port), in: networks.container)
            let outer = try service.accept()
            #expect(try outer.local.address == Networks.host)
            try outer.write("I am the host")
            #expect(try inner.readText() == "I am the host")
            #expect(try uplink.relay.run { $0.connectionCount } == 1)
        }
    }
}
