package import Primitives

/// Which address of a pool an endpoint gets. Pure: who holds addresses now is given.
package struct AddressAllocator: Sendable {
    let pool: AddressPool
    private var taken: Set<HostAddress>

    /// - Parameter used: addresses of endpoints that exist; others than of this pool do not matter.
    package init(_ pool: AddressPool, used: some Sequence<HostAddress>) {
        self.pool = pool
        taken = Set(used).union(pool.auxiliary.values)
        if let gateway = pool.gateway { taken.insert(gateway) }
    }

    /// The lowest free address of the range, taken from now on.
    /// - Throws: `.conflict` when there is none.
    package mutating func next() throws(Failure) -> HostAddress {
        let range = pool.range ?? pool.subnet
        var candidate: HostAddress? = range.address
        let last = range.last
        // Every step that finds no free address meets a taken one or one of the two at the ends, so it cannot go on for ever.
        while let address = candidate {
            if isGiven(address), !taken.contains(address) {
                taken.insert(address)
                return address
            }
            if address == last { break }
            candidate = address.advanced(by: 1)
        }
        throw Failure(.conflict, "no available IPv\(pool.subnet.isIPv6 ? 6 : 4) addresses in \(range)")
    }

    /// Takes the address that somebody asked for.
    /// - Throws: `.invalid` outside the subnet, `.conflict` when it is taken: docker's texts.
    package mutating func take(_ address: HostAddress) throws(Failure) {
        guard pool.subnet.contains(address) else { throw Self.outside(address) }
        guard isGiven(address), !taken.contains(address) else { throw Failure(.conflict, "Address already in use") }
        taken.insert(address)
    }

    /// docker's text for an address of no subnet of the network.
    package static func outside(_ address: HostAddress) -> Failure {
        Failure(.invalid, "Invalid address \(address): It does not belong to any of this network's subnets")
    }

    /// The address of the network itself and, of IPv4, the one of everybody are nobody's. Where there are only one or two
    /// addresses all may be used (RFC 3021).
    private func isGiven(_ address: HostAddress) -> Bool {
        let subnet = pool.subnet
        if address.bytes.count * 8 - subnet.bits < 2 { return true }
        return address != subnet.address && (subnet.isIPv6 || address != subnet.last)
    }
}
