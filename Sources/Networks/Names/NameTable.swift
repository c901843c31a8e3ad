package import Primitives

/// Who is called what in which network. Pure: what a container may see is decided here, how it asks elsewhere.
package struct NameTable: Sendable {
    /// A container in one network.
    package struct Endpoint: Sendable, Equatable {
        /// The container's full id.
        package var container: String
        /// The first one is what its addresses are called: name, aliases, short id, host name.
        package var names: [String]
        package var addresses: [HostAddress]

        package init(container: String, names: [String], addresses: [HostAddress]) {
            (self.container, self.names, self.addresses) = (container, names, addresses)
        }
    }

    /// What one container sees.
    package struct Scope: Sendable, Equatable {
        /// Ids of its networks, the most important first.
        package var networks: [String]
        /// Further names that only this container knows, such as `host.docker.internal`.
        package var extra: [String: [HostAddress]] { didSet { keyed = Self.keyed(extra) } }
        fileprivate var keyed: [NameKey: [HostAddress]]

        package init(networks: [String], extra: [String: [HostAddress]] = [:]) {
            (self.networks, self.extra, keyed) = (networks, extra, Self.keyed(extra))
        }

        private static func keyed(_ extra: [String: [HostAddress]]) -> [NameKey: [HostAddress]] {
            Dictionary(extra.map { (NameKey($0.key), $0.value) }) { $0 + $1 }
        }
    }

    private struct Network {
        var name: String
        var key: NameKey
        var subnets: [IPSubnet]
        var isInternal: Bool
        /// By container.
        var endpoints: [String: Endpoint] = [:]
        /// Containers of a name, in the order they came.
        var holders: [NameKey: [String]] = [:]
        var owners: [HostAddress: String] = [:]
    }
    private var networks: [String: Network] = [:]

    package init() {}

    /// Makes a network known, or changes it; its members stay.
    /// - Parameters:
    ///   - id: what scopes and endpoints call it.
    ///   - isInternal: a container with nothing but such networks gets no names of the outside.
    package mutating func set(network id: String, name: String, subnets: [IPSubnet], isInternal: Bool = false) {
        var network = networks[id] ?? Network(name: name, key: NameKey(name), subnets: [], isInternal: false)
        (network.name, network.key, network.subnets, network.isInternal) = (name, NameKey(name), subnets, isInternal)
        networks[id] = network
    }

    package mutating func remove(network id: String) { networks[id] = nil }

    /// Adds a container to a known network, or changes what it is called there.
    package mutating func add(_ endpoint: Endpoint, to id: String) {
        guard networks[id] != nil else { return }
        remove(container: endpoint.container, from: id)
        networks[id]?.endpoints[endpoint.container] = endpoint
        for name in Set(endpoint.names.map { NameKey($0) }) where !name.bytes.isEmpty {
            networks[id]?.holders[name, default: []].append(endpoint.container)
        }
        for address in endpoint.addresses { networks[id]?.owners[address] = endpoint.container }
    }

    package mutating func remove(container: String, from id: String) {
        guard let endpoint = networks[id]?.endpoints.removeValue(forKey: container) else { return }
        for name in Set(endpoint.names.map { NameKey($0) }) {
            networks[id]?.holders[name]?.removeAll { $0 == container }
            if networks[id]?.holders[name]?.isEmpty == true { networks[id]?.holders[name] = nil }
        }
        for address in endpoint.addresses where networks[id]?.owners[address] == container { networks[id]?.owners[address] = nil }
    }

    package mutating func remove(container: String) {
        for id in networks.keys { remove(container: container, from: id) }
    }

    /// Whether names of the outside are looked up for it.
    package func reachesOutside(_ scope: Scope) -> Bool {
        scope.networks.contains { networks[$0].map { !$0.isInternal } ?? false }
    }

    /// Whether an address lies in one of the container's own networks.
    package func isInside(_ address: HostAddress, _ scope: Scope) -> Bool {
        scope.networks.contains { networks[$0]?.subnets.contains { $0.contains(address) } ?? false }
    }
}

extension NameTable {
    /// All addresses of a name, of the first network that knows it: as it stands, or as `name.network`. `nil` for a name that
    /// is nobody's here.
    /// - Parameter isWanted: addresses the question is about. A network that has the name without one of these counts only
    ///   when no other has it with one.
    package func addresses(of name: String, for scope: Scope, where isWanted: (HostAddress) -> Bool = { _ in true }) -> [HostAddress]? {
        addresses(of: NameKey(name), scope, isWanted)
    }

    func addresses(of name: NameKey, _ scope: Scope, _ isWanted: (HostAddress) -> Bool) -> [HostAddress]? {
        if let extra = scope.keyed[name] { return extra.filter(isWanted) }
        var isKnown = false
        func look(_ name: NameKey, _ network: Network) -> [HostAddress]? {
            guard let holders = network.holders[name] else { return nil }
            isKnown = true
            let found = holders.flatMap { network.endpoints[$0]?.addresses ?? [] }.filter(isWanted)
            return found.isEmpty ? nil : found
        }
        let mine = scope.networks.compactMap { networks[$0] }
        for network in mine {
            if let found = look(name, network) { return found }
        }
        for network in mine {
            if let short = name.removing(suffix: network.key), let found = look(short, network) { return found }
        }
        return isKnown ? [] : nil
    }

    /// `name.network` of an address; `nil` when nobody in the container's networks has it.
    package func name(of address: HostAddress, for scope: Scope) -> String? {
        for network in scope.networks.compactMap({ networks[$0] }) {
            if let owner = network.owners[address], let name = network.endpoints[owner]?.names.first { return "\(name).\(network.name)" }
        }
        return nil
    }
}
