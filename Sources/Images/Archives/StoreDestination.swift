internal import LinuxSys
package import OCI
package import Primitives
package import Registry
package import Store

/// The store: every layer is unpacked, and the image stands there under its names when everything is complete.
package final class StoreDestination: ImageDestination {
    /// An image that is in the store now.
    package struct Arrival: Sendable {
        package var id: Digest
        package var name: ImageReference?
        /// The image that had the name before.
        package var replaced: Digest?
    }

    private let root: StoreRoot
    private let images: ImageStore
    private let intake: LayerIntake
    private let lease: Lease
    private let platform: Platform?
    /// Names to use in place of those the source gives.
    private let names: [ImageReference]?
    private let arrived: (Arrival) throws(Failure) -> Void

    /// - Parameters:
    ///   - mappedIDs: ids of this user namespace; `nil`: every file belongs to the caller.
    ///   - platform: what an image must be for.
    ///   - arrived: told of each name, or of an image without one.
    package init(
        _ root: StoreRoot, mappedIDs: UInt32?, names: [ImageReference]? = nil, platform: Platform? = nil,
        cancellation: CancellationFlag, notice: @escaping @Sendable (String) -> Void, arrived: @escaping (Arrival) throws(Failure) -> Void
    ) throws(Failure) {
        self.root = root
        images = ImageStore(root)
        intake = LayerIntake(root, mappedIDs: mappedIDs, cancellation: cancellation, notice: notice)
        (self.names, self.platform, self.arrived) = (names, platform, arrived)
        // What a crashed command left may be what fills the disk; files of others stay for the next `rm`.
        try root.clearStaging(allDownloads: false)
        if let staging = try root.existing(.staging) {
            for name in try root.deadNames() where name.hasPrefix("dead-unpack-") { try? staging.removeTree(name) }
        }
        lease = try Lease(root)
    }

    package func add(_ image: ImageContent, from source: any ImageSource) throws(Failure) {
        try image.manifest.requireImage()
        let config = try ImageConfig.parse(image.config, layerCount: image.manifest.layers.count)
        if let platform, platform.rank(of: config.platform) == nil {
            throw Failure(.notFound, "the image is for \(config.platform) and does not provide the specified platform (\(platform))")
        }
        let names = self.names ?? image.names
        for name in names where name.domain == BuiltinHello.domain {
            throw Failure(.invalid, "\"\(name.familiar)\": the names of \(BuiltinHello.domain) belong to built-in images")
        }
        let id = image.manifest.config.digest
        let blobs = [id] + image.manifest.layers.map(\.digest)
        try lease.protect(blobs + config.diffIDs + [image.descriptor.digest])
        let jobs = zip(image.manifest.layers, config.diffIDs).map { LayerIntake.Job(descriptor: $0, diffID: $1) }
        if try !isComplete(id, image) {
            let sizeBytes = try intake.bring(jobs, from: source)
            try images.blobs.write(image.config)
            try images.blobs.write(image.bytes)
            // A damaged record is written anew.
            let digests = (try? images.records.read(id))?.repositoryDigests ?? []
            try images.records.write(
                ImageRecord(
                    id: id, manifest: image.descriptor.digest, blobs: blobs, diffIDs: config.diffIDs, repositoryDigests: digests,
                    sizeBytes: sizeBytes, storedAt: Timestamp(nanosecondsSinceEpoch: Clock.nowNanoseconds()).rfc3339()))
        }
        for name in names { try setName(name, to: id) }
        if names.isEmpty { try arrived(Arrival(id: id, name: nil, replaced: nil)) }
    }

    private func setName(_ name: ImageReference, to id: Digest) throws(Failure) {
        let before = try images.records.resolve(name.canonical)
        try images.records.setName(name.canonical, to: id)
        try arrived(Arrival(id: id, name: name, replaced: before == id ? nil : before))
    }

    /// Whether nothing of an image is missing, under the same manifest; one that was made here is worth less than any other.
    private func isComplete(_ id: Digest, _ image: ImageContent) throws(Failure) -> Bool {
        // A damaged record counts as none.
        guard let record = try? images.records.read(id) else { return false }
        if record.manifest != image.descriptor.digest, !image.isMade { return false }
        try lease.protect(record.blobs + record.diffIDs + [record.manifest])
        for blob in record.blobs + [record.manifest] where try images.blobs.size(blob) == nil { return false }
        for diffID in record.diffIDs where try !intake.layers.contains(diffID) { return false }
        return true
    }

    /// The store keeps images, not lists of them.
    package func add(index: SourcedDocument, bytes: [UInt8]) throws(Failure) {}

    package func finish() throws(Failure) { withExtendedLifetime(lease) {} }
}
