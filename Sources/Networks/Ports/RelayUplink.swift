package import LinuxSys
package import Primitives

/// The way out without a TUN device: takes outgoing TCP connections and UDP datagrams of containers, which believe to speak to
/// their destination, and makes them again in the host's network. Made and used on a thread that lives there.
package final class RelayUplink {
    private let loop: EventLoop
    private let policy: RelayPolicy
    private let buffers = RelayBuffers()
    private let datagrams: DatagramUplink
    private var acceptors: [Acceptor] = []
    private var relays: [ObjectIdentifier: StreamRelay] = [:]
    /// Containers must not use up the descriptors that published ports and commands need.
    private let connectionsMax: Int

    /// - Parameter worker: lives in the namespace of the bridges, with capabilities over it.
    package init(_ loop: EventLoop, _ worker: NamespaceWorker, _ policy: RelayPolicy) {
        (self.loop, self.policy) = (loop, policy)
        connectionsMax = max(DescriptorLimit.raise() / 8, 32)
        datagrams = DatagramUplink(loop, ReadySockets(worker), policy)
    }

    /// Serves one family; once for each.
    package func serve(_ sockets: consuming UplinkSockets) throws(Failure) {
        let acceptor = try Acceptor(loop, sockets.streams) { [weak self] inner, _ in
            guard let self else { return Socket.close(inner) }
            lead(inner)
        }
        acceptors.append(acceptor)
        try datagrams.serve(sockets.datagrams)
    }

    package func close() {
        for acceptor in acceptors { acceptor.close() }
        for relay in relays.values { relay.close() }
        (acceptors, relays) = ([], [:])
        datagrams.close()
    }

    package var connectionCount: Int { relays.count }
    package var flowCount: Int { datagrams.flowCount }

    private func lead(_ inner: Int32) {
        guard relays.count < connectionsMax, let wanted = Socket.localAddress(of: inner),
            let destination = policy.destination(wanted), let outer = connect(destination)
        else { return Socket.reset(inner) }
        // Who cannot be relayed has been reset by then.
        let relay = try? StreamRelay(loop, buffers, asker: inner, asked: outer) { [weak self] relay in
            self?.relays[ObjectIdentifier(relay)] = nil
        }
        if let relay { relays[ObjectIdentifier(relay)] = relay }
    }

    private func connect(_ destination: SocketAddress) -> Int32? {
        // Without a descriptor the container is refused, as with every failure outside.
        guard let socket = try? Socket.make(.stream, ipv6: destination.isIPv6).release() else { return nil }
        do throws(Failure) {
            try Socket.turnOn(.noDelay, socket)
            try Socket.turnOn(.keepAlive, socket)
        } catch {
            Socket.close(socket)
            return nil
        }
        let answer = Socket.connect(socket, destination)
        if answer == 0 || answer == -Errno.inProgress { return socket }
        Socket.close(socket)
        return nil
    }
}

extension RelayPolicy {
    /// Where a connection goes in the host's network; `nil`: it must not, or nowhere.
    func destination(_ wanted: SocketAddress) -> SocketAddress? {
        switch answer(wanted) {
        case .refused: nil
        case .reach(let address): address
        case .host(let port, let ipv6): Socket.primaryAddress(ipv6: ipv6)?.withPort(port)
        }
    }
}
