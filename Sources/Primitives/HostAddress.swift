/// A literal IPv4 or IPv6 address, for the rules about addresses. Names are never resolved here.
package struct HostAddress: Hashable, Sendable {
    /// 4 or 16 bytes, network order.
    package let bytes: [UInt8]

    /// Strict: four decimal numbers, or RFC 4291 text without a zone; `nil` for everything else.
    package init?(_ text: some StringProtocol) {
        guard let bytes = text.utf8.contains(0x3A) ? Self.ipv6(text) : Self.ipv4(text) else { return nil }
        self.bytes = bytes
    }

    init(checked bytes: [UInt8]) { self.bytes = bytes }

    package var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes.dropLast().allSatisfy { $0 == 0 } && bytes[15] == 1
    }

    /// True when the first `bits` bits are those of `network`.
    package func isWithin(_ network: HostAddress, bits: Int) -> Bool {
        guard bytes.count == network.bytes.count else { return false }
        return (0..<bits).allSatisfy { bit in (bytes[bit / 8] ^ network.bytes[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0 }
    }

    private static func ipv4(_ text: some StringProtocol) -> [UInt8]? {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var out: [UInt8] = []
        for part in parts {
            guard part.utf8.count <= 3, part.utf8.allSatisfy({ $0 &- 0x30 < 10 }), part == "0" || part.first != "0",
                let value = UInt8(part)
            else { return nil }
            out.append(value)
        }
        return out
    }

    private static func ipv6(_ text: some StringProtocol) -> [UInt8]? {
        guard text.utf8.count <= 45 else { return nil }
        func groups(_ part: some StringProtocol) -> [UInt8]? {
            if part.isEmpty { return [] }
            var out: [UInt8] = []
            let words = part.split(separator: ":", omittingEmptySubsequences: false)
            for (index, word) in words.enumerated() {
                if index == words.count - 1, word.utf8.contains(0x2E) {
                    guard let tail = ipv4(word) else { return nil }
                    out += tail
                    continue
                }
                guard (1...4).contains(word.utf8.count), word.utf8.allSatisfy({ $0 != 0x2B && $0 != 0x2D }),
                    let value = UInt16(word, radix: 16)
                else { return nil }
                out += [UInt8(value >> 8), UInt8(value & 255)]
            }
            return out
        }
        let characters = Array(text.utf8)
        guard let gap = characters.indices.dropLast().first(where: { characters[$0] == 0x3A && characters[$0 + 1] == 0x3A }) else {
            guard let all = groups(text), all.count == 16 else { return nil }
            return all
        }
        let left = String(decoding: characters[..<gap], as: UTF8.self)
        let right = String(decoding: characters[(gap + 2)...], as: UTF8.self)
        guard let before = groups(left), let after = groups(right), before.count + after.count <= 14, !left.utf8.contains(0x2E) else {
            return nil
        }
        return before + [UInt8](repeating: 0, count: 16 - before.count - after.count) + after
    }
}
