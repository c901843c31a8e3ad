internal import LinuxSys
package import OCI
package import Primitives
package import Registry
package import Store

/// What happens during a push, for whoever shows it. Called from several threads, one call at a time.
package enum PushEvent: Sendable {
    /// The layers by the short form of their diff ids, topmost first, as docker lists them.
    case layers([String])
    case exists(layer: String)
    case mounted(layer: String, from: String)
    case pushing(layer: String, bytes: UInt64, total: UInt64)
    case pushed(layer: String)
    /// Something a person should know, as one line.
    case notice(String)
}

/// The outcome of a push.
package struct PushedImage: Sendable {
    /// Of the manifest or index that the reference now names at the registry.
    package var digest: Digest
    package var sizeBytes: Int
}

/// Pushes an image: layers, several at once, then configuration and manifest. Blobs go exactly as they are stored, so
/// every digest stays; what the registry has, or another of its repositories, is not sent.
package struct ImagePusher: Sendable {
    let root: StoreRoot
    let client: RegistryClient
    let cancellation: CancellationFlag
    let events: @Sendable (PushEvent) -> Void
    /// Layers under way at once.
    static let parallelMax = 3

    package init(
        _ root: StoreRoot, client: RegistryClient, cancellation: CancellationFlag, events: @escaping @Sendable (PushEvent) -> Void
    ) {
        (self.root, self.client, self.cancellation, self.events) = (root, client, cancellation, events)
    }

    private var images: ImageStore { ImageStore(root) }

    /// - Parameters:
    ///   - reference: with the tag under which the image goes.
    ///   - platform: of an index only this one is sent; a single image must be for it.
    ///   - packing: how layers are packed there; `nil`: as they are stored.
    package func push(_ id: Digest, as reference: ImageReference, platform: Platform? = nil, packing: LayerPacking? = nil)
        throws(Failure) -> PushedImage
    {
        guard let record = try images.records.read(id) else { throw ImageStore.notFound(reference.familiar) }
        let lease = try Lease(root)
        try lease.protect(record.blobs + [record.manifest])
        let plan = try PushPlan(record, images.blobs, platform: platform, isSingle: packing != nil, reference)
        let names = plan.layers.map { $0.diffID.short }
        events(.layers(names.reversed()))
        let repacked = Shared<[Digest: ContentDescriptor]>([:])
        let sources = try MountSources(images.records.all(), domain: reference.domain)
        try Workers.run(plan.layers.reversed(), parallelMax: Self.parallelMax, cancellation) { (layer) throws(Failure) in
            var packed: PackedLayer?
            if let packing {
                packed = try doing("layer \(layer.diffID.short)") { () throws(Failure) in
                    try LayerRepacker(root: root, packing: packing, cancellation: cancellation).repack(layer)
                }
            }
            try push(layer, packed, to: reference, sources)
            if let packed { repacked.value.withLock { $0[layer.descriptor.digest] = packed.descriptor } }
        }
        for config in plan.configs { try send(config, to: reference, sources) }
        for child in plan.children where try !client.hasManifest(child.digest, in: reference, cancellation: cancellation) {
            try client.putManifest(child.bytes, child.mediaType, to: reference.pinned(to: child.digest), cancellation: cancellation)
        }
        let changed = repacked.value.withLock { $0 }
        let top = changed.isEmpty ? plan.top : try LayerRepacker.manifest(plan.top.bytes, changed)
        try client.putManifest(top.bytes, top.mediaType, to: reference, cancellation: cancellation)
        if changed.isEmpty {
            try remember(id, "\(reference.name)@\(top.digest)")
        } else {
            events(.notice("\(changed.count) layers were packed anew: the digests at the registry are not those of the image here"))
        }
        withExtendedLifetime(lease) {}
        return PushedImage(digest: top.digest, sizeBytes: top.bytes.count)
    }

    private func push(_ layer: PushPlan.Layer, _ packed: PackedLayer?, to reference: ImageReference, _ sources: MountSources)
        throws(Failure)
    {
        let name = layer.diffID.short
        do throws(Failure) {
            let outcome: BlobUploadOutcome
            if let packed {
                outcome = try send(packed.descriptor, BorrowedFile(packed.file.descriptor), to: reference, sources, name: name)
            } else {
                outcome = try send(layer.descriptor, to: reference, sources, name: name)
            }
            switch outcome {
            case .exists: events(.exists(layer: name))
            case .mounted(let source): events(.mounted(layer: name, from: source.familiarPath))
            case .uploaded: events(.pushed(layer: name))
            }
        } catch { throw error.kind == .denied || error.kind == .cancelled ? error : error.within("layer \(name)") }
    }

    @discardableResult
    private func send(_ descriptor: ContentDescriptor, to reference: ImageReference, _ sources: MountSources, name: String? = nil)
        throws(Failure) -> BlobUploadOutcome
    {
        let file = try images.blobs.open(descriptor.digest)
        guard try file.sizeBytes() == descriptor.sizeBytes else {
            throw Failure(.corrupt, "blob \(descriptor.digest.short) in the store is damaged: pull the image again")
        }
        return try send(descriptor, BorrowedFile(file), to: reference, sources, name: name)
    }

    private func send(
        _ descriptor: ContentDescriptor, _ file: BorrowedFile, to reference: ImageReference, _ sources: MountSources, name: String?
    ) throws(Failure) -> BlobUploadOutcome {
        let events = events
        let shown = Shared(UInt64(0))
        return try client.uploadBlob(
            descriptor, to: reference, from: file, mounting: sources.repositories(of: descriptor.digest),
            cancellation: cancellation
        ) { bytes in
            guard let name else { return }
            let isNews = shown.value.withLock { last in
                guard bytes == descriptor.sizeBytes || bytes < last || bytes >= last + 262_144 else { return false }
                last = bytes
                return true
            }
            if isNews { events(.pushing(layer: name, bytes: bytes, total: descriptor.sizeBytes)) }
        }
    }

    /// The image now has this name at a registry: other repositories there can take its blobs over.
    private func remember(_ id: Digest, _ name: String) throws(Failure) {
        guard var record = try images.records.read(id), !record.repositoryDigests.contains(name) else { return }
        record.repositoryDigests.append(name)
        try images.records.write(record)
    }
}

/// Where blobs of the store are known to lie on one registry.
struct MountSources: Sendable {
    private var known: [Digest: [ImageReference]] = [:]

    /// - Parameter records: newest first.
    init(_ records: [ImageRecord], domain: String) {
        for record in records {
            let names = record.repositoryDigests.compactMap { try? ImageReference($0).repository }.filter { $0.domain == domain }
            if names.isEmpty { continue }
            for blob in record.blobs {
                for name in names where known[blob]?.contains(name) != true { known[blob, default: []].append(name) }
            }
        }
    }

    func repositories(of digest: Digest) -> [ImageReference] { known[digest] ?? [] }
}
