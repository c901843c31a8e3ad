package import LinuxSys
package import Primitives

/// The sockets of one family that nftables hands outgoing connections of containers to (`tproxy to 127.0.0.1:PORT`), in the
/// namespace of the bridges.
package struct UplinkSockets: ~Copyable {
    package let isIPv6: Bool
    /// Where rules lead TCP and UDP to, on the loopback.
    package let streamPort: UInt16
    package let datagramPort: UInt16
    let streams: Descriptor
    let datagrams: Descriptor

    private init(isIPv6: Bool, _ streams: consuming Descriptor, _ datagrams: consuming Descriptor) throws(Failure) {
        self.isIPv6 = isIPv6
        streamPort = Socket.localAddress(of: streams.raw)?.port ?? 0
        datagramPort = Socket.localAddress(of: datagrams.raw)?.port ?? 0
        self.streams = streams
        self.datagrams = datagrams
    }

    /// - Parameter worker: lives in the namespace of the bridges, whose loopback is up.
    package static func make(_ worker: NamespaceWorker, ipv6: Bool) throws(Failure) -> UplinkSockets {
        let numbers = try worker.run { () throws(Failure) in
            let streams = try bound(.stream, ipv6)
            let datagrams = try bound(.datagram, ipv6)
            try Socket.turnOn(.originalDestination(ipv6: ipv6), datagrams.raw)
            try Socket.setReceiveBuffer(datagrams.raw, bytes: 1 << 20)
            return (streams.release(), datagrams.release())
        }
        return try UplinkSockets(isIPv6: ipv6, Descriptor(owning: numbers.0), Descriptor(owning: numbers.1))
    }

    private static func bound(_ kind: Socket.Kind, _ ipv6: Bool) throws(Failure) -> Descriptor {
        let socket = try Socket.make(kind, ipv6: ipv6)
        try Socket.turnOn(.transparent(ipv6: ipv6), socket.raw)
        if ipv6 { try Socket.turnOn(.onlyIPv6, socket.raw) }
        let loopback = HostAddress(ipv6 ? "::1" : "127.0.0.1").map { SocketAddress($0, port: 0) }
        var answer = loopback.map { Socket.bind(socket.raw, $0) } ?? 0
        if answer == 0, kind == .stream { answer = Socket.listen(socket.raw, backlog: PortListeners.backlog) }
        if answer != 0 { throw .kernel("listening for what leaves the bridges", -answer) }
        return socket
    }
}
