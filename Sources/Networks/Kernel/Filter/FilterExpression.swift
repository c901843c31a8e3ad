package import Primitives

/// One step of a rule. Steps that load put bytes where the next one compares them; a comparison that is not so ends the rule.
package enum FilterExpression: Equatable, Sendable {
    case load(FilterMeta)
    /// Bytes of the packet.
    case bytes(FilterHeader, offset: Int, count: Int)
    /// Of what is loaded only these bits.
    case masked([UInt8])
    case equals([UInt8])
    case differs([UInt8])
    /// Whether what is loaded is in a set of the table.
    case isIn(String)
    case isNotIn(String)
    /// Loads the state that connection tracking gives the packet: its use switches tracking on in the namespace.
    case connectionState
    /// Loads whether the socket that the packet belongs to is transparent (IP_TRANSPARENT); without a socket the rule ends.
    case socketIsTransparent

    case setMark(UInt32)
    /// Writes bytes over the packet's, and keeps the checksum right that stands at `checksum` of the transport header.
    case write([UInt8], offset: Int, checksum: Int)
    /// Connection tracking leaves the packet alone. Only before it: priority `raw`.
    case notrack
    /// The packet goes to the transparent socket that listens there. Prerouting only.
    case transparentProxy(HostAddress, port: UInt16)
    case masquerade
    case translateDestination(HostAddress, port: UInt16?)
    case translateSource(HostAddress)
    case rejectTCP
    /// An ICMP or ICMPv6 message of this code, by the family of the packet.
    case reject(Unreachable)
    case verdict(FilterVerdict)

    /// Codes for both families (NFT_REJECT_ICMPX_*).
    package enum Unreachable: UInt8, Sendable { case noRoute, port, host, prohibited }
}

/// Conditions and actions as they are mostly wanted.
extension [FilterExpression] {
    package static func from(_ device: String) -> Self { [.load(.inputName), .equals(FilterBatch.deviceKey(device))] }
    package static func to(_ device: String) -> Self { [.load(.outputName), .equals(FilterBatch.deviceKey(device))] }
    package static func from(set: String) -> Self { [.load(.inputName), .isIn(set)] }
    package static func to(set: String) -> Self { [.load(.outputName), .isIn(set)] }
    package static func family(_ family: FilterFamily) -> Self { [.load(.family), .equals([family.rawValue])] }
    package static func transport(_ transport: Transport) -> Self { [.load(.transport), .equals([transport.rawValue])] }
    package static func mark(_ mark: UInt32) -> Self { [.load(.mark), .equals(Swift.withUnsafeBytes(of: mark) { [UInt8]($0) })] }
    package static func socket(transparent: Bool) -> Self { [.socketIsTransparent, .equals([transparent ? 1 : 0])] }
    package static func sourcePort(_ port: UInt16) -> Self { [.bytes(.transport, offset: 0, count: 2), .equals(port.networkBytes)] }
    package static func destinationPort(_ port: UInt16) -> Self { [.bytes(.transport, offset: 2, count: 2), .equals(port.networkBytes)] }

    /// Any of these states (bits as NF_CT_STATE_BIT makes them).
    package static func connection(_ states: UInt32...) -> Self {
        let mask = states.reduce(0, |)
        return [.connectionState, .masked(Swift.withUnsafeBytes(of: mask) { [UInt8]($0) }), .differs([0, 0, 0, 0])]
    }

    package static func source(_ address: HostAddress) -> Self {
        [.bytes(.network, offset: address.isIPv6 ? 8 : 12, count: address.bytes.count), .equals(address.bytes)]
    }
    package static func destination(_ address: HostAddress) -> Self {
        [.bytes(.network, offset: address.isIPv6 ? 24 : 16, count: address.bytes.count), .equals(address.bytes)]
    }
    package static func destination(in set: String, v6: Bool) -> Self { destinationBytes(v6) + [.isIn(set)] }
    package static func destination(notIn set: String, v6: Bool) -> Self { destinationBytes(v6) + [.isNotIn(set)] }
    private static func destinationBytes(_ v6: Bool) -> Self { [.bytes(.network, offset: v6 ? 24 : 16, count: v6 ? 16 : 4)] }

    package static func writeSourcePort(_ port: UInt16, _ transport: Transport) -> Self {
        [.write(port.networkBytes, offset: 0, checksum: transport == .tcp ? 16 : 6)]
    }
    package static func writeDestinationPort(_ port: UInt16, _ transport: Transport) -> Self {
        [.write(port.networkBytes, offset: 2, checksum: transport == .tcp ? 16 : 6)]
    }
    package static var accept: Self { [.verdict(.accept)] }

    /// Protocols above IP, by number.
    package enum Transport: UInt8, Sendable {
        case icmp = 1
        case tcp = 6
        case udp = 17
        case icmpv6 = 58
    }
}

/// States for `connection`.
package enum ConnectionState {
    package static let established: UInt32 = 2
    package static let related: UInt32 = 4
}

extension UInt16 {
    /// Network order.
    var networkBytes: [UInt8] { [UInt8(self >> 8), UInt8(self & 255)] }
}
