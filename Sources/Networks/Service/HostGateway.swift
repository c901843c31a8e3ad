internal import LinuxSys
package import Primitives

/// What leads to the host: the address of the interface by which it reaches others. Services of the host that listen on
/// loopback alone stay its own.
package enum HostGateway {
    package static let names = ["host.docker.internal", "host.containers.internal", "gateway.docker.internal"]

    /// `nil` for a host without any network. In the namespace of the calling thread.
    package static var address: HostAddress? {
        guard let routes = try? RouteSocket(), let all = try? routes.routes(), let addresses = try? routes.addresses() else { return nil }
        let index = all.first { $0.destination == nil && !$0.isIPv6 }?.index
        let usable = addresses.filter { !$0.address.isLoopback && !$0.address.isIPv6 }
        return (usable.first { $0.index == index } ?? usable.first)?.address
    }
}
