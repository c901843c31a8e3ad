/// Go's quoted strings, both ways.
package enum Quote {
    static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
        case .spaceSeparator: scalar == " "
        default: true
        }
    }

    /// `"text"` with Go's escapes; `asciiOnly` is `%+q`.
    package static func go(_ text: some StringProtocol, quote: Unicode.Scalar = "\"", asciiOnly: Bool = false) -> String {
        var out = String(quote)
        for scalar in text.unicodeScalars {
            switch scalar {
            case quote, "\\": out += "\\\(scalar)"
            case "\u{07}": out += "\\a"
            case "\u{08}": out += "\\b"
            case "\u{0C}": out += "\\f"
            case "\n": out += "\\n"
            case "\r": out += "\\r"
            case "\t": out += "\\t"
            case "\u{0B}": out += "\\v"
            case _ where isPrintable(scalar) && !(asciiOnly && scalar.value >= 0x80): out.unicodeScalars.append(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: out += "\\x" + hexadecimal(scalar.value, 2)
            case _ where scalar.value < 0x10000: out += "\\u" + hexadecimal(scalar.value, 4)
            default: out += "\\U" + hexadecimal(scalar.value, 8)
            }
        }
        return out + String(quote)
    }

    static func hexadecimal(_ value: UInt32, _ width: Int, uppercase: Bool = false) -> String {
        let digits = String(value, radix: 16, uppercase: uppercase)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }

    /// The meaning of a quoted string or rune constant; `nil` for a bad escape.
    /// Bytes that are no UTF-8 become U+FFFD.
    static func meaning(of quoted: String) -> String? {
        let body = Array(quoted.utf8.dropFirst().dropLast())
        if quoted.hasPrefix("`") { return String(decoding: body.filter { $0 != 0x0D }, as: UTF8.self) }
        let quote = quoted.utf8.first
        var out: [UInt8] = []
        var index = 0
        while index < body.count {
            guard body[index] == UInt8(ascii: "\\") else {
                out.append(body[index])
                index += 1
                continue
            }
            guard index + 1 < body.count else { return nil }
            let letter = body[index + 1]
            index += 2
            let simple: [Character: UInt8] = [
                "a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 0x5C,
            ]
            switch letter {
            case quote: out.append(letter)
            case UInt8(ascii: "x"): guard byte(16, 2) else { return nil }
            case UInt8(ascii: "u"): guard scalar(4) else { return nil }
            case UInt8(ascii: "U"): guard scalar(8) else { return nil }
            case UInt8(ascii: "0")...UInt8(ascii: "7"):
                index -= 1
                guard byte(8, 3) else { return nil }
            default:
                guard let value = simple[Character(Unicode.Scalar(letter))] else { return nil }
                out.append(value)
            }
        }
        return String(decoding: out, as: UTF8.self)

        func digits(_ radix: Int, _ count: Int) -> UInt32? {
            guard index + count <= body.count else { return nil }
            let text = String(decoding: body[index..<index + count], as: UTF8.self)
            index += count
            return text.first == "+" || text.first == "-" ? nil : UInt32(text, radix: radix)
        }
        func byte(_ radix: Int, _ count: Int) -> Bool {
            guard let value = digits(radix, count).flatMap({ UInt8(exactly: $0) }) else { return false }
            out.append(value)
            return true
        }
        func scalar(_ count: Int) -> Bool {
            guard let value = digits(16, count).flatMap(Unicode.Scalar.init) else { return false }
            out.append(contentsOf: String(value).utf8)
            return true
        }
    }
}
