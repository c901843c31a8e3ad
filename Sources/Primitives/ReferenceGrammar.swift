/// The productions of distribution/reference, "Grammar", over bytes and in one pass each.
enum ReferenceGrammar {
    struct Parts {
        var path: String
        var tag: String?
        var digest: Digest?
    }

    /// Divides `path[:tag][@digest]`; the path is not checked yet.
    static func split(_ text: String) throws(Failure) -> Parts {
        var rest = Substring(text)
        var digest: Digest?
        if let at = rest.firstIndex(of: "@") {
            digest = try parseDigest(rest[rest.index(after: at)...])
            rest = rest[..<at]
        }
        guard let colon = rest.firstIndex(of: ":") else { return Parts(path: String(rest), tag: nil, digest: digest) }
        let tag = rest[rest.index(after: colon)...]
        guard isTag(tag.utf8) else { throw ImageReference.malformed }
        return Parts(path: String(rest[..<colon]), tag: String(tag), digest: digest)
    }

    /// `algorithm:hex`; well-formed but unusable digests have messages of their own, as in docker.
    private static func parseDigest(_ text: Substring) throws(Failure) -> Digest {
        guard let colon = text.firstIndex(of: ":") else { throw ImageReference.malformed }
        let hex = text[text.index(after: colon)...]
        guard isAlgorithm(text[..<colon].utf8), hex.utf8.count >= 32, hex.utf8.allSatisfy(isHexadecimal) else {
            throw ImageReference.malformed
        }
        guard let algorithm = Digest.Algorithm(rawValue: String(text[..<colon])) else {
            throw Failure(.invalid, "unsupported digest algorithm")
        }
        if let digest = Digest(algorithm, hex: hex) { return digest }
        let right = hex.utf8.count == (algorithm == .sha256 ? 64 : 128)
        throw Failure(.invalid, right ? "invalid checksum digest format" : "invalid checksum digest length")
    }

    /// Words of letters and digits that begin with a letter, divided by one of `-_+.`.
    private static func isAlgorithm(_ bytes: Substring.UTF8View) -> Bool {
        var wordStarts = true
        for byte in bytes {
            if wordStarts {
                guard isLetter(byte) else { return false }
                wordStarts = false
            } else if byte == 0x2D || byte == 0x5F || byte == 0x2B || byte == 0x2E {
                wordStarts = true
            } else if !isLetter(byte), !isDigit(byte) {
                return false
            }
        }
        return !wordStarts
    }

    /// A word character, then at most 127 word characters, dots and dashes.
    static func isTag(_ bytes: some Collection<UInt8>) -> Bool {
        guard let first = bytes.first, bytes.count <= ImageReference.tagBytesMax, isWord(first) else { return false }
        return bytes.allSatisfy { isWord($0) || $0 == 0x2E || $0 == 0x2D }
    }

    /// Components divided by `/`.
    static func isPath(_ bytes: some Collection<UInt8>) -> Bool {
        bytes.split(separator: 0x2F, omittingEmptySubsequences: false).allSatisfy { isPathComponent(Array($0)) }
    }

    /// Lower-case letters and digits, with `.`, `_`, `__` or any number of `-` between them.
    private static func isPathComponent(_ bytes: [UInt8]) -> Bool {
        var index = 0
        while true {
            let start = index
            while index < bytes.count, isDigit(bytes[index]) || isLower(bytes[index]) { index += 1 }
            if index == start { return false }
            if index == bytes.count { return true }
            switch bytes[index] {
            case 0x2E: index += 1
            case 0x5F: index += index + 1 < bytes.count && bytes[index + 1] == 0x5F ? 2 : 1
            case 0x2D: while index < bytes.count, bytes[index] == 0x2D { index += 1 }
            default: return false
            }
        }
    }

    /// A host name, an IPv4 address or an IPv6 address in brackets, with an optional port.
    static func isDomain(_ bytes: some Collection<UInt8>) -> Bool {
        let bytes = Array(bytes)
        if bytes.first == 0x5B {
            guard let close = bytes.firstIndex(of: 0x5D), close > 1 else { return false }
            return bytes[1..<close].allSatisfy { isHexadecimal($0) || $0 == 0x3A } && isPort(bytes[(close + 1)...])
        }
        let hostEnd = bytes.firstIndex(of: 0x3A) ?? bytes.count
        let labels = bytes[..<hostEnd].split(separator: 0x2E, omittingEmptySubsequences: false)
        return isPort(bytes[hostEnd...])
            && labels.allSatisfy { label in
                guard let first = label.first, let last = label.last, first != 0x2D, last != 0x2D else { return false }
                return label.allSatisfy { isLetter($0) || isDigit($0) || $0 == 0x2D }
            }
    }

    /// Nothing, or a colon and digits.
    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.isEmpty || (bytes.first == 0x3A && bytes.count > 1 && bytes.dropFirst().allSatisfy(isDigit))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
    private static func isLower(_ byte: UInt8) -> Bool { byte &- 0x61 < 26 }
    private static func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
    private static func isWord(_ byte: UInt8) -> Bool { isLetter(byte) || isDigit(byte) || byte == 0x5F }
    private static func isHexadecimal(_ byte: UInt8) -> Bool { isDigit(byte) || (byte | 0x20) &- 0x61 < 6 }
}
