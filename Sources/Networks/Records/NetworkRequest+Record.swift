internal import LinuxSys
internal import Primitives

extension NetworkRequest {
    /// docker calls these modes, no network may have their names.
    private static let predefined: Set<String> = ["bridge", "default", "host", "none", "pasta", "slirp4netns"]
    private static let nameBytesMax = 200

    /// What needs no look at the disk.
    func check() throws(Failure) {
        if Self.predefined.contains(name) { throw Failure(.denied, "operation is not permitted on predefined \(name) network") }
        guard isName(name), name.utf8.count <= Self.nameBytesMax else {
            throw Failure(.invalid, "invalid network name \"\(name.filter { !$0.isNewline })\": only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")
        }
        if let interface = options["com.docker.network.bridge.name"], !isName(interface) || interface.utf8.count > 15 {
            throw Failure(.invalid, "invalid name of an interface \"\(interface.filter { !$0.isNewline })\": at most 15 of [a-zA-Z0-9_.-]")
        }
        if let text = options["com.docker.network.driver.mtu"] {
            guard let mtu = Int(text), mtu == 0 || (68...65535).contains(mtu) else {
                throw Failure(.invalid, "invalid value of com.docker.network.driver.mtu: \"\(text.filter { !$0.isNewline })\"")
            }
        }
        if !enablesIPv4, !enablesIPv6 { throw Failure(.invalid, "IPv4 or IPv6 must be enabled") }
        if driver != .bridge, Process.effectiveUserID != 0 {
            throw Failure(.denied, "networks of the driver \(driver.rawValue) need root: they are interfaces of the host's")
        }
        if driver != .bridge, !isInternal, (options["parent"] ?? "").isEmpty {
            throw Failure(.invalid, "a network of the driver \(driver.rawValue) needs an interface of the host: -o parent=NAME")
        }
    }

    private func isName(_ text: String) -> Bool {
        func isLetterOrDigit(_ byte: UInt8) -> Bool {
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) && byte < 0x80
        }
        guard let first = text.utf8.first, isLetterOrDigit(first) else { return false }
        return text.utf8.allSatisfy { isLetterOrDigit($0) || [0x5F, 0x2E, 0x2D].contains($0) }
    }

    /// The record with all addresses chosen.
    /// - Parameters:
    ///   - networks: that exist.
    ///   - host: subnets of the host.
    func record(id: String, created: String, besides networks: [NetworkRecord], host: [IPSubnet]) throws(Failure) -> NetworkRecord {
        let taken = networks.flatMap { network in network.pools.map { (network.name, $0.subnet) } }
        var chosen: [AddressPool] = []
        for request in pools {
            let pool = try doing("invalid network config") { () throws(Failure) in try request.checked() }
            if pool.subnet.isIPv6 ? !enablesIPv6 : !enablesIPv4 { continue }
            if driver == .bridge, chosen.contains(where: { $0.subnet.isIPv6 == pool.subnet.isIPv6 }) {
                throw Failure(.invalid, "bridge driver doesn't support multiple subnets")
            }
            try checkFree(pool.subnet, taken, host)
            chosen.append(pool)
        }
        let used = taken.map(\.1) + host
        if enablesIPv4, !chosen.contains(where: { !$0.subnet.isIPv6 }) {
            chosen.insert(AddressPool(subnet: try DefaultPools.free(besides: used, skipsFirst: true), gateway: nil), at: 0)
        }
        if enablesIPv6, !chosen.contains(where: \.subnet.isIPv6) {
            chosen.append(AddressPool(subnet: try DefaultPools.uniqueLocal(), gateway: nil))
        }
        for index in chosen.indices { try chosen[index].chooseGateway(needsMore: driver == .bridge) }
        var record = NetworkRecord(
            id: id, name: name, created: created, driver: driver,
            pools: chosen.filter { !$0.subnet.isIPv6 } + chosen.filter(\.subnet.isIPv6),
            interface: options["com.docker.network.bridge.name"])
        (record.isInternal, record.isAttachable) = (isInternal, isAttachable)
        (record.enablesIPv4, record.enablesIPv6) = (enablesIPv4, enablesIPv6)
        (record.options, record.labels) = (options, labels)
        return record
    }

    private func checkFree(_ subnet: IPSubnet, _ taken: [(String, IPSubnet)], _ host: [IPSubnet]) throws(Failure) {
        let reason = "invalid pool request: Pool overlaps with other one on this address space"
        if let other = taken.first(where: { $0.1.overlaps(subnet) }) {
            throw Failure(.conflict, "\(reason): \(subnet) and \(other.1) of the network \(other.0)")
        }
        // The interface of a macvlan or an ipvlan is on the host's own network: its subnet is what it is for.
        if driver == .bridge, let other = host.first(where: { $0.overlaps(subnet) }) {
            throw Failure(
                .conflict, "\(reason): \(subnet) and \(other) of this host",
                hint: "containers could not reach that part of the host's network")
        }
    }
}

extension AddressPool {
    /// The first free address of the range, as docker chooses; a gateway that was named must be one an interface may have.
    /// - Parameter needsMore: a pool without an address for a container beside is refused.
    fileprivate mutating func chooseGateway(needsMore: Bool) throws(Failure) {
        func failed(_ reason: String) -> Failure {
            Failure(.conflict, "failed to allocate gateway (\(gateway?.description ?? "")): \(reason)")
        }
        var allocator = AddressAllocator(AddressPool(subnet: subnet, gateway: nil, range: range, auxiliary: auxiliary), used: [])
        var chosen: HostAddress?
        if let gateway {
            do throws(Failure) { try allocator.take(gateway) } catch { throw failed(error.message) }
        } else {
            do throws(Failure) { chosen = try allocator.next() } catch { throw failed("No available addresses on this pool") }
        }
        if needsMore {
            do throws(Failure) { _ = try allocator.next() } catch { throw failed("No available addresses on this pool") }
        }
        gateway = gateway ?? chosen
    }
}
