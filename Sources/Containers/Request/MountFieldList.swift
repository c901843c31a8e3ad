internal import Primitives

/// The fields of one `--mount` in typed order: keys in lower case, nil for a key alone. The text is one line of comma
/// separated values (RFC 4180): a field may stand between double quotes, two of which are one inside.
func mountFieldList(_ text: String) throws(Failure) -> [(key: String, value: String?)] {
    var fields: [[UInt8]] = [[]]
    var isInQuotes = false
    var previousClosed = false
    for byte in text.utf8 {
        switch byte {
        case UInt8(ascii: "\""):
            // A quote right after a closing one is a quote of the field.
            if previousClosed { fields[fields.count - 1].append(byte) }
            isInQuotes.toggle()
            previousClosed = !isInQuotes && !previousClosed
            continue
        case UInt8(ascii: ",") where !isInQuotes: fields.append([])
        default: fields[fields.count - 1].append(byte)
        }
        previousClosed = false
    }
    if isInQuotes { throw Failure(.invalid, "extraneous or missing \" in quoted-field") }
    return fields.map { bytes in
        let (key, value) = String(decoding: bytes, as: UTF8.self).cut("=")
        return (key.lowercased(), value)
    }
}
