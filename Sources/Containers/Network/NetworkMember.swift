internal import LinuxSys
internal import Networks
internal import Primitives
internal import Store

/// A container that runs and has interfaces made by `proa:net`.
struct NetworkMember {
    let record: ContainerRecord
    let container: ContainerState
    let state: NetworkState

    static func running(in containers: ContainerStore) throws(Failure) -> [NetworkMember] {
        var members: [NetworkMember] = []
        for id in try containers.identifiers() {
            // One that is damaged or just goes must not keep the others from their network.
            if let member = try? of(id, in: containers) { members.append(member) }
        }
        return members
    }

    /// `nil` when it does not run, or has no interface.
    static func of(_ id: String, in containers: ContainerStore) throws(Failure) -> NetworkMember? {
        let container = try containers.state(id)
        guard container.isRunning, let state = try containers.networkState(id), !state.endpoints.isEmpty else { return nil }
        return NetworkMember(record: try containers.record(id), container: container, state: state)
    }

    /// The namespace of the bridges, which the container's monitor holds open for the time when nobody else does.
    func bridgeNamespace() -> SharedFile? {
        let place = "/proc/\(container.monitor)/fd"
        guard container.monitor > 0, let names = try? Directory.open(place).names() else { return nil }
        for name in names where Process.link("\(place)/\(name)")?.hasPrefix("net:[") ?? false {
            if let namespace = try? NetworkNamespace.open("\(place)/\(name)") { return SharedFile(namespace) }
        }
        return nil
    }

    /// Tells a new service what the old one knew.
    func restore(with client: ServiceClient, _ containers: ContainerStore) throws(Failure) {
        let networks = NetworkStore(containers.root)
        var endpoints: [ServiceRequest.EndpointRequest] = []
        for endpoint in state.endpoints {
            guard let network = try networks.all().first(where: { $0.id == endpoint.networkID }) else { continue }
            var request = ServiceRequest.EndpointRequest(network: network, endpointID: endpoint.endpointID)
            (request.ip, request.ip6, request.mac) = (endpoint.ip, endpoint.ip6, endpoint.mac)
            (request.aliases, request.interface) = (endpoint.aliases, endpoint.interface)
            endpoints.append(request)
        }
        var attachment = ServiceRequest.Attachment(
            container: record.id, names: [record.name, record.shortID], endpoints: endpoints, nameServers: record.nameServers)
        attachment.isRestored = true
        let namespace = try NetworkNamespace.open(of: container.pid)
        let process = try Descriptor.process(container.pid)
        guard try containers.state(record.id).isRunning else { return }
        _ = try client.ask(.attach(attachment), descriptors: [namespace.raw, process.raw])
        try PublishedPorts.reopen(state.ports).publish(container: record.id, with: client)
    }
}

extension ContainerRecord {
    /// `--dns`.
    var nameServers: [HostAddress] { (hostConfig["Dns"]?.strings ?? []).compactMap { HostAddress($0) } }
}
