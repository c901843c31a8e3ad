/// A content digest: algorithm and bytes, never an unchecked string (attack X43).
///
/// Only `sha256` names objects of our store; `sha512` is recognised so that an image using it gets a
/// clear error. Spec: OCI image-spec, descriptor.md, "Digests".
package struct Digest: Hashable, Sendable, CustomStringConvertible, Comparable {
    package enum Algorithm: String, Sendable { case sha256, sha512 }

    package let algorithm: Algorithm
    /// Lower-case hexadecimal, 64 or 128 characters; safe as a file name.
    package let hex: String

    /// Parses `algorithm:hex`; `nil` unless it is exactly canonical.
    package init?(_ text: some StringProtocol) {
        guard let colon = text.firstIndex(of: ":"),
            let algorithm = Algorithm(rawValue: String(text[..<colon])),
            let digest = Digest(algorithm, hex: text[text.index(after: colon)...])
        else { return nil }
        self = digest
    }

    /// From hexadecimal text; `nil` unless lower-case and of the algorithm's length.
    package init?(_ algorithm: Algorithm = .sha256, hex: some StringProtocol) {
        let utf8 = hex.utf8
        guard utf8.count == (algorithm == .sha256 ? 64 : 128),
            utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) })
        else { return nil }
        self.algorithm = algorithm
        self.hex = String(hex)
    }

    /// From the 32 raw bytes of a SHA-256.
    package init(sha256 bytes: [UInt8]) {
        precondition(bytes.count == 32, "a SHA-256 has 32 bytes")
        algorithm = .sha256
        hex = hexadecimal(bytes)
    }

    /// `sha256:…`
    package var description: String { "\(algorithm.rawValue):\(hex)" }
    /// The first 12 hexadecimal characters, as docker shows ids.
    package var short: String { String(hex.prefix(12)) }

    package static func < (a: Digest, b: Digest) -> Bool { a.description < b.description }
}

/// Lower-case hexadecimal of `bytes`.
package func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    let digits = Array("0123456789abcdef".utf8)
    var out: [UInt8] = []
    for byte in bytes {
        out.append(digits[Int(byte >> 4)])
        out.append(digits[Int(byte & 15)])
    }
    return String(decoding: out, as: UTF8.self)
}
