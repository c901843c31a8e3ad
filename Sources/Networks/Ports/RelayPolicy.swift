internal import LinuxSys
package import Primitives

/// Where containers may go when their connections are made by this process, in the host's own network. There the loopback
/// answers and so do the services of a cloud's host at link-local addresses: both are out of reach unless allowed.
package struct RelayPolicy: Equatable, Sendable {
    /// Addresses that stand for the host: `host.docker.internal` of IPv4, and of IPv6.
    package var hostAliases: Set<HostAddress>
    /// Networks that may be reached though they would be refused.
    package var allowed: [IPSubnet]

    package init(hostAliases: Set<HostAddress> = [], allowed: [IPSubnet] = []) {
        (self.hostAliases, self.allowed) = (hostAliases, allowed)
    }

    enum Answer: Equatable {
        case refused
        case reach(SocketAddress)
        /// An address of the host itself that is not its loopback.
        case host(port: UInt16, ipv6: Bool)
    }

    func answer(_ wanted: SocketAddress) -> Answer {
        // ::ffff:127.0.0.1 is the loopback too.
        let destination = wanted.unmapped
        let address = destination.address
        if hostAliases.contains(address) { return .host(port: destination.port, ipv6: destination.isIPv6) }
        if destination.port == 0 { return .refused }
        if allowed.contains(where: { $0.contains(address) }) { return .reach(destination) }
        return Self.closed.contains { $0.contains(address) } ? .refused : .reach(destination)
    }

    /// This host, its link, and addresses of many.
    private static let closed: [IPSubnet] = [
        "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "255.255.255.255/32",
        // Unspecified, loopback and the former IPv4-compatible addresses; mapped ones that are left; link-local; multicast.
        "::/96", "::ffff:0:0/96", "fe80::/10", "ff00::/8",
    ].compactMap { IPSubnet($0) }
}
