import Primitives

/// The fields of one line of comma separated values (RFC 4180): a field may stand between double quotes, two of which
/// are one inside. What follows a line feed is left out, as docker does.
/// - Throws: `.invalid` with the texts of Go's reader; columns count bytes from 1.
func csvFields(_ text: String) throws(Failure) -> [String] {
    let bytes = Array(text.utf8.prefix { $0 != UInt8(ascii: "\n") })
    if bytes.isEmpty { throw Failure(.invalid, "EOF") }
    let quote = UInt8(ascii: "\"")
    let comma = UInt8(ascii: ",")
    var fields: [String] = []
    var index = 0
    while true {
        var field: [UInt8] = []
        if index < bytes.count, bytes[index] == quote {
            index += 1
            while true {
                guard index < bytes.count else { throw quoteFailure(index, "extraneous or missing \" in quoted-field") }
                if bytes[index] != quote {
                    field.append(bytes[index])
                    index += 1
                } else if index + 1 < bytes.count, bytes[index + 1] == quote {
                    field.append(quote)
                    index += 2
                } else {
                    break
                }
            }
            guard index + 1 == bytes.count || bytes[index + 1] == comma else {
                throw quoteFailure(index, "extraneous or missing \" in quoted-field")
            }
            index += 1
        } else {
            while index < bytes.count, bytes[index] != comma {
                if bytes[index] == quote { throw quoteFailure(index, "bare \" in non-quoted-field") }
                field.append(bytes[index])
                index += 1
            }
        }
        fields.append(String(decoding: field, as: UTF8.self))
        guard index < bytes.count else { return fields }
        index += 1
    }
}

private func quoteFailure(_ index: Int, _ reason: String) -> Failure {
    Failure(.invalid, "parse error on line 1, column \(index + 1): \(reason)")
}
