/// Numbers of linux/netfilter/nf_tables.h and nfnetlink.h.
enum FilterMessage {
    static let batchBegin: UInt16 = 16
    static let batchEnd: UInt16 = 17
    /// NFNL_SUBSYS_NFTABLES, in the upper byte of a type.
    static let subsystem: UInt16 = 10
    static let newTable: UInt16 = 0xA00
    static let deleteTable: UInt16 = 0xA02
    static let newChain: UInt16 = 0xA03
    static let newRule: UInt16 = 0xA06
    static let newSet: UInt16 = 0xA09
    static let newElements: UInt16 = 0xA0C
}

/// The packets a table sees (NFPROTO_*).
package enum FilterFamily: UInt8, Sendable {
    case inet = 1
    case ipv4 = 2
    case ipv6 = 10
}

/// Where a packet is on its way through the namespace (NF_INET_*).
package enum FilterHook: UInt32, Sendable { case prerouting, input, forward, output, postrouting }

/// Lower ones see a packet first; the names of nft(8).
package enum FilterPriority: Int32, Sendable {
    /// Before connection tracking (-200).
    case raw = -300
    case mangle = -150
    case destinationNAT = -100
    case filter = 0
    case sourceNAT = 100
    case last = 300
}

package enum FilterVerdict: Equatable, Sendable {
    case accept, drop
    case jump(String)
    case back

    var code: Int32 {
        switch self {
        case .drop: 0
        case .accept: 1
        case .jump: -3
        case .back: -5
        }
    }
}

/// What the packet is known for besides its bytes (NFT_META_*).
package enum FilterMeta: UInt32, Sendable {
    case mark = 3
    /// Index of the device it goes out by.
    case output = 5
    case inputName = 6
    case outputName = 7
    /// IPv4 or IPv6 (`FilterFamily`).
    case family = 15
    /// The number of TCP, UDP, ICMP.
    case transport = 16
}

/// From where the offsets of a packet's bytes count.
package enum FilterHeader: UInt32, Sendable {
    case network = 1
    case transport
}

/// The kind of a set's elements, by the number that nft(8) shows it by, and how long one is.
package enum FilterKey: Sendable {
    case ipv4, ipv6, device

    var number: UInt32 {
        switch self {
        case .ipv4: 7
        case .ipv6: 8
        case .device: 41
        }
    }
    var size: Int {
        switch self {
        case .ipv4: 4
        case .ipv6, .device: 16
        }
    }
}
