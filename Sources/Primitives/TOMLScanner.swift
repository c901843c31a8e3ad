/// The bytes of a TOML document and where reading stands: keys, strings, numbers.
struct TOMLScanner {
    private let bytes: [UInt8]
    private var position = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    var byte: UInt8? { position < bytes.count ? bytes[position] : nil }
    mutating func advance() { position += 1 }

    func failure(_ text: String) -> Failure {
        let lines = bytes[..<min(position, bytes.count)].filter { $0 == 0x0A }.count
        return Failure(.invalid, "line \(lines + 1): \(text)")
    }

    /// The whole text is UTF-8 without control characters but tabs and line ends.
    mutating func checkText() throws(Failure) {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        for (index, byte) in bytes.enumerated() {
            let isEnd = byte == 0x0A || (byte == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A)
            if byte >= 0x20 && byte != 0x7F || byte == 0x09 || isEnd { continue }
            position = index
            throw failure("a control character")
        }
        guard String(validating: bytes, as: UTF8.self) != nil else { throw Failure(.invalid, "not UTF-8") }
    }

    mutating func skipBlanks() { while let byte, byte == 0x20 || byte == 0x09 { position += 1 } }

    /// Blanks, line ends and comments.
    mutating func skipBlankLines() {
        while let byte {
            switch byte {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            case UInt8(ascii: "#"): skipComment()
            default: return
            }
        }
    }

    private mutating func skipComment() { while let byte, byte != 0x0A { position += 1 } }

    /// Nothing but a comment may follow on this line.
    mutating func endOfLine() throws(Failure) {
        skipBlanks()
        if byte == UInt8(ascii: "#") { skipComment() }
        if byte == 0x0D { position += 1 }
        guard byte == nil || byte == 0x0A else { throw failure("expected the end of the line") }
    }

    mutating func expect(_ wanted: UInt8) throws(Failure) {
        skipBlanks()
        guard byte == wanted else { throw failure("expected \"\(Unicode.Scalar(wanted))\"") }
        position += 1
    }

    private static func isBare(_ byte: UInt8) -> Bool {
        (byte | 0x20) &- 0x61 < 26 || byte &- 0x30 < 10 || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
    }

    /// A bare or quoted key, on one line.
    mutating func key() throws(Failure) -> String {
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
            guard !isTripled else { throw failure("a key cannot have several lines") }
            return try string()
        }
        let start = position
        while let byte, Self.isBare(byte) { position += 1 }
        guard position > start else { throw failure("expected a key") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    // MARK: strings

    private var isTripled: Bool {
        position + 2 < bytes.count && bytes[position + 1] == bytes[position] && bytes[position + 2] == bytes[position]
    }

    /// Any of the four kinds of strings.
    mutating func string() throws(Failure) -> String {
        let quote = bytes[position]
        let hasLines = isTripled
        position += hasLines ? 3 : 1
        if hasLines { skipLineEnd() }
        var out: [UInt8] = []
        while let byte {
            if byte == quote {
                if !hasLines {
                    position += 1
                    return String(decoding: out, as: UTF8.self)
                }
                var count = 0
                while self.byte == quote, count < 5 {
                    count += 1
                    position += 1
                }
                // Up to two quotes may stand before the three that end it.
                out += [UInt8](repeating: quote, count: count >= 3 ? count - 3 : count)
                if count >= 3 { return String(decoding: out, as: UTF8.self) }
            } else if byte == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") {
                position += 1
                if hasLines, skipsToNextText() { continue }
                out += try escape()
            } else if byte == 0x0A || byte == 0x0D, !hasLines {
                throw failure("a string without an end")
            } else {
                out.append(byte)
                position += 1
            }
        }
        throw failure("a string without an end")
    }

    private mutating func skipLineEnd() {
        if byte == 0x0D { position += 1 }
        if byte == 0x0A { position += 1 }
    }

    /// After a backslash at the end of a line: all blanks and line ends that follow are left out.
    private mutating func skipsToNextText() -> Bool {
        var end = position
        while end < bytes.count, bytes[end] == 0x20 || bytes[end] == 0x09 || bytes[end] == 0x0D { end += 1 }
        guard end < bytes.count, bytes[end] == 0x0A else { return false }
        position = end
        while let byte, byte == 0x20 || byte == 0x09 || byte == 0x0A || byte == 0x0D { position += 1 }
        return true
    }

    private mutating func escape() throws(Failure) -> [UInt8] {
        guard let byte else { throw failure("a string without an end") }
        position += 1
        switch byte {
        case UInt8(ascii: "b"): return [0x08]
        case UInt8(ascii: "t"): return [0x09]
        case UInt8(ascii: "n"): return [0x0A]
        case UInt8(ascii: "f"): return [0x0C]
        case UInt8(ascii: "r"): return [0x0D]
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): return [byte]
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            let count = byte == UInt8(ascii: "u") ? 4 : 8
            let digits = bytes[position..<min(position + count, bytes.count)]
            guard digits.count == count, digits.allSatisfy({ ($0 | 0x20) &- 0x61 < 6 || $0 &- 0x30 < 10 }),
                let number = UInt32(String(decoding: digits, as: UTF8.self), radix: 16), let scalar = Unicode.Scalar(number)
            else { throw failure("a wrong \\\(Unicode.Scalar(byte)) escape") }
            position += count
            return Array(String(Character(scalar)).utf8)
        default: throw failure("an unknown escape in a string")
        }
    }

    // MARK: numbers and words

    /// `true`, `false` or a number.
    mutating func word() throws(Failure) -> TOML {
        let start = position
        while let byte, Self.isBare(byte) || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".") || byte == UInt8(ascii: ":") {
            position += 1
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if text.isEmpty { throw failure("expected a value") }
        if text == "true" || text == "false" { return .bool(text == "true") }
        if let integer = Self.integer(text) { return .integer(integer) }
        if let float = Self.float(text) { return .float(float) }
        let first = text.utf8.first ?? 0
        let hint = first &- 0x30 < 10 ? "no number (dates are not supported)" : "no value: texts stand in quotes"
        throw failure("\"\(text.prefix(40))\" is \(hint)")
    }

    /// Underscores stand between two digits only. - Returns: the digits without them.
    private static func digits(_ text: Substring, _ isDigit: (UInt8) -> Bool) -> String? {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, isDigit(first), isDigit(last) else { return nil }
        for (index, byte) in bytes.enumerated() where !isDigit(byte) {
            guard byte == UInt8(ascii: "_"), isDigit(bytes[index - 1]), isDigit(bytes[index + 1]) else { return nil }
        }
        return String(decoding: bytes.filter { $0 != UInt8(ascii: "_") }, as: UTF8.self)
    }

    private static func isDecimal(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }

    private static func integer(_ text: String) -> Int64? {
        for (prefix, radix) in [("0x", 16), ("0o", 8), ("0b", 2)] where text.hasPrefix(prefix) {
            let isDigit: (UInt8) -> Bool = { byte in Int(String(Unicode.Scalar(byte)), radix: radix) != nil }
            return digits(text.dropFirst(2), isDigit).flatMap { Int64($0, radix: radix) }
        }
        let isSigned = text.hasPrefix("+") || text.hasPrefix("-")
        guard let number = digits(text[...].dropFirst(isSigned ? 1 : 0), isDecimal), number == "0" || !number.hasPrefix("0") else {
            return nil
        }
        return Int64((text.hasPrefix("-") ? "-" : "") + number)
    }

    private static func float(_ text: String) -> Double? {
        let isSigned = text.hasPrefix("+") || text.hasPrefix("-")
        let sign = text.hasPrefix("-") ? "-" : ""
        var rest = text[...].dropFirst(isSigned ? 1 : 0)
        if rest == "inf" || rest == "nan" { return Double(sign + rest) }
        var out = sign
        let exponentAt = rest.firstIndex { $0 == "e" || $0 == "E" }
        let exponent = exponentAt.map { rest[rest.index(after: $0)...] }
        if let exponentAt { rest = rest[..<exponentAt] }
        let parts = rest.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.count == 2 || exponent != nil, let whole = digits(parts[0], isDecimal),
            whole == "0" || !whole.hasPrefix("0")
        else { return nil }
        out += whole
        if parts.count == 2 {
            guard let fraction = digits(parts[1], isDecimal) else { return nil }
            out += "." + fraction
        }
        if let exponent {
            let isSigned = exponent.hasPrefix("+") || exponent.hasPrefix("-")
            guard let number = digits(exponent.dropFirst(isSigned ? 1 : 0), isDecimal) else { return nil }
            out += "e" + (exponent.hasPrefix("-") ? "-" : "") + number
        }
        return Double(out)
    }
}
