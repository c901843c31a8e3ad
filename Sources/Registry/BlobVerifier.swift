internal import LinuxSys
package import OCI
package import Primitives

/// Compares a stream of bytes with a descriptor: its size at once, its digest at the end.
package struct BlobVerifier: Sendable {
    private let descriptor: ContentDescriptor
    private var hash = SHA256()
    package private(set) var countBytes: UInt64 = 0

    /// - Throws: `.unsupported` for another digest than SHA-256.
    package init(_ descriptor: ContentDescriptor) throws(Failure) {
        guard descriptor.digest.algorithm == .sha256 else {
            throw Failure(
                .unsupported, "blob \(descriptor.digest.short): \(descriptor.digest.algorithm.rawValue) digests are not supported")
        }
        self.descriptor = descriptor
    }

    package mutating func update(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        countBytes += UInt64(bytes.count)
        guard countBytes <= descriptor.sizeBytes else {
            throw Failure(.corrupt, "blob \(descriptor.digest.short): larger than the promised \(descriptor.sizeBytes) bytes")
        }
        hash.update(bytes)
    }

    /// - Throws: `.corrupt` when these were not the bytes that were promised.
    package func finish() throws(Failure) {
        guard countBytes == descriptor.sizeBytes else {
            throw Failure(.corrupt, "blob \(descriptor.digest.short): \(countBytes) bytes instead of the promised \(descriptor.sizeBytes)")
        }
        let digest = hash.digest()
        guard digest == descriptor.digest else {
            throw Failure(.corrupt, "blob \(descriptor.digest.short): its content has the digest \(digest)")
        }
    }
}
