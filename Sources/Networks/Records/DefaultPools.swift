internal import LinuxSys
package import Primitives

/// Where the subnet of a network comes from that names none: docker's default address pools.
package enum DefaultPools {
    /// 172.17.0.0/16 to 172.31.0.0/16, then 192.168.0.0/20, 192.168.16.0/20 and so on.
    static let subnets: [IPSubnet] =
        (17...31).map { subnet([172, $0, 0, 0], 16) } + (0..<16).map { subnet([192, 168, 16 * $0, 0], 20) }

    private static func subnet(_ bytes: [UInt8], _ bits: Int) -> IPSubnet {
        guard let address = HostAddress(bytes: bytes), let subnet = IPSubnet(address, bits: bits) else {
            preconditionFailure("a default pool is no subnet")
        }
        return subnet
    }

    /// The first pool that overlaps none of `used`.
    /// - Parameter skipsFirst: the first one is kept for the default network.
    /// - Throws: `.conflict` with docker's text.
    package static func free(besides used: [IPSubnet], skipsFirst: Bool) throws(Failure) -> IPSubnet {
        for subnet in subnets.dropFirst(skipsFirst ? 1 : 0) where !used.contains(where: subnet.overlaps) { return subnet }
        throw Failure(.conflict, "all predefined address pools have been fully subnetted", hint: "name one with --subnet")
    }

    /// A /64 of its own kind (RFC 4193): `fd`, forty random bits, subnet 0.
    package static func uniqueLocal() throws(Failure) -> IPSubnet {
        let bytes = [0xFD] + (try RandomBytes.take(5)) + [UInt8](repeating: 0, count: 10)
        guard let address = HostAddress(bytes: bytes), let subnet = IPSubnet(address, bits: 64) else {
            preconditionFailure("sixteen bytes are an address")
        }
        return subnet
    }
}
