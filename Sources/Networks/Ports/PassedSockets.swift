internal import LinuxSys
internal import Primitives

/// Sockets that a service manager has opened for this process, sd_listen_fds(3): `LISTEN_FDS` of them from descriptor 3 on,
/// if `LISTEN_PID` is this process. So a port below 1024 is published without any privilege. Each is taken once.
package final class PassedSockets: Sendable {
    private struct Passed: Sendable {
        let number: Int32
        let transport: PortBinding.Transport
        let address: SocketAddress
        /// An IPv6 socket on `::` that takes IPv4 as well.
        let isBoth: Bool
    }

    private let sockets: Guarded<[Passed]>
    private static let first: Int32 = 3
    private static let most: Int32 = 4096

    /// Those of this process.
    package static let inherited = PassedSockets(
        processText: Process.environment("LISTEN_PID"), countText: Process.environment("LISTEN_FDS"), process: Process.current)

    /// None.
    package static var none: PassedSockets { PassedSockets(processText: nil, countText: nil, process: 0) }

    init(processText: String?, countText: String?, process: Int32, first: Int32 = first) {
        var found: [Passed] = []
        if let processText, let countText, Int32(processText) == process, let count = Int32(countText), (1...Self.most).contains(count) {
            for number in first..<first + count {
                if let passed = Self.look(at: number) { found.append(passed) }
            }
        }
        sockets = Guarded(found)
    }

    private static func look(at number: Int32) -> Passed? {
        guard let (kind, ipv6) = Socket.kind(of: number), let address = Socket.localAddress(of: number),
            kind == .datagram || Socket.isListening(number)
        else { return nil }
        let isBoth = ipv6 && address.withPort(0) == SocketAddress(anyIPv6: true, port: 0) && !Socket.isOnlyIPv6(number)
        return Passed(number: number, transport: kind == .stream ? .tcp : .udp, address: address, isBoth: isBoth)
    }

    /// The socket that listens there, `nil` without one. One for both families is there for each of them.
    func take(_ transport: PortBinding.Transport, _ address: SocketAddress) throws(Failure) -> Descriptor? {
        let any = SocketAddress(anyIPv6: true, port: address.port)
        let isAny = address.withPort(0) == SocketAddress(anyIPv6: address.isIPv6, port: 0)
        let found = sockets.with { list -> Passed? in
            let index = list.firstIndex {
                $0.transport == transport && ($0.address == address || isAny && $0.isBoth && $0.address == any)
            }
            guard let index else { return nil }
            return list[index].isBoth ? list[index] : list.remove(at: index)
        }
        guard let found else { return nil }
        let socket = try found.isBoth ? Socket.duplicate(found.number) : Descriptor(owning: found.number)
        try Socket.closeInPrograms(found.number)
        if transport == .udp { try PortListeners.prepareDatagrams(socket.raw, ipv6: found.address.isIPv6) }
        return socket
    }
}
