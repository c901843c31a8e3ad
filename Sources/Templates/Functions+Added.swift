import Primitives

extension Functions {
    /// What docker adds to Go's own functions.
    static let added: [String: Function] = [
        "json": function([.any]) { arguments, context in
            let value = context.schema.ordered(arguments[0])
            return .string(value.compact(context.escapesObjects && value.object != nil ? .html : .minimal))
        },
        "split": function([.string, .string]) { arguments, _ in
            .strings(split(arguments[0].json.string ?? "", arguments[1].json.string ?? ""))
        },
        "join": function([.any, .string]) { (arguments, context) throws(Failure) in
            let separator = arguments[1].json.string ?? ""
            let formatter = context.formatter
            switch arguments[0].kind(context.schema) {
            case .missing: return .string("")
            case .list:
                let texts = arguments[0].elements(context.schema).map(formatter.text)
                return .string(try joined(texts, separator, context))
            case .map:
                let texts = arguments[0].members(context.schema).map { formatter.text($0.value) }
                return .string(try joined(texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }, separator, context))
            default: throw Failure(.invalid, "expected slice, got \(arguments[0].typeName)")
            }
        },
        "lower": function([.string]) { arguments, _ in .string((arguments[0].json.string ?? "").lowercased()) },
        "upper": function([.string]) { arguments, _ in .string((arguments[0].json.string ?? "").uppercased()) },
        "title": function([.string]) { arguments, _ in .string(title(arguments[0].json.string ?? "")) },
        "pad": function([.string, .int, .int]) { (arguments, context) throws(Failure) in
            let text = arguments[0].json.string ?? ""
            if text.isEmpty { return .string(text) }
            let counts = arguments.dropFirst().map { $0.json.int ?? 0 }
            if counts.contains(where: { $0 < 0 }) { throw Failure(.invalid, "strings: negative Repeat count") }
            if counts.contains(where: { $0 > context.textMax }) {
                throw Failure(.invalid, "text longer than \(context.textMax) bytes")
            }
            let (before, after) = (Int(counts[0]), Int(counts[1]))
            return .string(String(repeating: " ", count: before) + text + String(repeating: " ", count: after))
        },
        "truncate": function([.string, .int]) { (arguments, _) throws(Failure) in
            let text = arguments[0].json.string ?? ""
            let length = arguments[1].json.int ?? 0
            if Int64(text.utf8.count) < length { return .string(text) }
            if length < 0 { throw Failure(.invalid, "runtime error: slice bounds out of range [:\(length)]") }
            // Bytes, as in docker; a character that is cut through becomes U+FFFD.
            return .string(String(decoding: text.utf8.prefix(Int(length)), as: UTF8.self))
        },
    ]

    private static func joined(_ texts: [String], _ separator: String, _ context: Context) throws(Failure) -> String {
        try checkLength(texts, separator: separator, context)
        return texts.joined(separator: separator)
    }

    private static func split(_ text: String, _ separator: String) -> [String] {
        if separator.isEmpty { return text.unicodeScalars.map { String($0) } }
        let (bytes, mark) = (Array(text.utf8), Array(separator.utf8))
        var parts: [String] = []
        var start = 0
        var index = 0
        while index + mark.count <= bytes.count {
            if bytes[index..<index + mark.count].elementsEqual(mark) {
                parts.append(String(decoding: bytes[start..<index], as: UTF8.self))
                index += mark.count
                start = index
            } else {
                index += 1
            }
        }
        return parts + [String(decoding: bytes[start...], as: UTF8.self)]
    }

    /// The first letter of every word in its title form.
    private static func title(_ text: String) -> String {
        var out = String.UnicodeScalarView()
        var isStart = true
        for scalar in text.unicodeScalars {
            if isStart {
                out.append(contentsOf: scalar.properties.titlecaseMapping.unicodeScalars)
            } else {
                out.append(scalar)
            }
            isStart = !(scalar.properties.isAlphabetic || scalar.properties.numericType != nil || scalar == "_")
            if scalar.value >= 0x80 { isStart = scalar.properties.isWhitespace }
        }
        return String(out)
    }
}
