internal import LinuxSys
internal import Primitives

/// The bridges in the namespace of `proa:net`, the addresses that are taken on them, and how they lead outside.
final class BridgeTable {
    /// Packets between two processes of one kernel need not fit a wire; what leaves is cut to size.
    static let defaultMTU: UInt32 = 65_520

    private struct Bridge {
        let network: NetworkRecord
        let index: Int32
        var used: Set<HostAddress> = []
    }

    private let inside: NamespaceWorker
    private let loop: EventLoop
    let uplink: Uplink
    private var bridges: [String: Bridge] = [:]
    private var isPrepared = false
    private var hasRules = false

    init(inside: NamespaceWorker, loop: EventLoop, scratch: String) throws(Failure) {
        (self.inside, self.loop) = (inside, loop)
        uplink = Uplink(inside: inside, loop: loop, scratch: scratch)
    }

    // MARK: addresses

    /// Takes addresses and prepares the bridge; `plug` then makes the interface.
    func reserve(_ request: ServiceRequest.EndpointRequest, interface: String, names: [String]) throws(Failure) -> Member.Endpoint {
        let network = request.network
        try prepare(network)
        var state = NetworkState.Endpoint(networkID: network.id, networkName: network.name, endpointID: request.endpointID)
        let used = bridges[network.id]?.used ?? []
        if let pool = network.pool4, network.enablesIPv4 {
            state.ip = try Self.address(pool, request.ip, used)
            (state.prefix, state.gateway) = (pool.subnet.bits, network.isInternal ? nil : pool.gateway)
        } else if let ip = request.ip {
            throw AddressAllocator.outside(ip)
        }
        if let pool = network.pool6 {
            state.ip6 = try Self.address(pool, request.ip6, used)
            (state.prefix6, state.gateway6) = (pool.subnet.bits, network.isInternal ? nil : pool.gateway)
        } else if let ip = request.ip6 {
            throw AddressAllocator.outside(ip)
        }
        bridges[network.id]?.used.formUnion([state.ip, state.ip6].compactMap(\.self))
        state.mac = request.mac ?? (state.ip ?? state.ip6).map { MACAddress(for: $0) }
        state.aliases = request.aliases
        state.dnsNames = network.isDefault ? [] : names + request.aliases
        state.interface = interface
        return Member.Endpoint(
            network: network, state: state, outside: network.driver == .bridge ? "ve" + request.endpointID.prefix(12) : nil)
    }

    private static func address(_ pool: AddressPool, _ wanted: HostAddress?, _ used: Set<HostAddress>) throws(Failure) -> HostAddress {
        var allocator = AddressAllocator(pool, used: used)
        guard let wanted else { return try allocator.next() }
        try allocator.take(wanted)
        return wanted
    }

    /// Gives back an endpoint's addresses and ends its interface, if it still is there.
    /// - Parameter endsNow: the container goes on without it.
    func release(_ endpoint: Member.Endpoint, endsNow: Bool = false) {
        bridges[endpoint.network.id]?.used.subtract([endpoint.state.ip, endpoint.state.ip6].compactMap(\.self))
        guard let outside = endpoint.outside else { return }
        // The kernel takes it away by itself when the container's namespace ends. Deleting it here would hold everybody up for
        // some 30 ms of grace periods; it is looked for later, for the case that somebody else holds that namespace.
        loop.after(milliseconds: endsNow ? 0 : 2_000) { [inside] in
            _ = try? inside.run { () throws(Failure) in
                let routes = try RouteSocket()
                if (try? routes.link(.name(outside))) != nil { try routes.batch { $0.delete(.name(outside)) } }
            }
        }
    }

    // MARK: interfaces

    /// Makes the interfaces of endpoints that `reserve` has prepared, and configures them inside the container.
    func plug(_ endpoints: [Member.Endpoint], into namespace: SharedFile, isFirst: Bool, isRestored: Bool) throws(Failure) {
        let number = namespace.descriptor.raw
        var plugs: [Plug] = []
        for endpoint in endpoints { plugs.append(Plug(endpoint, bridge: bridges[endpoint.network.id]?.index, mtu: mtu(endpoint.network))) }
        let all = plugs
        if isRestored {
            let present = Set(try inside.run { () throws(Failure) in try RouteSocket().links().map(\.name) })
            if all.allSatisfy({ $0.outside.map(present.contains) ?? true }) { return }
        }
        let bridged = all.filter { $0.outside != nil }
        if !bridged.isEmpty {
            try inside.run { () throws(Failure) in
                let routes = try RouteSocket()
                for plug in bridged {
                    _ = try routes.addVeth(
                        plug.outside ?? "", master: plug.bridge, mtu: plug.mtu, peerName: plug.interface, peerMAC: plug.mac,
                        peerNamespace: number)
                }
            }
        }
        for plug in all where plug.outside == nil { try plug.makeSubdevice(into: number) }
        try inside.run(in: number) { () throws(Failure) in
            let routes = try RouteSocket()
            var links: [Int32] = []
            for plug in all { links.append(try routes.link(.name(plug.interface)).index) }
            let indices = links
            try routes.batch { batch in
                if isFirst { batch.set(.name("lo"), up: true) }
                for (plug, index) in zip(all, indices) { plug.configure(index, &batch) }
                if isFirst { Plug.leadOutside(all, indices, &batch) }
            }
            try routes.settle(indices.map { .index($0) }, addresses: all.flatMap { $0.addresses.map(\.0) })
        }
        if bridged.isEmpty { return }
        _ = try inside.run { () throws(Failure) in
            try RouteSocket().settle(
                bridged.flatMap { plug in [plug.outside.map { .name($0) }, plug.bridge.map { .index($0) }].compactMap(\.self) })
        }
    }

    private func mtu(_ network: NetworkRecord) -> UInt32 { network.mtu.flatMap { UInt32(exactly: $0) } ?? Self.defaultMTU }

    // MARK: bridges

    private func prepare(_ network: NetworkRecord) throws(Failure) {
        if bridges[network.id] != nil { return }
        guard network.driver == .bridge else {
            bridges[network.id] = Bridge(network: network, index: 0)
            return
        }
        if !isPrepared { try prepareNamespace() }
        let (name, mtu) = (network.interface, mtu(network))
        let gateways = network.pools.compactMap { pool in pool.gateway.map { ($0, pool.subnet.bits) } }
        let mac = gateways.first.map { MACAddress(for: $0.0) }
        let index = try doing("making network \(network.name)") { () throws(Failure) in
            try inside.run { () throws(Failure) in
                let routes = try RouteSocket()
                if let link = try routes.links().first(where: { $0.name == name }) { return link.index }
                try routes.batch { $0.addBridge(name, mac: mac, mtu: mtu) }
                let index = try routes.link(.name(name)).index
                try routes.batch { batch in
                    for (gateway, bits) in gateways { batch.addAddress(index, gateway, bits: bits) }
                    if let mac { batch.addLinkLocal(index, mac) }
                    batch.set(.index(index), .forwarding, 1)
                    // A container on two networks answers by either.
                    batch.set(.index(index), .reversePathFilter, 0)
                    batch.set(.index(index), up: true)
                }
                return index
            }
        }
        bridges[network.id] = Bridge(network: network, index: index)
        if !network.isInternal { try uplink.start() }
        try writeRules()
    }

    /// The loopback device, and that packets for transparent sockets stay here.
    private func prepareNamespace() throws(Failure) {
        uplink.filtersBridges = try inside.run { () throws(Failure) in
            let routes = try RouteSocket()
            try routes.batch { batch in
                batch.set(.name("lo"), up: true)
                batch.deliverMarked()
            }
            // Read-only in a container: then no IPv6 leads outside, and bridges are filtered as the kernel begins with.
            _ = try? Sysctl.forwardIPv6()
            _ = try? Sysctl.withoutReversePathFilter()
            do throws(Failure) { try Sysctl.bridgesWithoutFilter() } catch { return true }
            return false
        }
        isPrepared = true
    }

    private func writeRules() throws(Failure) {
        let rules = BridgeRules(
            bridges.values.filter { $0.network.driver == .bridge }.map {
                BridgeRules.Bridge(name: $0.network.interface, subnets: $0.network.pools.map(\.subnet), isInternal: $0.network.isInternal)
            }.sorted { $0.name < $1.name }, uplink: uplink.rules)
        let replacing = hasRules
        try inside.run { () throws(Failure) in
            let filter = try FilterSocket()
            do throws(Failure) { try filter.commit(rules.batch(replacing: replacing)) } catch {
                // Those of a service that was killed.
                guard error.kind == .conflict, !replacing else { throw error }
                try filter.commit(rules.batch(replacing: true))
            }
        }
        hasRules = true
    }

    /// A network that was removed.
    func remove(_ networkID: String) throws(Failure) {
        guard let bridge = bridges.removeValue(forKey: networkID), bridge.network.driver == .bridge else { return }
        try writeRules()
        try inside.run { () throws(Failure) in try RouteSocket().batch { $0.delete(.index(bridge.index)) } }
    }

    /// Of all bridges.
    var subnets: [IPSubnet] { bridges.values.flatMap { $0.network.pools.map(\.subnet) } }

    func end() { uplink.end() }
}
