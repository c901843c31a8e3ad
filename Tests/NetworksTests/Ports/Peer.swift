import Glibc
import LinuxSys
import Primitives

/// A plain socket that waits (ten seconds at most), at one of the ends of what is tested.
final class Peer: Sendable {
    let socket: Descriptor
    private var raw: Int32 { socket.raw }

    private init(owning raw: Int32) throws {
        socket = Descriptor(owning: raw)
        _ = fcntl(raw, F_SETFL, fcntl(raw, F_GETFL) & ~O_NONBLOCK)
        var patience = timeval(tv_sec: 10, tv_usec: 0)
        setsockopt(raw, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        setsockopt(raw, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    private static func make(_ kind: Socket.Kind, _ ipv6: Bool, in place: NamespaceWorker?) throws -> Peer {
        guard let place else { return try Peer(owning: try Socket.make(kind, ipv6: ipv6).release()) }
        return try Peer(owning: try place.run { () throws(Failure) in try Socket.make(kind, ipv6: ipv6).release() })
    }

    private static func check(_ answer: Int32, _ what: String) throws {
        if answer != 0 { throw Failure.kernel(what, -answer) }
    }

    /// - Parameter place: `nil` is the host.
    static func connected(
        _ kind: Socket.Kind, to address: SocketAddress, from source: SocketAddress? = nil, in place: NamespaceWorker? = nil
    ) throws -> Peer {
        let peer = try make(kind, address.isIPv6, in: place)
        if let source {
            try Socket.turnOn(.reuseAddress, peer.raw)
            try check(Socket.bind(peer.raw, source), "binding \(source)")
        }
        try check(Socket.connect(peer.raw, address), "connecting to \(address)")
        return peer
    }

    /// Listening, or bound for datagrams.
    static func waiting(_ kind: Socket.Kind, at address: SocketAddress, in place: NamespaceWorker? = nil) throws -> Peer {
        let peer = try make(kind, address.isIPv6, in: place)
        try Socket.turnOn(.reuseAddress, peer.raw)
        try check(Socket.bind(peer.raw, address), "binding \(address)")
        if kind == .stream { try check(Socket.listen(peer.raw, backlog: 1024), "listening at \(address)") }
        return peer
    }

    func accept() throws -> Peer {
        let (socket, _) = Socket.accept(raw)
        if socket < 0 { throw Failure.kernel("accepting", -socket) }
        return try Peer(owning: socket)
    }

    var local: SocketAddress { get throws { try Self.known(Socket.localAddress(of: raw)) } }
    var remote: SocketAddress { get throws { try Self.known(Socket.peerAddress(of: raw)) } }
    private static func known(_ address: SocketAddress?) throws -> SocketAddress {
        guard let address else { throw Failure(.notFound, "no address") }
        return address
    }

    /// At most `count` bytes: what has come; empty at the end.
    func read(_ count: Int = 65_536) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let got = bytes.withUnsafeMutableBytes { Socket.receive(raw, into: $0) }
        if got < 0 { throw Failure.kernel("reading", Int32(-got)) }
        return Array(bytes[..<got])
    }

    func readText() throws -> String { String(decoding: try read(), as: UTF8.self) }

    func readAll() throws -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let part = try read()
            if part.isEmpty { return all }
            all += part
        }
    }

    func write(_ text: String) throws { try write(Array(text.utf8)) }
    func write(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let sent = rest.withUnsafeBytes { Socket.send(raw, $0) }
            if sent < 0 { throw Failure.kernel("writing", Int32(-sent)) }
            rest = rest.dropFirst(sent)
        }
    }

    /// How much goes within a second.
    func writeNow(_ bytes: [UInt8]) -> Int {
        var wait = Poll()
        wait.add(raw, .write)
        wait.wait(milliseconds: 1000)
        return wait.isReady(raw, .write) ? max(send(raw, bytes, bytes.count, Int32(MSG_DONTWAIT)), 0) : 0
    }

    /// One datagram with who sent it.
    func readFrom() throws -> (text: String, sender: SocketAddress) {
        var buffer = [UInt8](repeating: 0, count: 2048)
        var form = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let count = withUnsafeMutablePointer(to: &form) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { recvfrom(raw, &buffer, 2048, 0, .init(__sockaddr__: $0), &size) }
        }
        guard count >= 0 else { throw Failure.kernel("reading", errno) }
        let ipv6 = Int32(form.sin6_family) == AF_INET6
        let bytes = withUnsafeBytes(of: form) { ipv6 ? Array($0[8..<24]) : Array($0[4..<8]) }
        let sender = HostAddress(bytes: bytes).map { SocketAddress($0, port: UInt16(bigEndian: form.sin6_port)) }
        return (String(decoding: buffer[..<count], as: UTF8.self), try Self.known(sender))
    }

    func write(_ text: String, to address: SocketAddress) throws {
        let family = UInt16(address.isIPv6 ? AF_INET6 : AF_INET)
        var form = withUnsafeBytes(of: family) { Array($0) } + withUnsafeBytes(of: address.port.bigEndian) { Array($0) }
        if address.isIPv6 { form += [0, 0, 0, 0] }
        form += address.address.bytes + [UInt8](repeating: 0, count: 8)
        let (bytes, size) = (Array(text.utf8), socklen_t(address.isIPv6 ? 28 : 16))
        let sent = form.withUnsafeBytes {
            sendto(raw, bytes, bytes.count, 0, .init(__sockaddr__: $0.baseAddress?.assumingMemoryBound(to: sockaddr.self)), size)
        }
        if sent < 0 { throw Failure.kernel("sending to \(address)", errno) }
    }

    var isQuiet: Bool { !Poll.isReadable(raw) }
    func endWriting() { Socket.endWriting(raw) }
    func shrinkReceiveBuffer() throws { try Socket.setReceiveBuffer(raw, bytes: 16_384) }

    /// Its end, with the last reference, will be a reset.
    func endWithReset() throws { Socket.reset(try socket.duplicate().release()) }
}
