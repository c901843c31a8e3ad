package import Primitives

/// An Ethernet address: 6 bytes.
package struct MACAddress: Hashable, Sendable, CustomStringConvertible {
    package let bytes: [UInt8]

    package init?(bytes: [UInt8]) {
        guard bytes.count == 6 else { return nil }
        self.bytes = bytes
    }

    /// Six pairs of hexadecimal digits between colons or dashes, or three groups of four between dots, in any case.
    package init?(_ text: some StringProtocol) {
        let characters = Array(text.utf8)
        let (separator, group): (UInt8, Int)
        switch characters.count {
        case 17: (separator, group) = (characters[2], 2)
        case 14: (separator, group) = (UInt8(ascii: "."), 4)
        default: return nil
        }
        guard separator == UInt8(ascii: ":") || separator == UInt8(ascii: "-") || group == 4 else { return nil }
        var digits: [UInt8] = []
        for (index, character) in characters.enumerated() {
            if index % (group + 1) == group {
                guard character == separator else { return nil }
            } else {
                guard let digit = Self.digit(character) else { return nil }
                digits.append(digit)
            }
        }
        bytes = (0..<6).map { digits[2 * $0] << 4 | digits[2 * $0 + 1] }
    }

    /// The one that docker gives to an endpoint: `02:42` (administered locally) and the four bytes of its IPv4 address; of IPv6 the
    /// last four.
    package init(for address: HostAddress) { bytes = [0x02, 0x42] + address.bytes.suffix(4) }

    /// Names one interface, not a group of them.
    package var isUnicast: Bool { bytes[0] & 1 == 0 && bytes.contains { $0 != 0 } }

    /// The IPv6 address that an interface gives itself on its link (RFC 4291, appendix A): fe80::/64 and this address,
    /// the second lowest bit of the first byte turned over, ff:fe in the middle.
    package var linkLocal: HostAddress? {
        HostAddress(bytes: [0xFE, 0x80, 0, 0, 0, 0, 0, 0, bytes[0] ^ 2, bytes[1], bytes[2], 0xFF, 0xFE] + bytes[3...])
    }

    package var description: String {
        bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
