internal import LinuxSys
package import Networks
internal import Primitives
internal import Sandbox
package import Store

/// What a start does about the container's network, from before its first process is cloned until its program may run.
struct NetworkSession: ~Copyable {
    let mode: NetworkMode
    /// In which the first process is cloned; `nil`: where we are.
    let userNamespace: SharedFile?
    /// Entered instead of making one.
    let networkNamespace: SharedFile?
    /// Held open by the container's monitor: the bridges' namespace must not end with `proa:net`.
    let held: SharedFile?
    private let client: ServiceClient?
    private let endpoints: [ServiceRequest.EndpointRequest]
    /// No network is removed until the container's place on it is on the disk.
    private let lock: Lock?
    /// Of the container whose namespace is entered.
    private let partner: String?

    /// The first process is waited for and given interfaces.
    var isServed: Bool { held != nil }

    /// Before anything is cloned.
    static func begin(
        _ mode: NetworkMode, _ attachments: [NetworkAttachment], in containers: ContainerStore, places: StorePlaces, idMap: IdMapPlan
    ) throws(Failure) -> NetworkSession {
        switch mode {
        case .host, .none: return NetworkSession(mode)
        case .container(let name): return try join(mode, container: name, containers)
        case .namespace(let path):
            let namespace = try NetworkNamespace.open(path)
            return NetworkSession(mode, user: try owner(of: namespace, "\"\(path)\""), network: SharedFile(namespace))
        case .bridge, .network, .pasta, .slirp4netns: break
        }
        let client = try NetworkLauncher(containers, places: places, idMap: idMap).connect()
        var endpoints: [ServiceRequest.EndpointRequest] = []
        let networks = NetworkStore(containers.root)
        for attachment in attachments {
            let network = try networks.find(attachment.network) { () throws(Failure) in Array(try HostSubnets.current()) }
            endpoints.append(try attachment.endpointRequest(network))
        }
        let lock = endpoints.isEmpty ? nil : try networks.hold(endpoints.map(\.network))
        return NetworkSession(mode, client: client, namespaces: try client.greet(), endpoints: endpoints, lock: lock)
    }

    private init(_ mode: NetworkMode, user: SharedFile? = nil, network: SharedFile? = nil, partner: String? = nil) {
        (self.mode, userNamespace, networkNamespace, self.partner) = (mode, user, network, partner)
        (held, endpoints) = (nil, [])
        client = nil
        lock = nil
    }

    private init(
        _ mode: NetworkMode, client: ServiceClient, namespaces: ServiceNamespaces,
        endpoints: [ServiceRequest.EndpointRequest], lock: consuming Lock?
    ) {
        (self.mode, userNamespace, self.endpoints) = (mode, namespaces.user, endpoints)
        held = namespaces.network
        (networkNamespace, partner) = (nil, nil)
        self.client = client
        self.lock = lock
    }

    private static func join(_ mode: NetworkMode, container name: String, _ containers: ContainerStore) throws(Failure) -> NetworkSession {
        let id = try containers.find(name)
        let state = try containers.state(id)
        guard state.isRunning else {
            throw Failure(
                .conflict, "cannot join network of a non running container: \(id)", hint: "start it first: proa start \(id.prefix(12))")
        }
        let namespace = try NetworkNamespace.open(of: state.pid)
        // The number may be another process's by now: the descriptor was opened first.
        guard try containers.state(id).pid == state.pid else { throw Failure(.conflict, "container \(id) has just ended") }
        return NetworkSession(
            mode, user: try owner(of: namespace, "container \(id.prefix(12))"), network: SharedFile(namespace), partner: id)
    }

    /// The user namespace in which a process may enter `namespace`; `nil` when that is ours.
    private static func owner(of namespace: borrowing Descriptor, _ what: String) throws(Failure) -> SharedFile? {
        do throws(Failure) {
            let owner = try namespace.owningUserNamespace()
            return try owner.isOwnUserNamespace() ? nil : SharedFile(owner)
        } catch {
            throw error.within("entering the network of \(what)").hinting("it belongs to another user, or to the host: only root enters it")
        }
    }

    // MARK: the first process is there

    /// Gives the cloned process its interfaces, ports and files, before its program runs.
    /// - Returns: one line for a person, if the way outside goes without something.
    func attach(_ pid: Int32, _ record: ContainerRecord, in containers: ContainerStore, directory: borrowing Directory) throws(Failure)
        -> String?
    {
        guard let client else { return nil }
        let namespace = try NetworkNamespace.open(of: pid)
        let process = try Descriptor.process(pid)
        let hostname = record.config["Hostname"]?.string ?? ""
        let names = [record.name, record.shortID] + (hostname.isEmpty || hostname == record.shortID ? [] : [hostname])
        var request = ServiceRequest.Attachment(
            container: record.id, names: names, endpoints: endpoints, nameServers: record.nameServers)
        let program = try NetworkProgramWords.of(mode, ports: record.publishedPorts)
        request.program = program ?? []
        let ports = program != nil ? .none : try PublishedPorts.open(record.publishedPorts, of: record, in: containers)
        let answer = try client.ask(.attach(request), descriptors: [namespace.raw, process.raw])
        try ports.publish(container: record.id, with: client)
        var state = NetworkState(bootIdentifier: containers.bootIdentifier, sandboxID: hexadecimal(try RandomBytes.take(32)[...]))
        (state.endpoints, state.ports) = (answer.endpoints, ports.bindings)
        if program != nil { state.ports = record.publishedPorts.map { $0.binding(hostPort: $0.candidates.first ?? 0) } }
        if !answer.endpoints.isEmpty { try NetworkFiles(record: record, endpoints: answer.endpoints).write(directory) }
        try directory.writeFile(NetworkState.fileName, state.json.bytes, durable: false)
        return answer.notice
    }

    /// The files of a container whose network is another's are that one's.
    func shareFiles(_ containers: ContainerStore, directory: borrowing Directory) throws(Failure) {
        guard let partner else { return }
        let theirs = try containers.open(partner)
        for name in ["hosts", "resolv.conf"] { try directory.writeFile(name, try theirs.readFile(name), mode: 0o644, durable: false) }
    }
}

extension NetworkAttachment {
    func endpointRequest(_ network: NetworkRecord) throws(Failure) -> ServiceRequest.EndpointRequest {
        var request = ServiceRequest.EndpointRequest(network: network, endpointID: hexadecimal(try RandomBytes.take(32)[...]))
        (request.ip, request.ip6, request.mac, request.aliases) = (ip, ip6, mac, aliases)
        return request
    }
}

extension NetworkStore {
    /// The networks of a store.
    package init(_ root: StoreRoot) { self.init(path: "\(root.path)/networks") }
}
