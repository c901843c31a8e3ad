internal import LinuxSys
package import Primitives

/// Opens the listeners of a container's published ports, on the side of the command: it stands in the host's network and knows
/// whom to tell what went wrong.
package struct PortListeners {
    /// Of a container that publishes this port (address, port and protocol) already: its name.
    package typealias ContainerHolder = (PortBinding) -> String?

    private let passed: PassedSockets
    private let holder: ContainerHolder
    static let backlog: Int32 = 4096
    private static let freePortTries = 64

    /// - Parameter passed: what a service manager has opened already.
    package init(passed: PassedSockets = .inherited, holder: @escaping ContainerHolder = { _ in nil }) {
        self.passed = passed
        self.holder = holder
    }

    /// One or two listeners for each binding, in their order: no address means every one of IPv4 and, where the host has it,
    /// of IPv6, with the same port. All or none.
    /// - Throws: `.conflict`: the port is taken; `.denied`: it is only for root; `.invalid`: not an address of this host;
    ///   `.unsupported`: sctp; `.system`: too many descriptors.
    package func open(_ bindings: [PortBinding]) throws(Failure) -> [PortListener] {
        if bindings.count * 2 + 64 > DescriptorLimit.current { DescriptorLimit.raise() }
        var listeners: [PortListener] = []
        for binding in bindings {
            if binding.transport == .sctp { throw .sctp(binding.containerPort) }
            if let address = binding.hostAddress {
                listeners.append(try open(binding, SocketAddress(address, port: binding.hostPort)))
            } else {
                listeners += try openBoth(binding)
            }
        }
        return listeners
    }

    private func openBoth(_ binding: PortBinding) throws(Failure) -> [PortListener] {
        var tries = binding.hostPort == 0 ? Self.freePortTries : 1
        while true {
            tries -= 1
            let first = try open(binding, SocketAddress(anyIPv6: false, port: binding.hostPort))
            do throws(Failure) {
                return [first, try open(binding, SocketAddress(anyIPv6: true, port: first.binding.hostPort))]
            } catch {
                // A host without IPv6 (also: without its loopback) has no such addresses.
                if [Errno.noFamily, Errno.addressNotAvailable].contains(error.errno ?? 0) || !Self.hasIPv6 { return [first] }
                if tries > 0, error.kind == .conflict { continue }
                throw error
            }
        }
    }

    private static var hasIPv6: Bool { HostFile.exists("/proc/net/if_inet6") }

    private func open(_ binding: PortBinding, _ address: SocketAddress) throws(Failure) -> PortListener {
        if let socket = try passed.take(binding.transport, address) {
            return PortListener(binding.on(address.withPort(Socket.localAddress(of: socket.raw)?.port ?? address.port)), socket)
        }
        let asked = binding.on(address)
        let socket: Descriptor
        do throws(Failure) { socket = try Socket.make(binding.transport == .tcp ? .stream : .datagram, ipv6: address.isIPv6) } catch {
            throw PortProblem(asked, error.errno ?? 0).failure
        }
        if address.isIPv6 { try Socket.turnOn(.onlyIPv6, socket.raw) }
        if binding.transport == .tcp { try Socket.turnOn(.reuseAddress, socket.raw) }
        var answer = Socket.bind(socket.raw, address)
        if answer == 0, binding.transport == .tcp { answer = Socket.listen(socket.raw, backlog: Self.backlog) }
        guard answer == 0 else { throw PortProblem(asked, -answer, container: holder(asked)).failure }
        if binding.transport == .udp { try Self.prepareDatagrams(socket.raw, ipv6: address.isIPv6) }
        return PortListener(binding.on(Socket.localAddress(of: socket.raw) ?? address), socket)
    }

    /// Replies must go out from the address that was asked; and bursts wait until somebody reads.
    static func prepareDatagrams(_ socket: Int32, ipv6: Bool) throws(Failure) {
        try Socket.turnOn(.packetInformation(ipv6: ipv6), socket)
        try Socket.setReceiveBuffer(socket, bytes: 1 << 20)
    }
}
