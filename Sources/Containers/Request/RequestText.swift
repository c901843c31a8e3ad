/// One `KEY=VALUE` of a list.
package struct KeyValue: Equatable, Sendable {
    package var key: String
    package var value: String

    package init(_ key: String, _ value: String) {
        self.key = key
        self.value = value
    }

    /// Split at the first `=`; a text without one has an empty value.
    package init(_ text: String) {
        let (key, value) = text.cut("=")
        self.init(key, value ?? "")
    }
}

// Texts are cut at bytes, never at Characters: a combining mark after a separator must not hide it.
extension String {
    /// What stands before and after the first `separator`; nil after it when there is none.
    func cut(_ separator: Unicode.Scalar) -> (head: String, tail: String?) {
        let byte = UInt8(ascii: separator)
        guard let index = utf8.firstIndex(of: byte) else { return (self, nil) }
        return (String(self[..<index]), String(self[utf8.index(after: index)...]))
    }

    /// Empty parts count.
    func parts(_ separator: Unicode.Scalar) -> [String] {
        utf8.split(separator: UInt8(ascii: separator), omittingEmptySubsequences: false).map { String(Substring($0)) }
    }

    /// Words between spaces and tabs.
    var words: [String] {
        utf8.split(whereSeparator: { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }).map { String(Substring($0)) }
    }

    /// Between double quotes as Go's `%q` prints it; control characters never reach a terminal.
    var quoted: String {
        var text = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case "\0"..<" ", "\u{7f}"..<"\u{a0}":
                text += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }

    /// No blank, no control character: may stand as one word in a line of a file.
    var isOneWord: Bool {
        !isEmpty && utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f }
    }

    /// Asked of the first byte: with a combining mark after it the slash is no Character of its own.
    var isAbsolutePath: Bool { utf8.first == UInt8(ascii: "/") }

    var isDecimal: Bool { !isEmpty && utf8.allSatisfy(\.isDigit) }
}

extension UInt8 {
    var isDigit: Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(self) }
    var isLetter: Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(self) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(self)
    }
}

/// `[a-zA-Z0-9][a-zA-Z0-9_.-]*`: what containers and volumes are called.
func isObjectName(_ text: String) -> Bool {
    guard let first = text.utf8.first, first.isLetter || first.isDigit else { return false }
    return text.utf8.allSatisfy { $0.isLetter || $0.isDigit || [UInt8(ascii: "_"), UInt8(ascii: "."), UInt8(ascii: "-")].contains($0) }
}

/// A path without `.`, `..`, empty parts and trailing slashes, by its text alone. Stays relative if it was.
func cleanPath(_ path: String) -> String {
    let isAbsolute = path.isAbsolutePath
    var parts: [String] = []
    for part in path.parts("/") where !part.isEmpty && part != "." {
        if part != ".." {
            parts.append(part)
        } else if let last = parts.last, last != ".." {
            parts.removeLast()
        } else if !isAbsolute {
            parts.append(part)
        }
    }
    let joined = parts.joined(separator: "/")
    return isAbsolute ? "/" + joined : joined.isEmpty ? "." : joined
}
