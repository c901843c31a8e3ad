import LinuxSys
import Primitives
import TestSupport

@testable import Networks

/// A name server with one container, resolvers that do what a test wants, and a client: all on one event loop, on loopback.
final class NameRig {
    let loop: EventLoop
    let server: NameServer
    let port: UInt16
    /// 127.0.0.2, 127.0.0.3 …
    let resolvers: [FakeResolver]
    let configuration: String
    let upstream: Upstream
    final class Connections { var all: [Resolver] = [] }
    let connections = Connections()
    static let container = "c0ffee"

    /// - Parameter resolvers: how many there are and stand in resolv.conf.
    init(resolvers count: Int = 1, configuration: String, limits: Upstream.Limits = NameRig.quick, upstream chosen: [String]? = nil) throws
    {
        let loop = try EventLoop()
        var resolvers = [try FakeResolver(loop, "127.0.0.2")]
        for number in 1..<max(count, 1) { resolvers.append(try FakeResolver(loop, "127.0.0.\(number + 2)", port: resolvers[0].port)) }
        self.configuration = configuration
        try Self.write((0..<count).map { "127.0.0.\($0 + 2)" }, configuration)
        let (port, connections) = (resolvers[0].port, connections)
        func connect(_ kind: Socket.Kind, _ resolver: Resolver) throws(Failure) -> Descriptor {
            connections.all.append(resolver)
            return try NameSocket.connected(kind, to: SocketAddress(resolver.address, port: port))
        }
        upstream = Upstream(loop, file: ResolverFile(configuration), limits: limits, connect: connect)
        server = NameServer(loop, upstream)
        self.loop = loop
        self.resolvers = resolvers
        let sockets = try NameSockets.open("127.0.0.1")
        self.port = sockets.port
        server.table.set(network: "n1", name: "front", subnets: [IPSubnet("172.20.0.0/16")!])
        server.table.add(.init(container: "w", names: ["web", "www"], addresses: [HostAddress("172.20.0.2")!]), to: "n1")
        try server.add(
            container: Self.container, .init(networks: ["n1"]), sockets, upstream: chosen.map { $0.compactMap { HostAddress($0) } })
    }

    /// Short enough for tests of what happens when nobody answers.
    static var quick: Upstream.Limits {
        var limits = Upstream.Limits()
        (limits.tryNanoseconds, limits.totalNanoseconds, limits.slowNanoseconds) = (300_000_000, 1_300_000_000, 5_000_000_000)
        return limits
    }

    static func write(_ servers: [String], _ path: String) throws {
        let text = "# made by a test\nsearch example\n" + servers.map { "nameserver \($0)\n" }.joined()
        let parts = path.split(separator: "/")
        try Directory.open("/" + parts.dropLast().joined(separator: "/")).writeFile(String(parts.last!), Array(text.utf8), durable: false)
    }

    /// Runs the loop until `body` has something, at most as long as nothing should ever take.
    func wait<T>(_ body: @escaping () -> T?) -> T? {
        var found: T?
        let end = Clock.monotonicNanoseconds() + 20_000_000_000
        func look() {
            found = body()
            if found != nil || Clock.monotonicNanoseconds() > end { return loop.stop() }
            loop.after(milliseconds: 2, look)
        }
        look()
        if found == nil { loop.run() }
        return found
    }

    /// Sends these in datagrams from one socket: the first `count` answers.
    func send(_ messages: [[UInt8]], answers count: Int) throws -> [Reply] {
        let socket = try NameSocket.connected(.datagram, to: SocketAddress(HostAddress("127.0.0.1")!, port: port))
        for (index, message) in messages.enumerated() {
            _ = try NameSocket.send(socket.raw, message[...])
            // The kernel keeps some hundred for an ordinary user.
            guard index % 100 == 99 else { continue }
            loop.after(milliseconds: 5) { [loop] in loop.stop() }
            loop.run()
        }
        var replies: [Reply] = []
        let raw = socket.raw
        _ = wait { () -> Bool? in
            var buffer = [UInt8](repeating: 0, count: 65536)
            while case .bytes(let count, _, _) = buffer.withUnsafeMutableBytes({ NameSocket.receive(raw, into: $0) }) {
                replies.append(Reply(Array(buffer[..<count])))
            }
            return replies.count >= count ? true : nil
        }
        return replies
    }

    func ask(_ ask: Ask) throws -> Reply? { try send([ask.bytes], answers: 1).first }
    func ask(_ name: String, _ kind: UInt16 = DNSMessage.Kind.a) throws -> Reply? { try ask(Ask(name: name, kind: kind)) }

    /// Over one TCP connection: bytes as they are, then the answers, until `count` are there or the other side ends.
    func stream(_ bytes: [UInt8], answers count: Int) throws -> [Reply] {
        let socket = try NameSocket.connected(.stream, to: SocketAddress(HostAddress("127.0.0.1")!, port: port))
        var (output, input, replies, isEnded) = (bytes[...], [UInt8](), [Reply](), false)
        let raw = socket.raw
        _ = wait { () -> Bool? in
            if !output.isEmpty { output = output.dropFirst((try? NameSocket.send(raw, output)) ?? 0) }
            var buffer = [UInt8](repeating: 0, count: 65536)
            switch buffer.withUnsafeMutableBytes({ NameSocket.read(raw, into: $0) }) {
            case .nothing: break
            case .failed, .bytes(0, _, _): isEnded = true
            case .bytes(let count, _, _): input += buffer[..<count]
            }
            while input.count >= 2, input.count >= 2 + Int(DNSMessage.word(input, 0)) {
                let end = 2 + Int(DNSMessage.word(input, 0))
                replies.append(Reply(Array(input[2..<end])))
                input.removeFirst(end)
            }
            return replies.count >= count || isEnded ? true : nil
        }
        return replies
    }

    static func framed(_ messages: [[UInt8]]) -> [UInt8] {
        messages.flatMap { [UInt8($0.count >> 8), UInt8($0.count & 255)] + $0 }
    }
}
