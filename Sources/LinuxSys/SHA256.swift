import CShim
import Glibc
package import Primitives

/// A running SHA-256 (FIPS 180-4).
package struct SHA256: Sendable {
    private var state = cs_sha256()

    package init() { cs_sha256_init(&state) }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        cs_sha256_update(&state, bytes.baseAddress, bytes.count)
    }
    package mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    /// The digest of everything so far; this value may go on.
    package func digest() -> Digest {
        var copy = state
        var bytes = [UInt8](repeating: 0, count: 32)
        cs_sha256_final(&copy, &bytes)
        return Digest(sha256: bytes)
    }

    package static func of(_ bytes: [UInt8]) -> Digest {
        var hash = SHA256()
        hash.update(bytes)
        return hash.digest()
    }
    package static func of(_ text: String) -> Digest { of(Array(text.utf8)) }
}
