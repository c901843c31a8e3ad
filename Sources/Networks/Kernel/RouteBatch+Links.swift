internal import LinuxSys

/// A device of a namespace: the kernel takes either.
package enum LinkName: Hashable, Sendable, CustomStringConvertible {
    case index(Int32)
    case name(String)

    package var description: String {
        switch self {
        case .index(let index): "device \(index)"
        case .name(let name): "\"\(name)\""
        }
    }
}

/// How macvlan and ipvlan devices of one parent see each other.
package enum MACVLANMode: UInt32, Sendable {
    case isolated = 1
    case vepa = 2
    case bridge = 4
    case passthru = 8
}
package enum IPVLANMode: UInt16, Sendable { case l2, l3, l3s }

private let create = NetlinkFlags.create | NetlinkFlags.exclusive

extension RouteBatch {
    /// A bridge without spanning tree, still down.
    package mutating func addBridge(_ name: String, mac: MACAddress? = nil, mtu: UInt32? = nil) {
        add(RTNetlink.newLink, flags: create, "adding bridge \"\(name)\"") { out in
            out.link()
            out.attribute(LinkAttribute.name, text: name)
            if let mac { out.attribute(LinkAttribute.address, mac.bytes) }
            if let mtu { out.attribute(LinkAttribute.mtu, mtu) }
            out.nested(LinkAttribute.information) { $0.attribute(LinkAttribute.kind, text: "bridge") }
        }
    }

    /// A pair of connected devices: `name` here, switched on and a port of `master`; `peerName` in `peerNamespace`
    /// (a descriptor; `nil`: here too), still down.
    package mutating func addVeth(
        _ name: String, master: Int32?, mtu: UInt32? = nil, peerName: String, peerMAC: MACAddress? = nil, peerNamespace: Int32?
    ) {
        addVeth(name, master, mtu, peerName, peerMAC, peerNamespace, flags: create)
    }

    mutating func addVeth(
        _ name: String, _ master: Int32?, _ mtu: UInt32?, _ peerName: String, _ peerMAC: MACAddress?, _ peerNamespace: Int32?,
        flags: UInt16
    ) {
        let place = master.map { " to bridge \($0)" } ?? ""
        add(RTNetlink.newLink, flags: flags, "adding veth \"\(name)\"\(place)") { out in
            out.link(flags: 1, change: 1)
            out.attribute(LinkAttribute.name, text: name)
            if let mtu { out.attribute(LinkAttribute.mtu, mtu) }
            if let master { out.attribute(LinkAttribute.master, master) }
            out.nested(LinkAttribute.information) { out in
                out.attribute(LinkAttribute.kind, text: "veth")
                out.nested(LinkAttribute.data) { out in
                    out.nested(1 /* VETH_INFO_PEER */) { out in
                        out.link()
                        out.attribute(LinkAttribute.name, text: peerName)
                        if let peerMAC { out.attribute(LinkAttribute.address, peerMAC.bytes) }
                        if let mtu { out.attribute(LinkAttribute.mtu, mtu) }
                        if let peerNamespace { out.attribute(LinkAttribute.namespace, peerNamespace) }
                    }
                }
            }
        }
    }

    /// A device with an Ethernet address of its own on the link of `parent`, made in another namespace, still down.
    package mutating func addMACVLAN(
        parent: Int32, mode: MACVLANMode = .bridge, _ name: String, into namespace: Int32, mac: MACAddress? = nil, mtu: UInt32? = nil
    ) {
        addSubdevice("macvlan", of: parent, name, namespace, mac, mtu) { $0.attribute(1 /* IFLA_MACVLAN_MODE */, mode.rawValue) }
    }

    /// A device with IP addresses of its own on the link of `parent`, made in another namespace, still down.
    package mutating func addIPVLAN(parent: Int32, mode: IPVLANMode = .l2, _ name: String, into namespace: Int32, mtu: UInt32? = nil) {
        addSubdevice("ipvlan", of: parent, name, namespace, nil, mtu) { $0.attribute(1 /* IFLA_IPVLAN_MODE */, mode.rawValue) }
    }

    private mutating func addSubdevice(
        _ kind: String, of parent: Int32, _ name: String, _ namespace: Int32, _ mac: MACAddress?, _ mtu: UInt32?,
        _ data: (inout NetlinkBytes) -> Void
    ) {
        add(RTNetlink.newLink, flags: create, "adding \(kind) \"\(name)\" of device \(parent)") { out in
            out.link()
            out.attribute(LinkAttribute.name, text: name)
            out.attribute(LinkAttribute.link, parent)
            out.attribute(LinkAttribute.namespace, namespace)
            if let mac { out.attribute(LinkAttribute.address, mac.bytes) }
            if let mtu { out.attribute(LinkAttribute.mtu, mtu) }
            out.nested(LinkAttribute.information) { out in
                out.attribute(LinkAttribute.kind, text: kind)
                out.nested(LinkAttribute.data, data)
            }
        }
    }

    package mutating func set(_ link: LinkName, up: Bool) {
        change(link, "switching \(link) \(up ? "on" : "off")", flags: up ? 1 : 0, change: 1) { _ in }
    }

    /// By index only: a name in the request is the new one.
    package mutating func rename(_ index: Int32, to name: String) {
        change(.index(index), "renaming device \(index) to \"\(name)\"") { $0.attribute(LinkAttribute.name, text: name) }
    }

    package mutating func setMaster(_ link: LinkName, _ master: Int32?) {
        let what = master.map { "adding \(link) to bridge \($0)" } ?? "taking \(link) out of its bridge"
        change(link, what) { $0.attribute(LinkAttribute.master, master ?? 0) }
    }

    package mutating func setAddress(_ link: LinkName, _ mac: MACAddress) {
        change(link, "giving \(link) the address \(mac)") { $0.attribute(LinkAttribute.address, mac.bytes) }
    }

    package mutating func setMTU(_ link: LinkName, _ mtu: UInt32) {
        change(link, "giving \(link) an MTU of \(mtu)") { $0.attribute(LinkAttribute.mtu, mtu) }
    }

    package mutating func delete(_ link: LinkName) {
        add(RTNetlink.deleteLink, "deleting \(link)") { $0.link(link) }
    }

    /// Settings of IPv4 that have a file each in /proc/sys/net/ipv4/conf/DEVICE.
    package enum Setting: UInt16, Sendable {
        /// Packets that come in here are sent on.
        case forwarding = 1
        /// 0: sources are not checked against the routes. The higher one of this and `all` counts.
        case reversePathFilter = 8
        /// Packets for 127.0.0.0/8 may come from and go to this device.
        case routeLocalnet = 26
    }

    /// IPv4 only: IPv6 has no such request, see `Sysctl`.
    package mutating func set(_ link: LinkName, _ setting: Setting, _ value: UInt32) {
        change(link, "setting \(setting) of \(link) to \(value)") { out in
            out.nested(LinkAttribute.familySettings) { out in
                out.nested(UInt16(AddressFamily.ipv4)) { out in
                    out.nested(LinkAttribute.configuration) { $0.attribute(setting.rawValue, value) }
                }
            }
        }
    }

    /// The device gets no IPv6 address by itself: ports of a bridge need none. No failure where there is no IPv6.
    package mutating func withoutLinkLocal(_ link: LinkName) {
        let code = Errno.other(97 /* EAFNOSUPPORT */)
        change(link, "setting the IPv6 address generation of \(link)", tolerating: [code]) { out in
            out.nested(LinkAttribute.familySettings) { out in
                out.nested(UInt16(AddressFamily.ipv6)) { $0.attribute(LinkAttribute.addressGeneration, UInt8(1) /* NONE */) }
            }
        }
    }

    private mutating func change(
        _ link: LinkName, _ what: @autoclosure @escaping () -> String, flags: UInt32 = 0, change: UInt32 = 0, tolerating: [Errno] = [],
        _ body: (inout NetlinkBytes) -> Void
    ) {
        add(RTNetlink.setLink, what(), tolerating: tolerating) { out in
            out.link(link, flags: flags, change: change)
            body(&out)
        }
    }
}

extension NetlinkBytes {
    mutating func link(_ link: LinkName, flags: UInt32 = 0, change: UInt32 = 0) {
        switch link {
        case .index(let index): self.link(index: index, flags: flags, change: change)
        case .name(let name):
            self.link(flags: flags, change: change)
            attribute(LinkAttribute.name, text: name)
        }
    }
}
