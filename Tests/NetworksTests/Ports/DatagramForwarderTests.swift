import LinuxSys
import Primitives
import Testing

@testable import Networks

@Suite("published UDP ports") struct DatagramForwarderTests {
    @Test("two clients each get their answers, and the container sees their addresses")
    func bothWays() throws {
        try Networks.run { networks in
            let published = try Published(networks, .udp)
            let clients = try (0..<2).map { _ in try Peer.connected(.datagram, to: published.host, in: networks.client) }
            for round in 0..<3 {
                for (number, client) in clients.enumerated() {
                    try client.write("question \(round) of \(number)")
                    let (text, sender) = try published.server.readFrom()
                    #expect(try text == "question \(round) of \(number)" && sender == client.local)
                    try published.server.write("answer \(round) to \(number)", to: sender)
                }
                // A connected socket hears only the address and port that it asked.
                for (number, client) in clients.enumerated() { #expect(try client.readText() == "answer \(round) to \(number)") }
            }
            #expect(try published.counts() == .init(listeners: 2, flows: 2))
        }
    }

    @Test("the same over IPv6")
    func bothWaysIPv6() throws {
        try Networks.run { networks in
            let published = try Published(networks, .udp, ipv6: true)
            let client = try Peer.connected(.datagram, to: SocketAddress(Networks.hostIPv6, port: published.port), in: networks.client)
            try client.write("six")
            let (text, sender) = try published.server.readFrom()
            #expect(try text == "six" && sender == client.local)
            try published.server.write("seven", to: sender)
            #expect(try client.readText() == "seven")
        }
    }

    @Test("clients of IPv6 and of the loopback are the gateway to a container of IPv4")
    func gateway() throws {
        try Networks.run { networks in
            let published = try Published(networks, .udp)
            let far = try Peer.connected(.datagram, to: SocketAddress(Networks.hostIPv6, port: published.port), in: networks.client)
            let near = try Peer.connected(.datagram, to: SocketAddress(try #require(HostAddress("127.0.0.1")), port: published.port))
            for client in [far, near] {
                try client.write("hello")
                let (_, sender) = try published.server.readFrom()
                #expect(sender.address == Networks.gateway)
                try published.server.write("to you", to: sender)
                #expect(try client.readText() == "to you")
            }
        }
    }

    @Test("what others in the container's network send to a client's address does not reach it")
    func wrongSource() throws {
        try Networks.run { networks in
            let published = try Published(networks, .udp)
            let client = try Peer.connected(.datagram, to: published.host, in: networks.client)
            try client.write("question")
            let (_, sender) = try published.server.readFrom()
            let others = [SocketAddress(Networks.target, port: 0), SocketAddress(try #require(HostAddress("10.88.0.3")), port: 0)]
            for other in try others.map({ try Peer.waiting(.datagram, at: $0, in: networks.container) }) {
                try other.write("forged", to: sender)
            }
            try published.server.write("true", to: sender)
            #expect(try client.readText() == "true")
            #expect(client.isQuiet)
        }
    }

    @Test("answers of a container that does not listen yet are only lost")
    func refused() throws {
        try Networks.run { networks in
            let published = try Published(networks, .udp, listens: false)
            let client = try Peer.connected(.datagram, to: published.host, in: networks.client)
            try client.write("lost")
            try eventually { try published.counts().flows == 1 }
            let late = try Peer.waiting(
                .datagram, at: SocketAddress(Networks.target, port: try published.server.local.port ^ 1), in: networks.container)
            Clock.sleep(nanoseconds: 50_000_000)
            try client.write("found")
            #expect(try late.readFrom().text == "found")
        }
    }

    @Test("a thousand datagrams of many clients find their ways, and removal ends all flows")
    func many() throws {
        try Networks.run { networks in
            let published = try Published(networks, .udp)
            let clients = try (0..<50).map { _ in try Peer.connected(.datagram, to: published.host, in: networks.client) }
            for round in 0..<20 {
                for client in clients { try client.write("\(round)") }
                for _ in clients {
                    let (text, sender) = try published.server.readFrom()
                    try published.server.write("\(text) \(sender)", to: sender)
                }
                for client in clients { #expect(try client.readText() == "\(round) \(try client.local)") }
            }
            #expect(try published.counts().flows == 50)
            try published.forwarder.run { $0.remove(owner: "web") }
            #expect(try published.counts() == .init())
        }
    }

    @Test("sctp is refused by name")
    func sctp() throws {
        #expect(throws: Failure(.unsupported, "publishing \"5060/sctp\": only tcp and udp ports can be published")) {
            try PortListeners().open([PortBinding(.sctp, hostPort: 1, containerPort: 5060)])
        }
    }
}
