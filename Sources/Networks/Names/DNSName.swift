package import Primitives

/// A domain name as it stands in a message: labels after their lengths, in the case it was sent, with the empty label of the
/// root at the end (RFC 1035 section 3.1). Never compressed.
package struct DNSName: Equatable, Sendable {
    package let wire: [UInt8]

    /// Reads the name at `position` and moves behind it. `nil` for one that is cut, too long or compressed: the name of a
    /// question is the first of its message, so there is nothing it could point to.
    init?(_ bytes: [UInt8], at position: inout Int) {
        var end = position
        while end < bytes.count, bytes[end] != 0 {
            let length = Int(bytes[end])
            guard length <= DNSMessage.labelBytesMax else { return nil }
            end += 1 + length
            guard end - position < DNSMessage.nameBytesMax else { return nil }
        }
        guard end < bytes.count else { return nil }
        wire = Array(bytes[position...end])
        position = end + 1
    }

    /// The name written with dots; `nil` when it cannot be one.
    package init?(_ text: String) {
        var out: [UInt8] = []
        for label in text.utf8.split(separator: 0x2E, omittingEmptySubsequences: false) {
            guard (1...DNSMessage.labelBytesMax).contains(label.count) else { return nil }
            out.append(UInt8(label.count))
            out.append(contentsOf: label)
        }
        guard !out.isEmpty, out.count < DNSMessage.nameBytesMax else { return nil }
        wire = out + [0]
    }

    /// Equal for names that are equal (RFC 4343): the letters of ASCII in lower case.
    var folded: [UInt8] { wire.map(NameKey.folded) }

    /// The labels from the first on.
    var labels: [ArraySlice<UInt8>] {
        var out: [ArraySlice<UInt8>] = []
        var position = 0
        while wire[position] != 0 {
            let end = position + 1 + Int(wire[position])
            out.append(wire[(position + 1)..<end])
            position = end
        }
        return out
    }

    /// Skips a name that may be compressed, without looking where it points. `nil` when it is cut.
    static func skip(_ bytes: [UInt8], at position: Int) -> Int? {
        var position = position
        while position < bytes.count {
            let length = Int(bytes[position])
            if length == 0 { return position + 1 }
            if length >= 0xC0 { return position + 2 <= bytes.count ? position + 2 : nil }
            guard length <= DNSMessage.labelBytesMax else { return nil }
            position += 1 + length
        }
        return nil
    }
}

extension DNSName {
    /// The address whose name this asks for (RFC 1035 section 3.5, RFC 3596 section 2.5); `nil` when it is not a whole one.
    var reversedAddress: HostAddress? {
        let labels = labels.map { $0.map(NameKey.folded) }
        guard labels.count > 2, labels[labels.count - 1] == Array("arpa".utf8) else { return nil }
        let parts = labels.dropLast(2).reversed()
        switch (labels[labels.count - 2], parts.count) {
        case (Array("in-addr".utf8), 4):
            return HostAddress(parts.map { String(decoding: $0, as: UTF8.self) }.joined(separator: "."))
        case (Array("ip6".utf8), 32):
            var bytes: [UInt8] = []
            for (index, part) in parts.enumerated() {
                guard part.count == 1, let digit = Character(UnicodeScalar(part[0])).hexDigitValue else { return nil }
                if index % 2 == 0 { bytes.append(UInt8(digit) << 4) } else { bytes[index / 2] |= UInt8(digit) }
            }
            return HostAddress(bytes: bytes)
        default: return nil
        }
    }

    /// The name to ask for to learn an address's name.
    package init?(reversing address: HostAddress) {
        let text =
            address.isIPv6
            ? address.bytes.reversed().map { "\(String($0 & 15, radix: 16)).\(String($0 >> 4, radix: 16))." }.joined() + "ip6.arpa"
            : address.bytes.reversed().map { "\($0)." }.joined() + "in-addr.arpa"
        self.init(text)
    }
}

/// A name of the user's as it is looked up: written with dots, without the last one, ASCII letters in lower case.
struct NameKey: Hashable, Sendable {
    let bytes: [UInt8]

    init(_ text: String) { self.init(bytes: text.utf8.map(Self.folded)) }

    private init(bytes: [UInt8]) { self.bytes = bytes.last == 0x2E ? Array(bytes.dropLast()) : bytes }

    /// `nil` when a label contains a dot itself: such a name is nobody's.
    init?(_ name: DNSName) {
        var out: [UInt8] = []
        out.reserveCapacity(name.wire.count)
        var left = 0
        for byte in name.wire.dropLast() {
            if left == 0 {
                left = Int(byte)
                if !out.isEmpty { out.append(0x2E) }
                continue
            }
            left -= 1
            guard byte != 0x2E else { return nil }
            out.append(Self.folded(byte))
        }
        bytes = out
    }

    /// This name without `.suffix` at its end; `nil` when it does not end so.
    func removing(suffix: NameKey) -> NameKey? {
        let rest = bytes.count - suffix.bytes.count - 1
        guard rest > 0, bytes[rest] == 0x2E, bytes[(rest + 1)...].elementsEqual(suffix.bytes) else { return nil }
        return NameKey(bytes: Array(bytes[..<rest]))
    }

    static func folded(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
}
