internal import Primitives

/// The lines of an environment file or a label file: `#` begins a comment, blank lines count for nothing, white space
/// before a name is dropped, everything after `=` is the value as it stands.
enum KeyValueFile {
    /// The longest line docker reads.
    static let lineBytesMax = 64 * 1024

    /// - Parameter name: the file's name, for messages.
    /// - Returns: names with their value, nil for a name alone.
    /// - Throws: `.invalid` with docker's texts.
    static func parse(_ content: [UInt8], name: String) throws(Failure) -> [(key: String, value: String?)] {
        var result: [(key: String, value: String?)] = []
        let newline = UInt8(ascii: "\n")
        for (index, bytes) in content.split(separator: newline, omittingEmptySubsequences: false).enumerated() {
            let entry = try doing("invalid env file (\(name))") { () throws(Failure) in try line(bytes, number: index + 1) }
            if let entry { result.append(entry) }
        }
        return result
    }

    private static func line(_ bytes: ArraySlice<UInt8>, number: Int) throws(Failure) -> (key: String, value: String?)? {
        var bytes = bytes
        guard bytes.count < lineBytesMax else { throw Failure(.invalid, "line \(number): token too long") }
        if bytes.last == UInt8(ascii: "\r") { bytes.removeLast() }
        guard let valid = String(validating: bytes, as: UTF8.self) else {
            let list = bytes.prefix(64).map { String($0) }.joined(separator: " ")
            throw Failure(.invalid, "invalid utf8 bytes at line \(number): [\(list)]")
        }
        var scalars = valid.unicodeScalars[...]
        if number == 1, scalars.first == "\u{feff}" { scalars.removeFirst() }
        let text = String(scalars.drop(while: \.properties.isWhitespace))
        if text.isEmpty || text.utf8.first == UInt8(ascii: "#") { return nil }
        let (key, value) = text.cut("=")
        if key.isEmpty { throw Failure(.invalid, "no variable name on line '\(text)'") }
        guard !key.unicodeScalars.contains(where: \.properties.isWhitespace) else {
            throw Failure(.invalid, "variable '\(key)' contains whitespaces")
        }
        guard !text.utf8.contains(0) else { throw Failure(.invalid, "line \(number) contains a zero byte") }
        return (key, value)
    }
}
