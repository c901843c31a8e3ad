package import LinuxSys
package import Primitives

/// Blobs by digest: complete, verified and never changed once visible.
package struct BlobStore: Sendable {
    let root: StoreRoot
    package init(_ root: StoreRoot) { self.root = root }

    /// Bytes of the blob, `nil` when it is not here.
    package func size(_ digest: Digest) throws(Failure) -> Int64? {
        guard digest.algorithm == .sha256 else { return nil }
        for store in root.additional { if let size = try BlobStore(store).size(digest) { return size } }
        guard let area = try root.existing(.blobs) else { return nil }
        return try area.status(digest.hex)?.sizeBytes
    }

    /// Opens a blob for reading.
    package func open(_ digest: Digest) throws(Failure) -> Descriptor {
        for store in root.additional where try BlobStore(store).size(digest) != nil { return try BlobStore(store).open(digest) }
        guard let area = try root.existing(.blobs) else { throw Failure(.notFound, "blob \(digest) is not in the store") }
        return try area.openFile(digest.hex)
    }

    /// A small blob (manifest, config) as a whole, verified against its digest.
    /// - Throws: `.corrupt` when the disk gave back something else.
    package func read(_ digest: Digest, limit: Int = 8 << 20) throws(Failure) -> [UInt8] {
        let bytes = try open(digest).readAll(limit: limit)
        guard SHA256.of(bytes) == digest else { throw Failure(.corrupt, "blob \(digest) in the store is damaged") }
        return bytes
    }

    /// Stores a small blob; an existing one is left alone unless it is damaged.
    @discardableResult
    package func write(_ bytes: [UInt8]) throws(Failure) -> Digest {
        let digest = SHA256.of(bytes)
        let area = try root.area(.blobs)
        if let size = try area.status(digest.hex)?.sizeBytes, size == bytes.count, try area.readFile(digest.hex) == bytes { return digest }
        try area.writeFile(digest.hex, bytes)
        return digest
    }

    /// The partial file of a download, made when missing, locked for this process until it is dropped: a
    /// second download of the same blob waits here and then finds the blob.
    package func partial(_ digest: Digest) throws(Failure) -> PartialBlob {
        let area = try root.area(.staging)
        return PartialBlob(lock: try Lock.take(PartialBlob.name(digest), in: area, .exclusive), digest: digest, root: root)
    }

    package func remove(_ digest: Digest) throws(Failure) {
        if let area = try root.existing(.blobs) { try area.remove(digest.hex) }
    }

    /// Those of this store alone.
    package func all() throws(Failure) -> [Digest] {
        guard let area = try root.existing(.blobs) else { return [] }
        return try area.names().compactMap { Digest(hex: $0) }
    }
}

/// A blob on its way: the bytes so far stay over crashes and full disks, and the next attempt goes on.
package struct PartialBlob: ~Copyable {
    let lock: Lock
    package let digest: Digest
    let root: StoreRoot

    static func name(_ digest: Digest) -> String { "partial-\(digest.hex)" }

    /// The open file, for appending; owned by this value.
    package var descriptor: Int32 { lock.descriptor.raw }
    package func withDescriptor<T>(_ body: (borrowing Descriptor) throws(Failure) -> T) throws(Failure) -> T { try body(lock.descriptor) }

    /// The verified bytes become the blob: synced, then visible in one step.
    package consuming func commit() throws(Failure) {
        try lock.descriptor.sync()
        // Who reads it next wants it at leisure; the cache is for the unpacked files.
        lock.descriptor.forgetCached()
        let staging = try root.area(.staging)
        let blobs = try root.area(.blobs)
        try staging.move(Self.name(digest), to: blobs, as: digest.hex)
        try blobs.descriptor.sync()
    }

    /// Forgets the bytes: they were wrong.
    package consuming func discard() throws(Failure) {
        try root.area(.staging).remove(Self.name(digest))
    }
}
