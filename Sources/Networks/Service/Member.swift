internal import LinuxSys
internal import Primitives

/// A container that `proa:net` serves.
final class Member {
    let container: String
    /// Its first process: readable when it has ended.
    let process: SharedFile
    /// Its network namespace.
    let namespace: SharedFile
    private(set) var endpoints: [Endpoint] = []
    /// What connects it instead of endpoints.
    var program: NetworkProgram?
    private let ownNames: [String]
    private let nameServers: [HostAddress]

    /// One interface of it.
    struct Endpoint {
        let network: NetworkRecord
        var state: NetworkState.Endpoint
        /// The other end of its veth, in the namespace of the bridges; `nil` for devices without one.
        let outside: String?
    }

    init(_ attachment: ServiceRequest.Attachment, namespace: SharedFile, process: SharedFile) {
        (container, ownNames, nameServers) = (attachment.container, attachment.names, attachment.nameServers)
        (self.namespace, self.process) = (namespace, process)
    }

    /// Gives it further interfaces. After a failure none of them is left.
    func add(_ requests: [ServiceRequest.EndpointRequest], to service: NetworkService, isRestored: Bool) throws(Failure) {
        var new: [Endpoint] = []
        do throws(Failure) {
            for request in requests {
                if (endpoints + new).contains(where: { $0.network.id == request.network.id }) {
                    throw Failure(.conflict, "the container is on network \(request.network.name) already")
                }
                let taken = Set((endpoints + new).map(\.state.interface))
                let interface = request.interface ?? (0...).lazy.map { "eth\($0)" }.first { !taken.contains($0) }!
                new.append(try service.bridges.reserve(request, interface: interface, names: ownNames))
            }
            try service.bridges.plug(new, into: namespace, isFirst: endpoints.isEmpty, isRestored: isRestored)
        } catch {
            for endpoint in new { service.bridges.release(endpoint) }
            throw error
        }
        endpoints += new
    }

    func remove(networkID: String, from service: NetworkService) throws(Failure) {
        guard let index = endpoints.firstIndex(where: { $0.network.id == networkID }) else {
            throw Failure(.notFound, "the container is not on this network")
        }
        service.bridges.release(endpoints.remove(at: index), endsNow: true)
    }

    // MARK: names

    /// Opens its name server, inside its namespace, and tells the others its names.
    func startNames(_ server: NameServer, inside: NamespaceWorker, isRestored: Bool) throws(Failure) {
        let sockets = try inside.run(in: namespace.descriptor.raw) { () throws(Failure) in
            let sockets = try NameSockets.open()
            do throws(Failure) {
                try FilterSocket().commit(NameServerRules(udpPort: sockets.port, tcpPort: sockets.port).batch(replacing: isRestored))
            } catch {
                sockets.close()
                throw error.within("leading names to the container's name server")
            }
            return sockets
        }
        tellNames(server)
        try server.add(container: container, scope, sockets, upstream: nameServers)
    }

    func updateNames(_ server: NameServer) {
        server.table.remove(container: container)
        tellNames(server)
        server.update(container: container, scope, upstream: nameServers)
    }

    private func tellNames(_ server: NameServer) {
        for endpoint in endpoints {
            let (network, state) = (endpoint.network, endpoint.state)
            server.table.set(network: network.id, name: network.name, subnets: network.pools.map(\.subnet), isInternal: network.isInternal)
            let addresses = [state.ip, state.ip6].compactMap(\.self)
            server.table.add(
                NameTable.Endpoint(container: container, names: ownNames + state.aliases, addresses: addresses), to: network.id)
        }
    }

    private var scope: NameTable.Scope {
        let host = HostGateway.address ?? endpoints.lazy.compactMap(\.state.gateway).first
        let extra = host.map { address in Dictionary(uniqueKeysWithValues: HostGateway.names.map { ($0, [address]) }) } ?? [:]
        return NameTable.Scope(networks: endpoints.map(\.network.id), extra: extra)
    }
}
