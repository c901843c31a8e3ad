internal import LinuxSys
internal import Primitives

/// What an interface of a container needs, as plain values that may go to another thread.
struct Plug: Sendable {
    let interface: String
    /// The end of the veth beside the bridge; `nil` for a device of its own on an interface of the host.
    let outside: String?
    let bridge: Int32?
    let mac: MACAddress?
    let mtu: UInt32
    let addresses: [(HostAddress, bits: Int)]
    let gateways: [HostAddress]
    private let driver: NetworkRecord.Driver
    private let parent: String?
    private let mode: String?

    init(_ endpoint: Member.Endpoint, bridge: Int32?, mtu: UInt32) {
        let state = endpoint.state
        (interface, outside, self.bridge, mac, self.mtu) = (state.interface, endpoint.outside, bridge, state.mac, mtu)
        addresses = [state.ip.map { ($0, state.prefix) }, state.ip6.map { ($0, state.prefix6) }].compactMap(\.self)
        gateways = [state.gateway, state.gateway6].compactMap(\.self)
        (driver, parent) = (endpoint.network.driver, endpoint.network.parent)
        mode = endpoint.network.options["macvlan_mode"] ?? endpoint.network.options["ipvlan_mode"]
    }

    /// Inside the container.
    func configure(_ index: Int32, _ batch: inout RouteBatch) {
        // What has no IPv6 network needs no IPv6 address of its own either.
        if !addresses.contains(where: \.0.isIPv6) { batch.withoutLinkLocal(.index(index)) }
        for (address, bits) in addresses { batch.addAddress(index, address, bits: bits) }
        batch.set(.index(index), up: true)
    }

    /// The default routes: by the first interface that has one.
    static func leadOutside(_ plugs: [Plug], _ indices: [Int32], _ batch: inout RouteBatch) {
        for everything in [IPSubnet("0.0.0.0/0"), IPSubnet("::/0")].compactMap(\.self) {
            for (plug, index) in zip(plugs, indices) {
                guard let gateway = plug.gateways.first(where: { $0.isIPv6 == everything.isIPv6 }) else { continue }
                batch.addRoute(everything, via: gateway, index: index)
                break
            }
        }
    }

    /// macvlan and ipvlan, on the calling thread's namespace, which is the host's.
    func makeSubdevice(into namespace: Int32) throws(Failure) {
        guard let parent else { throw Failure(.invalid, "a \(driver.rawValue) network needs -o parent=INTERFACE") }
        let routes = try RouteSocket()
        let index = try doing("network interface \"\(parent)\" of the host") { () throws(Failure) in try routes.link(.name(parent)).index }
        let (name, mac, mtu) = (interface, mac, mtu == BridgeTable.defaultMTU ? nil : mtu)
        try routes.batch { batch in
            if driver == .macvlan {
                let modes: [String: MACVLANMode] = ["private": .isolated, "vepa": .vepa, "passthru": .passthru]
                batch.addMACVLAN(parent: index, mode: modes[mode ?? ""] ?? .bridge, name, into: namespace, mac: mac, mtu: mtu)
            } else {
                batch.addIPVLAN(parent: index, mode: mode == "l3" ? .l3 : mode == "l3s" ? .l3s : .l2, name, into: namespace, mtu: mtu)
            }
        }
    }
}
