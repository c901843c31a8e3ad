/// The texts of `html`, `js` and `urlquery`.
enum Escaping {
    static func html(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": out += "&#34;"
            case "'": out += "&#39;"
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\0": out += "\u{FFFD}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }

    static func javaScript(_ text: String) -> String {
        var out = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", "'", "\"": out += "\\\(scalar)"
            case "<", ">", "&", "=": out += "\\u" + Quote.hexadecimal(scalar.value, 4, uppercase: true)
            case _ where Quote.isPrintable(scalar): out.unicodeScalars.append(scalar)
            default: out += "\\u" + Quote.hexadecimal(scalar.value, 4, uppercase: true)
            }
        }
        return out
    }

    static func query(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: " "): out += "+"
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: out.unicodeScalars.append(Unicode.Scalar(byte))
            default: out += "%" + Quote.hexadecimal(UInt32(byte), 2, uppercase: true)
            }
        }
        return out
    }
}
