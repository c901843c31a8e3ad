package import Primitives

/// The keys that leave an attached container running.
package enum DetachKeySequence {
    /// ctrl-p, ctrl-q.
    package static let standard: [UInt8] = [0x10, 0x11]

    /// Keys between commas: `ctrl-` with a letter or one of `@[\]^_`, `DEL`, or a single ASCII character.
    /// - Returns: The bytes a terminal sends; `standard` for an empty text.
    /// - Throws: `.invalid` with docker's text.
    package static func parse(_ text: String) throws(Failure) -> [UInt8] {
        if text.isEmpty { return standard }
        var bytes: [UInt8] = []
        for key in text.parts(",") {
            guard let byte = code(key) else { throw Failure(.invalid, "Invalid detach keys (\(text)) provided") }
            bytes.append(byte)
        }
        return bytes
    }

    private static func code(_ key: String) -> UInt8? {
        if key.utf8.count == 1 { return key.utf8.first }
        if key == "DEL" { return 0x7f }
        guard key.hasPrefix("ctrl-"), key.utf8.count == 6, let byte = key.utf8.last else { return nil }
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"): return byte - UInt8(ascii: "a") + 1
        case UInt8(ascii: "@"), UInt8(ascii: "[")...UInt8(ascii: "_"): return byte - UInt8(ascii: "@")
        default: return nil
        }
    }
}
