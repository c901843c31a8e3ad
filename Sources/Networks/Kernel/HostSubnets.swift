package import Primitives

/// What the namespace of the calling thread reaches already: a network of ours must not overlap it.
package enum HostSubnets {
    /// Subnets of the addresses and destinations of the routes. Not among them: default routes, also those written as two
    /// halves of everything, as some private networks do it.
    package static func current() throws(Failure) -> Set<IPSubnet> {
        let socket = try RouteSocket()
        let subnets = try socket.addresses().compactMap(\.subnet) + socket.routes().compactMap(\.destination)
        return Set(subnets.filter { $0.bits > ($0.isIPv6 ? 3 : 1) })
    }
}
