extension JSON {
    /// Which characters are written as `\u` escapes beside the mandatory ones.
    package enum Escaping: Sendable {
        /// What RFC 8259 demands, and U+2028 and U+2029 as Go always does: docker's `inspect` and `json` template function.
        case minimal
        /// Also `<`, `>` and `&`, as Go's default encoder.
        case html
    }

    /// One line without blanks, as Go's compact encoder.
    package func compact(_ escaping: Escaping = .minimal) -> String {
        var out: [UInt8] = []
        write(into: &out, indent: nil, level: 0, escaping)
        return String(decoding: out, as: UTF8.self)
    }

    /// Compact UTF-8 bytes, for files.
    package var bytes: [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(512)
        write(into: &out, indent: nil, level: 0, .minimal)
        return out
    }

    /// Indented by `indent` blanks per level, as Go's MarshalIndent; empty containers stay `[]` and `{}`.
    package func pretty(indent: Int = 4, _ escaping: Escaping = .minimal) -> String {
        var out: [UInt8] = []
        write(into: &out, indent: indent, level: 0, escaping)
        return String(decoding: out, as: UTF8.self)
    }

    private func write(into out: inout [UInt8], indent: Int?, level: Int, _ escaping: Escaping) {
        func newline(_ level: Int, into out: inout [UInt8]) {
            guard let indent else { return }
            out.append(0x0A)
            out.append(contentsOf: repeatElement(0x20, count: indent * level))
        }
        switch self {
        case .null: out.append(contentsOf: "null".utf8)
        case .bool(let value): out.append(contentsOf: (value ? "true" : "false").utf8)
        case .int(let value): out.append(contentsOf: String(value).utf8)
        case .double(let value): out.append(contentsOf: JSON.number(value).utf8)
        case .string(let value): JSON.quote(value, into: &out, escaping)
        case .array(let elements):
            out.append(UInt8(ascii: "["))
            for (index, element) in elements.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                newline(level + 1, into: &out)
                element.write(into: &out, indent: indent, level: level + 1, escaping)
            }
            if !elements.isEmpty { newline(level, into: &out) }
            out.append(UInt8(ascii: "]"))
        case .object(let object):
            out.append(UInt8(ascii: "{"))
            for (index, member) in object.members.enumerated() {
                if index > 0 { out.append(UInt8(ascii: ",")) }
                newline(level + 1, into: &out)
                JSON.quote(member.key, into: &out, escaping)
                out.append(UInt8(ascii: ":"))
                if indent != nil { out.append(0x20) }
                member.value.write(into: &out, indent: indent, level: level + 1, escaping)
            }
            if !object.isEmpty { newline(level, into: &out) }
            out.append(UInt8(ascii: "}"))
        }
    }

    /// Shortest text that reads back as the same number; whole numbers without a fraction, as Go's.
    private static func number(_ value: Double) -> String {
        if value == value.rounded(), abs(value) < 1e15 { return String(Int64(value)) }
        return String(value)
    }

    private static func quote(_ text: String, into out: inout [UInt8], _ escaping: Escaping) {
        out.append(0x22)
        // U+2028 and U+2029 begin with this byte; most texts go without.
        if escaping == .minimal, !text.utf8.contains(0xE2) {
            for byte in text.utf8 { escape(byte, into: &out, html: false) }
        } else {
            for scalar in text.unicodeScalars {
                switch scalar {
                case "\u{2028}": out.append(contentsOf: "\\u2028".utf8)
                case "\u{2029}": out.append(contentsOf: "\\u2029".utf8)
                default: for byte in UTF8.encode(scalar)! { escape(byte, into: &out, html: escaping == .html) }
                }
            }
        }
        out.append(0x22)
    }

    private static func escape(_ byte: UInt8, into out: inout [UInt8], html: Bool) {
        switch byte {
        case 0x22: out.append(contentsOf: "\\\"".utf8)
        case 0x5C: out.append(contentsOf: "\\\\".utf8)
        case 0x0A: out.append(contentsOf: "\\n".utf8)
        case 0x0D: out.append(contentsOf: "\\r".utf8)
        case 0x09: out.append(contentsOf: "\\t".utf8)
        case 0..<0x20: out.append(contentsOf: "\\u00\(hexadecimal([byte]))".utf8)
        case UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "&"):
            if html { out.append(contentsOf: "\\u00\(hexadecimal([byte]))".utf8) } else { out.append(byte) }
        default: out.append(byte)
        }
    }
}
