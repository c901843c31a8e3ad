package import LinuxSys
package import Primitives

/// The networks of one store: a file each, `ID.json` in one directory. A network's name is in its file; one lock keeps two
/// from taking the same name or the same addresses.
package struct NetworkStore: Sendable {
    /// `…/networks`, made when the first network is.
    package let path: String
    private static let lockName = ".lock"

    package init(path: String) { self.path = path }

    /// Networks in the order of their names.
    /// - Parameter damaged: told of each record that cannot be read; the others are answered.
    package func all(damaged: (Failure) -> Void = { _ in }) throws(Failure) -> [NetworkRecord] {
        guard HostFile.exists(path) else { return [] }
        let directory = try Directory.open(path)
        var networks: [NetworkRecord] = []
        for file in try directory.names() where file.hasSuffix(".json") && !file.hasPrefix(".") {
            do throws(Failure) {
                networks.append(try NetworkRecord(json: try JSON.parse(try directory.readFile(file, limit: 1 << 20))))
            } catch {
                // Removed in this moment.
                if error.kind == .notFound { continue }
                damaged(error.within("reading \(directory.named(file))"))
            }
        }
        return networks.sorted { ($0.name, $0.id) < ($1.name, $1.id) }
    }

    /// The network of a name, an id or a unique beginning of an id: docker's order. The default network is made if it is wanted.
    /// - Throws: `.notFound`; `.conflict` for a beginning of several ids. Both with docker's texts.
    package func find(_ reference: String, hostSubnets: () throws(Failure) -> [IPSubnet]) throws(Failure) -> NetworkRecord {
        var damage: Failure?
        let networks = try all { damage = $0 }
        if let network = networks.first(where: { $0.id == reference }) ?? networks.first(where: { $0.name == reference }) { return network }
        if reference == NetworkRecord.defaultName { return try defaultNetwork(hostSubnets: hostSubnets) }
        let matches = reference.isEmpty ? [] : networks.filter { $0.id.utf8.starts(with: reference.utf8) }
        if matches.count > 1 {
            throw Failure(.conflict, "network \(reference) is ambiguous (\(matches.count) matches found based on ID prefix)")
        }
        // It may be the one that cannot be read.
        guard let match = matches.first else { throw Self.notFound(reference).hinting(damage?.message) }
        return match
    }

    package static func notFound(_ reference: String) -> Failure { Failure(.notFound, "network \(reference) not found") }

    /// The network `bridge`, made when it is first asked for.
    package func defaultNetwork(hostSubnets: () throws(Failure) -> [IPSubnet]) throws(Failure) -> NetworkRecord {
        func existing() throws(Failure) -> NetworkRecord? { try all().first(where: \.isDefault) }
        if let network = try existing() { return network }
        return try locked(.exclusive) { (directory) throws(Failure) in
            if let network = try existing() { return network }
            let used = try all().flatMap { $0.pools.map(\.subnet) } + hostSubnets()
            let subnet = try DefaultPools.free(besides: used, skipsFirst: false)
            let pool = AddressPool(subnet: subnet, gateway: subnet.address.advanced(by: 1))
            var network = NetworkRecord(
                id: try Self.newID(), name: NetworkRecord.defaultName, created: Self.now, pools: [pool],
                interface: NetworkRecord.defaultInterface)
            network.options = Self.defaultOptions
            try directory.writeFile("\(network.id).json", network.json.bytes)
            return network
        }
    }

    /// What docker shows of its own default network, as far as it is true here.
    private static let defaultOptions = [
        "com.docker.network.bridge.default_bridge": "true", "com.docker.network.bridge.enable_icc": "true",
        "com.docker.network.bridge.enable_ip_masquerade": "true", "com.docker.network.bridge.host_binding_ipv4": "0.0.0.0",
        "com.docker.network.bridge.name": NetworkRecord.defaultInterface, "com.docker.network.driver.mtu": "1500",
    ]

    /// Makes a network.
    /// - Parameter hostSubnets: those that this host reaches without a gateway; no network may hide them.
    /// - Throws: `.conflict` when name or addresses are taken or no pool is free, `.invalid`: docker's texts.
    package func create(_ request: NetworkRequest, hostSubnets: () throws(Failure) -> [IPSubnet]) throws(Failure) -> NetworkRecord {
        try request.check()
        let host = try hostSubnets()
        return try locked(.exclusive) { (directory) throws(Failure) in
            let networks = try all()
            if networks.contains(where: { $0.name == request.name }) {
                throw Failure(.conflict, "network with name \(request.name) already exists")
            }
            let id = try Self.newID()
            let network = try request.record(id: id, created: Self.now, besides: networks, host: host)
            if networks.contains(where: { $0.interface == network.interface }) {
                throw Failure(.conflict, "a network with the interface \(network.interface) already exists")
            }
            try directory.writeFile("\(id).json", network.json.bytes)
            return network
        }
    }

    /// Removes a network that nothing uses.
    /// - Parameter users: endpoints on it, asked while nobody can start a container on it.
    /// - Throws: `.denied` for the default network, `.conflict` when it is in use: docker's texts.
    package func remove(
        _ network: NetworkRecord, users: (NetworkRecord) throws(Failure) -> [(container: String, id: String)]
    ) throws(Failure) {
        if network.isDefault { throw Self.predefined(network.name) }
        try locked(.exclusive) { (directory) throws(Failure) in
            let users = try users(network)
            if !users.isEmpty {
                let names = users.map { "name:\"\($0.container)\" id:\"\($0.id.prefix(12))\"" }.joined(separator: ", ")
                throw Failure(
                    .conflict, "error while removing network: network \(network.name) has active endpoints (\(names))",
                    hint: "disconnect or stop them first")
            }
            try directory.remove("\(network.id).json")
        }
    }

    /// Removes a record that cannot be read, by its id or the beginning of one.
    /// - Throws: `.notFound` unless there is exactly one such.
    package func removeDamaged(_ reference: String) throws(Failure) {
        try locked(.exclusive) { (directory) throws(Failure) in
            let files = try directory.names().filter { !reference.isEmpty && $0.utf8.starts(with: reference.utf8) && $0.hasSuffix(".json") }
            guard files.count == 1, let file = files.first, try !all().contains(where: { "\($0.id).json" == file }) else {
                throw Self.notFound(reference)
            }
            try directory.remove(file)
        }
    }

    package static func predefined(_ name: String) -> Failure {
        Failure(.denied, "\(name) is a pre-defined network and cannot be removed")
    }

    /// Runs `body` while no network is removed (`shared`), or while nobody else holds the lock at all.
    /// A start holds it shared from looking its networks up until its endpoints are on the disk.
    package func locked<T>(
        _ mode: Lock.Mode, _ body: (borrowing Directory) throws(Failure) -> T
    ) throws(Failure) -> T {
        try HostFile.makeDirectories(path)
        let directory = try Directory.open(path)
        let lock = try Lock.take(Self.lockName, in: directory, mode)
        defer { lock.hold() }
        return try body(directory)
    }

    /// Keeps these networks from being removed as long as the lock lives.
    /// - Throws: `.notFound` for one that was removed before.
    package func hold(_ networks: [NetworkRecord]) throws(Failure) -> Lock {
        let directory = try Directory.open(path)
        let lock = try Lock.take(Self.lockName, in: directory, .shared)
        for network in networks where !directory.contains("\(network.id).json") { throw Self.notFound(network.name) }
        return lock
    }

    private static var now: String { Timestamp(nanosecondsSinceEpoch: Clock.nowNanoseconds()).rfc3339() }
    private static func newID() throws(Failure) -> String { hexadecimal(try RandomBytes.take(32)[...]) }
}
