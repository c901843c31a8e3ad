package import Primitives

/// How the bytes of a layer, or of an archive around layers, are packed. Spec: OCI image-spec, layer.md, media types.
package enum Compression: Sendable {
    case none, gzip, zstd
    /// Of archives only: no image specification allows them for a layer.
    case xz, bzip2

    /// Bytes that `detect` wants to see, unless the blob is shorter.
    static let magicBytes = 6

    /// What the first bytes say; a media type is only a promise.
    /// - Throws: `.unsupported` for packings that no image specification allows.
    package static func detect(_ head: some Collection<UInt8>) throws(Failure) -> Compression {
        let packing = try detectArchive(head)
        guard packing != .bzip2, packing != .xz else {
            throw Failure(.unsupported, "layers packed with \(packing == .xz ? "xz" : "bzip2") are not supported")
        }
        return packing
    }

    /// The same for an archive that a user hands over.
    package static func detectArchive(_ head: some Collection<UInt8>) throws(Failure) -> Compression {
        let head = Array(head.prefix(magicBytes))
        if head.starts(with: [0x1F, 0x8B]) {
            guard head.count >= 4, head[2] == 8, head[3] & 0xE0 == 0 else { throw Failure(.corrupt, "not a valid gzip header") }
            return .gzip
        }
        if head.starts(with: [0x28, 0xB5, 0x2F, 0xFD]) { return .zstd }
        // A skippable frame may come first.
        if head.count >= 4, head[0] & 0xF0 == 0x50, head[1...3].elementsEqual([0x2A, 0x4D, 0x18]) { return .zstd }
        if head.count > 3, head.starts(with: Array("BZh".utf8)), head[3] >= 0x31, head[3] <= 0x39 { return .bzip2 }
        if head.starts(with: [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00]) { return .xz }
        return .none
    }
}
