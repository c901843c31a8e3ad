/// Numbers of rtnetlink(7) and of the headers linux/rtnetlink.h, if_link.h, if_addr.h, fib_rules.h.
enum RTNetlink {
    static let newLink: UInt16 = 16
    static let deleteLink: UInt16 = 17
    static let getLink: UInt16 = 18
    static let setLink: UInt16 = 19
    static let newAddress: UInt16 = 20
    static let deleteAddress: UInt16 = 21
    static let getAddress: UInt16 = 22
    static let newRoute: UInt16 = 24
    static let deleteRoute: UInt16 = 25
    static let getRoute: UInt16 = 26
    static let newRule: UInt16 = 32

    static let mainTable: UInt32 = 254
    static let unicast: UInt8 = 1
    static let local: UInt8 = 2
}

/// Flags of a request (NLM_F_*).
enum NetlinkFlags {
    static let request: UInt16 = 0x1
    /// The notification that the request causes also comes as its answer (of devices: Linux 6.2).
    static let echo: UInt16 = 0x8
    static let dump: UInt16 = 0x300
    static let replace: UInt16 = 0x100
    static let exclusive: UInt16 = 0x200
    static let create: UInt16 = 0x400
    static let append: UInt16 = 0x800
}

/// Address families, as netlink writes them.
enum AddressFamily {
    static let unspecified: UInt8 = 0
    static let ipv4: UInt8 = 2
    static let ipv6: UInt8 = 10
}

/// Attributes of a device (IFLA_*).
enum LinkAttribute {
    static let address: UInt16 = 1
    static let name: UInt16 = 3
    static let mtu: UInt16 = 4
    static let link: UInt16 = 5
    static let master: UInt16 = 10
    static let information: UInt16 = 18
    static let familySettings: UInt16 = 26
    static let namespace: UInt16 = 28
    static let extensions: UInt16 = 29
    /// Inside `information`.
    static let kind: UInt16 = 1
    static let data: UInt16 = 2
    /// Inside `familySettings` and AF_INET.
    static let configuration: UInt16 = 1
    /// Inside `familySettings` and AF_INET6.
    static let addressGeneration: UInt16 = 8
    /// RTEXT_FILTER_SKIP_STATS of `extensions`.
    static let withoutCounters: UInt32 = 8
}
