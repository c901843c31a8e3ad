/// RFC 4648, section 4.
package enum Base64 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    package static func encode(_ text: String) -> String {
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: 3) {
            let group = bytes[start..<min(start + 3, bytes.count)]
            let value = group.reduce(0) { $0 << 8 | UInt32($1) } << UInt32(8 * (3 - group.count))
            for place in 0..<4 {
                out.append(place <= group.count ? alphabet[Int(value >> UInt32(18 - 6 * place)) & 63] : 0x3D)
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// `nil` for anything but complete groups with correct padding, or none at all at the end.
    static func decode(_ text: String) -> [UInt8]? {
        var out: [UInt8] = []
        var value: UInt32 = 0
        var bits = 0
        let digits = text.utf8.prefix { $0 != 0x3D }
        let padding = text.utf8.count - digits.count
        guard padding <= 2, text.utf8.suffix(padding).allSatisfy({ $0 == 0x3D }), padding == 0 || text.utf8.count % 4 == 0,
            digits.count % 4 != 1
        else { return nil }
        for byte in digits {
            guard let digit = alphabet.firstIndex(of: byte) else { return nil }
            value = value << 6 | UInt32(digit)
            bits += 6
            if bits >= 8 {
                bits -= 8
                out.append(UInt8(truncatingIfNeeded: value >> UInt32(bits)))
            }
        }
        return out
    }
}
