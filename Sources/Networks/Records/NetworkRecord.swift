package import Primitives

/// A network as it was created. Nothing of it changes later.
package struct NetworkRecord: Equatable, Sendable {
    package enum Driver: String, Sendable, CaseIterable {
        case bridge, macvlan, ipvlan
    }

    /// 64 hexadecimal digits.
    package var id: String
    package var name: String
    /// RFC 3339.
    package var created: String
    package var driver: Driver
    /// Nothing of it leads outside.
    package var isInternal = false
    package var isAttachable = false
    package var isIngress = false
    package var enablesIPv4 = true
    package var enablesIPv6 = false
    package var pools: [AddressPool]
    /// Of the driver, in the order of their keys.
    package var options: [String: String] = [:]
    package var labels: [String: String] = [:]
    /// The interface in the namespace of the networks: at most 15 bytes (IFNAMSIZ of netdevice(7)).
    package var interface: String

    package static let defaultName = "bridge"
    package static let defaultInterface = "proa0"

    package init(id: String, name: String, created: String, driver: Driver = .bridge, pools: [AddressPool], interface: String? = nil) {
        (self.id, self.name, self.created, self.driver, self.pools) = (id, name, created, driver, pools)
        self.interface = interface ?? "br-" + id.prefix(12)
    }

    package var shortID: String { String(id.prefix(12)) }
    /// The one of containers that ask for none: no names are resolved on it, no address may be chosen.
    package var isDefault: Bool { name == Self.defaultName }
    package var pool4: AddressPool? { pools.first { !$0.subnet.isIPv6 } }
    package var pool6: AddressPool? { pools.first { $0.subnet.isIPv6 } }
    package var mtu: Int? { options["com.docker.network.driver.mtu"].flatMap { Int($0) } }
    /// Of `macvlan` and `ipvlan`: the host's interface they stand on.
    package var parent: String? { options["parent"] }
}

/// A range of addresses of a network (docker: one entry of `IPAM.Config`).
package struct AddressPool: Equatable, Sendable {
    package var subnet: IPSubnet
    /// The bridge's own address; of `internal` networks nobody's default route. `nil`: a network without one.
    package var gateway: HostAddress?
    /// Where addresses are given from; `nil`: the whole subnet. One that was asked for by number may lie outside.
    package var range: IPSubnet?
    /// Addresses by name that are given to no container.
    package var auxiliary: [String: HostAddress] = [:]
    /// docker shows a gateway only where a user named it or the whole pool was chosen for them.
    package var showsGateway = true
    /// The subnet was named by the user: only then may containers choose addresses.
    package var isChosenByUser = false

    package init(subnet: IPSubnet, gateway: HostAddress?, range: IPSubnet? = nil, auxiliary: [String: HostAddress] = [:]) {
        (self.subnet, self.gateway, self.range, self.auxiliary) = (subnet, gateway, range, auxiliary)
    }
}
