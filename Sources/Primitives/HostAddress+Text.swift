extension HostAddress: CustomStringConvertible {
    package var isIPv6: Bool { bytes.count == 16 }

    /// 4 or 16 bytes, network order; `nil` for any other count.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.init(checked: bytes)
    }

    /// The text of RFC 5952 for IPv6: no leading zeros, the longest run of two or more zero groups as `::`.
    package var description: String {
        guard isIPv6 else { return bytes.map { String($0) }.joined(separator: ".") }
        if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xFF, bytes[11] == 0xFF {
            return "::ffff:" + bytes[12...].map { String($0) }.joined(separator: ".")
        }
        let groups = (0..<8).map { UInt16(bytes[2 * $0]) << 8 | UInt16(bytes[2 * $0 + 1]) }
        var best = 0..<0
        var start = 0
        while start < 8 {
            guard groups[start] == 0 else {
                start += 1
                continue
            }
            let end = groups[start...].firstIndex { $0 != 0 } ?? 8
            if end - start > max(best.count, 1) { best = start..<end }
            start = end
        }
        func text(_ range: Range<Int>) -> String { groups[range].map { String($0, radix: 16) }.joined(separator: ":") }
        return best.isEmpty ? text(0..<8) : text(0..<best.lowerBound) + "::" + text(best.upperBound..<8)
    }

    /// The address `offset` after this one, `nil` beyond the last.
    package func advanced(by offset: UInt64) -> HostAddress? {
        var out = bytes
        var carry = offset
        var index = out.count - 1
        while carry > 0, index >= 0 {
            let sum = UInt64(out[index]) + (carry & 255)
            out[index] = UInt8(sum & 255)
            carry = (carry >> 8) + (sum >> 8)
            index -= 1
        }
        return carry > 0 ? nil : HostAddress(checked: out)
    }
}

/// A network in CIDR form: an address whose host bits are clear, and how many bits name the network.
package struct IPSubnet: Hashable, Sendable, CustomStringConvertible {
    package let address: HostAddress
    package let bits: Int

    /// Host bits are cleared. `nil` when the family has not so many bits.
    package init?(_ address: HostAddress, bits: Int) {
        guard (0...address.bytes.count * 8).contains(bits) else { return nil }
        self.bits = bits
        self.address = HostAddress(checked: Self.masked(address.bytes, bits))
    }

    /// `ADDRESS/BITS`, strict; host bits may be set in the text.
    package init?(_ text: some StringProtocol) {
        guard let split = Self.split(text) else { return nil }
        self.init(split.address, bits: split.bits)
    }

    /// The parts of `ADDRESS/BITS`, the address with its host bits.
    package static func split(_ text: some StringProtocol) -> (address: HostAddress, bits: Int)? {
        guard let slash = text.utf8.firstIndex(of: 0x2F), let address = HostAddress(text[..<slash]) else { return nil }
        let digits = text[text.utf8.index(after: slash)...]
        guard (1...3).contains(digits.utf8.count), digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }), digits == "0" || digits.utf8.first != 0x30,
            let bits = Int(digits), bits <= address.bytes.count * 8
        else { return nil }
        return (address, bits)
    }

    package var description: String { "\(address)/\(bits)" }
    package var isIPv6: Bool { address.isIPv6 }

    package func contains(_ other: HostAddress) -> Bool { other.isWithin(address, bits: bits) }
    package func overlaps(_ other: IPSubnet) -> Bool {
        address.isIPv6 == other.address.isIPv6 && (contains(other.address) || other.contains(address))
    }

    /// The last address: of IPv4, the one that reaches everybody.
    package var last: HostAddress {
        HostAddress(
            checked: address.bytes.enumerated().map { index, byte in
                let own = max(0, min(8, bits - 8 * index))
                return byte | UInt8(truncatingIfNeeded: 0xFF >> own)
            })
    }

    private static func masked(_ bytes: [UInt8], _ bits: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            let own = max(0, min(8, bits - 8 * index))
            return byte & UInt8(truncatingIfNeeded: 0xFF00 >> own)
        }
    }
}
