internal import LinuxSys
package import Primitives

/// Where a published port leads: a port of a container in the namespace of the bridges.
package struct PortTarget: Equatable, Sendable {
    package var address: HostAddress
    /// The container's address of IPv6, if it has one.
    package var addressIPv6: HostAddress?
    package var port: UInt16
    /// Who asks, as the container sees it, where the true address would mean nothing to it: on the host's loopback.
    package var gateway: HostAddress
    package var gatewayIPv6: HostAddress?

    package init(
        _ address: HostAddress, ipv6 addressIPv6: HostAddress? = nil, port: UInt16, gateway: HostAddress, gatewayIPv6: HostAddress? = nil
    ) {
        (self.address, self.addressIPv6, self.port) = (address, addressIPv6, port)
        (self.gateway, self.gatewayIPv6) = (gateway, gatewayIPv6)
    }

    /// The way of one client: where it goes, and as whom, the best first; port 0 is any.
    struct Route: Equatable {
        let destination: SocketAddress
        let sources: [SocketAddress]
    }

    /// - Parameter foreign: networks that begin at the bridges: who has such an address outside is somebody else there.
    func route(from client: SocketAddress, foreign: [IPSubnet]) -> Route {
        let own = address.isIPv6 ? (address, gateway) : (addressIPv6, gatewayIPv6)
        let useIPv6 = client.isIPv6 ? own.0 != nil : address.isIPv6
        let destination = useIPv6 ? own.0 ?? address : address
        let gateway = SocketAddress(
            useIPv6 ? own.1 ?? HostAddress(bytes: [UInt8](repeating: 0, count: 16)) ?? destination : gateway, port: 0)
        let isTrue =
            client.isIPv6 == useIPv6 && !client.isLoopback && !client.isLinkLocalIPv6
            && !foreign.contains { $0.contains(client.address) }
        return Route(
            destination: SocketAddress(destination, port: port),
            sources: isTrue ? [client, client.withPort(0), gateway] : [gateway])
    }
}
