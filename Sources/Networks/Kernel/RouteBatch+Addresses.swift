internal import LinuxSys
package import Primitives

extension RouteBatch {
    /// IPv6 addresses are usable at once: nobody is asked whether they are taken.
    package mutating func addAddress(_ index: Int32, _ address: HostAddress, bits: Int) {
        let flags = NetlinkFlags.create | NetlinkFlags.exclusive
        add(RTNetlink.newAddress, flags: flags, "adding address \(address)/\(bits) to device \(index)") { out in
            out.address(index, address, bits)
            guard !address.isIPv6 else {
                out.attribute(8 /* IFA_FLAGS */, UInt32(0x02 /* NODAD */))
                return
            }
            if bits < 31, let subnet = IPSubnet(address, bits: bits) { out.attribute(4 /* IFA_BROADCAST */, subnet.last.bytes) }
        }
    }

    /// The link-local address that belongs to `mac`, usable at once: the one that the kernel makes itself is not for a second
    /// or two, in which it cannot even ask for the neighbour of a packet with a foreign source. To be added while the device
    /// is down.
    package mutating func addLinkLocal(_ index: Int32, _ mac: MACAddress) {
        withoutLinkLocal(.index(index))
        if let address = mac.linkLocal { addAddress(index, address, bits: 64) }
    }

    package mutating func deleteAddress(_ index: Int32, _ address: HostAddress, bits: Int) {
        add(RTNetlink.deleteAddress, "deleting address \(address)/\(bits) of device \(index)") { $0.address(index, address, bits) }
    }

    /// - Parameter destination: of one family with the gateway; a default route is one with 0 bits.
    /// - Parameter local: what matches is for this machine itself, whoever it is addressed to (RTN_LOCAL).
    package mutating func addRoute(
        _ destination: IPSubnet, via gateway: HostAddress? = nil, index: Int32, table: UInt32 = 254, local: Bool = false
    ) {
        let what = gateway.map { "via \($0)" } ?? "by device \(index)"
        add(RTNetlink.newRoute, flags: NetlinkFlags.create | NetlinkFlags.replace, "adding route \(destination) \(what)") { out in
            out.route(destination, gateway, index, table, local ? RTNetlink.local : RTNetlink.unicast)
        }
    }

    package mutating func deleteRoute(
        _ destination: IPSubnet, via gateway: HostAddress? = nil, index: Int32, table: UInt32 = 254, local: Bool = false
    ) {
        add(RTNetlink.deleteRoute, "deleting route \(destination)") { out in
            out.route(destination, gateway, index, table, local ? RTNetlink.local : RTNetlink.unicast)
        }
    }

    /// Packets with this mark take the routes of this table. Adding it twice is no failure.
    package mutating func addRule(mark: UInt32, table: UInt32, v6: Bool) {
        let what = "adding the routing rule for mark \(mark)"
        let flags = NetlinkFlags.create | NetlinkFlags.exclusive
        add(RTNetlink.newRule, flags: flags, what, tolerating: [.other(17 /* EEXIST */)]) { out in
            // struct fib_rule_hdr: family, lengths, tos, table, two reserved, action (FR_ACT_TO_TBL), flags.
            for byte: UInt8 in [v6 ? AddressFamily.ipv6 : AddressFamily.ipv4, 0, 0, 0, 0, 0, 0, 1] { out.append(byte) }
            out.append(UInt32(0))
            out.attribute(6 /* FRA_PRIORITY */, UInt32(100))
            out.attribute(10 /* FRA_FWMARK */, mark)
            out.attribute(15 /* FRA_TABLE */, table)
        }
    }
}

extension NetlinkBytes {
    /// struct ifaddrmsg and the address itself.
    fileprivate mutating func address(_ index: Int32, _ address: HostAddress, _ bits: Int) {
        for byte: UInt8 in [address.isIPv6 ? AddressFamily.ipv6 : AddressFamily.ipv4, UInt8(bits), 0, 0] { append(byte) }
        append(index)
        attribute(2 /* IFA_LOCAL */, address.bytes)
        attribute(1 /* IFA_ADDRESS */, address.bytes)
    }

    /// struct rtmsg and its attributes.
    fileprivate mutating func route(_ destination: IPSubnet, _ gateway: HostAddress?, _ index: Int32, _ table: UInt32, _ type: UInt8) {
        // A local route ends here (host), one without a gateway at the next device (link), others anywhere (universe).
        let scope: UInt8 = destination.isIPv6 ? 0 : type == RTNetlink.local ? 254 : gateway == nil ? 253 : 0
        let family = destination.isIPv6 ? AddressFamily.ipv6 : AddressFamily.ipv4
        let static_: UInt8 = 4
        for byte: UInt8 in [family, UInt8(destination.bits), 0, 0, table < 256 ? UInt8(table) : 0, static_, scope, type] { append(byte) }
        append(UInt32(0))
        if destination.bits > 0 { attribute(1 /* RTA_DST */, destination.address.bytes) }
        if let gateway { attribute(5 /* RTA_GATEWAY */, gateway.bytes) }
        attribute(4 /* RTA_OIF */, index)
        attribute(15 /* RTA_TABLE */, table)
    }
}
