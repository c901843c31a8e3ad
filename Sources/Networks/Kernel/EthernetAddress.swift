package import Primitives

/// The six bytes that name an interface on its link.
package struct EthernetAddress: Hashable, Sendable, CustomStringConvertible {
    package let bytes: [UInt8]

    /// `nil` unless there are six.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 6 else { return nil }
        self.bytes = Array(bytes)
    }

    /// Six pairs of hexadecimal digits with colons or dashes between them: `02:42:ac:11:00:02`.
    package init?(_ text: some StringProtocol) {
        let utf8 = Array(text.utf8)
        guard utf8.count == 17 else { return nil }
        var out: [UInt8] = []
        for index in stride(from: 0, to: 17, by: 3) {
            guard let high = Self.digit(utf8[index]), let low = Self.digit(utf8[index + 1]) else { return nil }
            out.append(high << 4 | low)
            if index < 15, utf8[index + 2] != utf8[2] { return nil }
        }
        guard utf8[2] == 0x3A || utf8[2] == 0x2D else { return nil }
        bytes = out
    }

    /// docker's scheme: 02:42, then the IPv4 address; `nil` for IPv6.
    package init?(for address: HostAddress) {
        guard address.bytes.count == 4 else { return nil }
        bytes = [0x02, 0x42] + address.bytes
    }

    /// The IPv6 address that an interface gives itself on its link (RFC 4291, appendix A): fe80::/64 and this address,
    /// the second lowest bit of the first byte turned over, ff:fe in the middle.
    package var linkLocal: HostAddress? {
        HostAddress(bytes: [0xFE, 0x80, 0, 0, 0, 0, 0, 0, bytes[0] ^ 2, bytes[1], bytes[2], 0xFF, 0xFE] + bytes[3...])
    }

    package var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }

    /// Names one interface, not a group of them.
    package var isUnicast: Bool { bytes[0] & 1 == 0 && bytes.contains { $0 != 0 } }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
