package import LinuxSys
package import Primitives

/// Published ports, on the side of `proa:net`: takes who comes to the listeners that commands opened on the host, and leads
/// them to containers, as themselves. All of it runs on the thread of the loop.
package final class PortForwarder {
    private final class Owner {
        var acceptors: [Acceptor] = []
        var datagrams: [DatagramForwarder] = []
        var relays: [ObjectIdentifier: StreamRelay] = [:]
    }

    /// How many there are now.
    package struct Counts: Equatable, Sendable {
        package var listeners = 0
        package var connections = 0
        package var flows = 0
    }

    private let loop: EventLoop
    private let sockets: ReadySockets
    private let buffers = RelayBuffers()
    private let batch = DatagramBatch()
    private var owners: [String: Owner] = [:]
    private var connectionCount = 0
    /// Some descriptors are left for commands, name servers and pipes, whoever comes from outside.
    private let connectionsMax: Int

    /// Networks that begin in the bridges' namespace (bridges, uplink): a client of the host's side with an address in one of
    /// them is shown to containers as the gateway.
    package var foreignNetworks: [IPSubnet] = []

    /// - Parameter worker: lives in the namespace of the bridges, with capabilities over it.
    package init(_ loop: EventLoop, _ worker: NamespaceWorker) {
        self.loop = loop
        sockets = ReadySockets(worker)
        // Two for each connection.
        connectionsMax = max(DescriptorLimit.raise() / 8 * 3, 32)
    }

    /// Leads what comes to `listener` to a container, until `remove`.
    /// - Parameter owner: the container's id; it may have any number of listeners.
    /// - Parameter listener: listening for `.tcp`, bound for `.udp`; of the host's namespace.
    package func add(
        owner: String, _ listener: consuming Descriptor, _ transport: PortBinding.Transport, to target: PortTarget
    ) throws(Failure) {
        let entry = owners[owner] ?? Owner()
        switch transport {
        case .tcp:
            entry.acceptors.append(
                try Acceptor(loop, listener) { [weak self, weak entry] client, peer in
                    guard let self, let entry else { return Socket.close(client) }
                    lead(client, peer.unmapped, to: target, for: entry)
                })
        case .udp:
            entry.datagrams.append(
                try DatagramForwarder(loop, sockets, batch, listener, to: target) { [weak self] in self?.foreignNetworks ?? [] })
        case .sctp: throw .sctp(target.port)
        }
        owners[owner] = entry
    }

    /// Closes a container's listeners and ends its connections. Unknown ones have none.
    package func remove(owner: String) {
        guard let entry = owners.removeValue(forKey: owner) else { return }
        for acceptor in entry.acceptors { acceptor.close() }
        for forwarder in entry.datagrams { forwarder.close() }
        connectionCount -= entry.relays.count
        for relay in entry.relays.values { relay.close() }
    }

    package func counts(of owner: String) -> Counts {
        guard let entry = owners[owner] else { return Counts() }
        return Counts(
            listeners: entry.acceptors.count + entry.datagrams.count, connections: entry.relays.count,
            flows: entry.datagrams.reduce(0) { $0 + $1.flowCount })
    }

    package var ownerCount: Int { owners.count }

    private func lead(_ client: Int32, _ peer: SocketAddress, to target: PortTarget, for entry: Owner) {
        guard connectionCount < connectionsMax, let asked = connect(target.route(from: peer, foreign: foreignNetworks)) else {
            return Socket.reset(client)
        }
        // Who cannot be relayed has been reset by then.
        let relay = try? StreamRelay(loop, buffers, asker: client, asked: asked) { [weak self, weak entry] relay in
            if entry?.relays.removeValue(forKey: ObjectIdentifier(relay)) != nil { self?.connectionCount -= 1 }
        }
        guard let relay else { return }
        entry.relays[ObjectIdentifier(relay)] = relay
        connectionCount += 1
    }

    /// A socket on its way, from the best source that can be had. `nil`: the container is not reachable.
    private func connect(_ route: PortTarget.Route) -> Int32? {
        for source in route.sources {
            // Without a socket (descriptors, memory) the client is refused.
            guard let socket = try? sockets.take(.stream, ipv6: source.isIPv6) else { return nil }
            if Socket.bind(socket, source) == 0 {
                let answer = Socket.connect(socket, route.destination)
                if answer == 0 || answer == -Errno.inProgress { return socket }
            }
            // Its name is taken, or another connection of the same two ends lingers.
            Socket.close(socket)
        }
        return nil
    }
}
