import LinuxSys
import Primitives

/// A container that `proa:net` serves.
final class Member {
    let container: String
    /// Its first process: readable when it has ended.
    let process: SharedFile
    /// Its network namespace.
    let namespace: SharedFile
    private(set) var endpoints: [Endpoint] = []
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
        service.bridges.release(endpoints.remove(at: index))
    }

    // MARK: names

    func startNames(_ server: NameServer, inside: NamespaceWorker) throws(Failure) {
        let sockets = try inside.run(in: namespace.descriptor.raw) { () throws(Failure) in
            let sockets = try NameServerSockets.open()
            try NameServerRules.install(udpPort: sockets.udpPort, tcpPort: sockets.tcpPort)
            return sockets
        }
        try server.add(container: container, membership, sockets)
    }

    func updateNames(_ server: NameServer) throws(Failure) { try server.update(container: container, membership) }

    private var membership: NameServer.Membership {
        NameServer.Membership(
            endpoints: endpoints.map { endpoint in
                NameServer.Endpoint(
                    networkID: endpoint.network.id, networkName: endpoint.network.name, names: ownNames + endpoint.state.aliases,
                    addresses: [endpoint.state.ip, endpoint.state.ip6].compactMap(\.self),
                    subnets: endpoint.network.pools.map(\.subnet))
            },
            isInternal: endpoints.allSatisfy(\.network.isInternal), nameServers: nameServers)
    }
}
