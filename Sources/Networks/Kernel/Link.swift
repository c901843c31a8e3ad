internal import LinuxSys
package import Primitives

/// A network device of a namespace, as rtnetlink tells it.
package struct Link: Equatable, Sendable {
    package let index: Int32
    package let name: String
    /// `nil` for devices without one.
    package let mac: MACAddress?
    package let mtu: UInt32
    /// IFF_UP: switched on, which does not say that it has a carrier.
    package let isUp: Bool
    /// IFF_RUNNING: packets pass. After a device and the other end of its cable are on, the kernel takes a moment for it.
    package let isRunning: Bool
    /// The bridge it is a port of.
    package let master: Int32?
    /// `bridge`, `veth`, `macvlan`; `nil` for hardware and the loopback device.
    package let kind: String?
    /// Of a veth the index of its other end, in that end's namespace; of a macvlan its parent.
    package let peer: Int32?

    /// The body of an RTM_NEWLINK message: struct ifinfomsg, then attributes.
    init?(_ body: ArraySlice<UInt8>) {
        guard let index = body.dropFirst(4).number(Int32.self), let flags = body.dropFirst(8).number(UInt32.self) else { return nil }
        let attributes = NetlinkAttributes(body.dropFirst(16))
        var (name, mtu, kind) = ("", UInt32(0), String?.none)
        var (mac, master, peer) = (MACAddress?.none, Int32?.none, Int32?.none)
        for (type, value) in attributes {
            switch type {
            case LinkAttribute.name: name = value.text
            case LinkAttribute.address: mac = MACAddress(bytes: Array(value))
            case LinkAttribute.mtu: mtu = value.number(UInt32.self) ?? 0
            case LinkAttribute.master: master = value.number(Int32.self)
            case LinkAttribute.link: peer = value.number(Int32.self)
            case LinkAttribute.information: kind = NetlinkAttributes(value).first(LinkAttribute.kind)?.text
            default: break
            }
        }
        (self.index, self.name, self.mac, self.mtu, isUp) = (index, name, mac, mtu, flags & 1 != 0)
        (isRunning, self.master, self.kind, self.peer) = (flags & 0x40 != 0, master, kind, peer)
    }
}

/// An address of a device.
package struct LinkAddress: Equatable, Sendable {
    package let index: Int32
    package let address: HostAddress
    package let bits: Int
    package var subnet: IPSubnet? { IPSubnet(address, bits: bits) }

    /// The body of an RTM_NEWADDR message: struct ifaddrmsg, then attributes.
    init?(_ body: ArraySlice<UInt8>) {
        guard let bits = body.dropFirst(1).first, let index = body.dropFirst(4).number(Int32.self) else { return nil }
        let attributes = NetlinkAttributes(body.dropFirst(8))
        // IFA_LOCAL is the own address; IPv6 and links without a peer have IFA_ADDRESS alone.
        guard let value = attributes.first(2) ?? attributes.first(1), let address = HostAddress(bytes: Array(value)) else { return nil }
        (self.index, self.address, self.bits) = (index, address, Int(bits))
    }
}

/// A route of the main table.
package struct Route: Equatable, Sendable {
    /// `nil`: everything (the default route).
    package let destination: IPSubnet?
    package let gateway: HostAddress?
    package let index: Int32?
    package let isIPv6: Bool

    /// The body of an RTM_NEWROUTE message: struct rtmsg, then attributes. `nil` for what is no unicast route of the table.
    init?(_ body: ArraySlice<UInt8>) {
        guard body.count >= 12 else { return nil }
        let head = Array(body.prefix(12))
        let attributes = NetlinkAttributes(body.dropFirst(12))
        let table = attributes.first(15)?.number(UInt32.self) ?? UInt32(head[4])
        guard table == RTNetlink.mainTable, head[7] == RTNetlink.unicast else { return nil }
        isIPv6 = head[0] == AddressFamily.ipv6
        destination = attributes.first(1).flatMap { HostAddress(bytes: Array($0)) }.flatMap { IPSubnet($0, bits: Int(head[1])) }
        gateway = attributes.first(5).flatMap { HostAddress(bytes: Array($0)) }
        index = attributes.first(4)?.number(Int32.self)
    }
}
