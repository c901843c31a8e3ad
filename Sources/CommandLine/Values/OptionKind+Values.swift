import Primitives

extension OptionKind {
    /// The number a text stands for; 0 for kinds without one. - Throws: `.invalid` with the texts of Go's parsers.
    func number(_ text: String) throws(Failure) -> Int64 {
        switch self {
        case .bool: try boolValue(text) ? 1 : 0
        case .int(let range): try signedInteger(text, in: range)
        case .uint(let max): Int64(clamping: try unsignedInteger(text, max: max))
        case .decimal: try billionths(text)
        case .bytes(let allowsMinusOne): allowsMinusOne && text == "-1" ? -1 : try ByteSize.parse(text)
        case .duration: try GoDuration(text).nanoseconds
        case .string, .list, .csvList, .map, .ip: 0
        }
    }

    /// The texts to store. - Throws: `.invalid`.
    func checked(_ text: String) throws(Failure) -> [String] {
        switch self {
        case .string(let check), .list(let check), .map(let check):
            return try check.checked(text).map { [$0] } ?? []
        case .csvList:
            return text.isEmpty ? [] : text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        case .ip:
            if !text.isEmpty, HostAddress(text) == nil { throw Failure(.invalid, "failed to parse IP: \(goQuoted(text))") }
            return [text]
        default:
            return [text]
        }
    }
}

/// The words of Go's strconv.ParseBool; nil for any other.
package func parsedBool(_ text: String) -> Bool? {
    switch text {
    case "1", "t", "T", "true", "TRUE", "True": true
    case "0", "f", "F", "false", "FALSE", "False": false
    default: nil
    }
}

/// The same with Go's message.
func boolValue(_ text: String) throws(Failure) -> Bool {
    guard let value = parsedBool(text) else { throw Failure(.invalid, "strconv.ParseBool: parsing \(goQuoted(text)): invalid syntax") }
    return value
}

/// A text between double quotes with Go's escapes, as Go's `%q` prints it.
func goQuoted(_ text: String) -> String {
    var quoted = "\""
    for scalar in text.unicodeScalars {
        switch scalar {
        case "\"": quoted += "\\\""
        case "\\": quoted += "\\\\"
        case "\n": quoted += "\\n"
        case "\t": quoted += "\\t"
        case "\r": quoted += "\\r"
        case "\u{7}": quoted += "\\a"
        case "\u{8}": quoted += "\\b"
        case "\u{b}": quoted += "\\v"
        case "\u{c}": quoted += "\\f"
        case "\0"..<" ", "\u{7f}":
            quoted += "\\x" + (scalar.value < 16 ? "0" : "") + String(scalar.value, radix: 16)
        default: quoted.unicodeScalars.append(scalar)
        }
    }
    return quoted + "\""
}
