internal import Layers
internal import LinuxSys
package import OCI
package import Primitives
package import Registry
package import Store

/// What happens during a pull, for whoever shows it. Called from several threads, one call at a time.
package enum PullEvent: Sendable {
    /// The image is known; its layers by short name, lowest first.
    case layers([String])
    case exists(layer: String)
    case waiting(layer: String)
    case downloading(layer: String, bytes: UInt64, total: UInt64)
    case downloaded(layer: String)
    case complete(layer: String)
    /// Something a person should know, as one line.
    case notice(String)
}

/// The outcome of a pull.
package struct PulledImage: Sendable {
    package var id: Digest
    /// Digest under which the registry served what the reference names: a manifest or an index.
    package var digest: Digest
    /// The image was here already, under this very name.
    package var isUpToDate: Bool
}

/// Pulls an image: manifest, configuration, then layers, several at once; each is fetched, verified, unpacked
/// and hashed in one pass. What is there already is not fetched; what was begun is gone on with.
package struct ImagePuller: Sendable {
    let root: StoreRoot
    let client: RegistryClient
    /// How this process may give files away; see `OwnerPolicy`.
    let mappedIDs: UInt32?
    let cancellation: CancellationFlag
    let events: @Sendable (PullEvent) -> Void
    /// Layers under way at once; the unpacking of one fills a core.
    static let parallelMax = 3

    /// - Parameter mappedIDs: ids of this user namespace; `nil`: every file belongs to the caller.
    package init(
        _ root: StoreRoot, client: RegistryClient, mappedIDs: UInt32?, cancellation: CancellationFlag,
        events: @escaping @Sendable (PullEvent) -> Void
    ) {
        (self.root, self.client, self.mappedIDs, self.cancellation, self.events) = (root, client, mappedIDs, cancellation, events)
    }

    private var images: ImageStore { ImageStore(root) }
    private var layers: LayerStore { LayerStore(root, singleOwner: mappedIDs == nil) }

    /// - Parameter platform: what to choose from an index, and what a single image must be.
    package func pull(_ reference: ImageReference, platform: Platform, isExplicit: Bool) throws(Failure) -> PulledImage {
        try client.settings.policy.refuse(reference)
        try clearStaging()
        let lease = try Lease(root)
        let served = try client.resolve(reference, cancellation: cancellation)
        let resolved = try chooseManifest(served, reference, platform)
        guard case .manifest(let manifest) = resolved.document else {
            throw Failure(.corrupt, "\"\(reference.familiar)\": an index inside an index")
        }
        try manifest.requireImage()
        let proofs = try prove(reference, served, resolved)
        let blobs = [manifest.config.digest] + manifest.layers.map(\.digest) + proofs.map { SHA256.of($0) }
        try lease.protect(blobs + [resolved.descriptor.digest, served.descriptor.digest])
        let configBytes = try configuration(manifest, reference)
        let config = try ImageConfig.parse(configBytes, layerCount: manifest.layers.count)
        try check(config.platform, platform, isExplicit: isExplicit, reference)
        try lease.protect(config.diffIDs)
        let previous = reference.tag == nil ? nil : try images.records.resolve(reference.canonical)
        // As docker: of an image that is here, no layer is spoken of.
        if try !isHere(manifest, config) { events(.layers(manifest.layers.map { $0.digest.short })) }
        let sizeBytes = try fetchLayers(manifest, config, reference)
        try images.blobs.write(configBytes)
        try images.blobs.write(resolved.bytes)
        for document in proofs { try images.blobs.write(document) }
        if served.descriptor.digest != resolved.descriptor.digest { try images.blobs.write(served.bytes) }
        let id = manifest.config.digest
        // A damaged record is written anew.
        var digests = (try? images.records.read(id))?.repositoryDigests ?? []
        let name = "\(reference.name)@\(served.descriptor.digest)"
        if !digests.contains(name) { digests.append(name) }
        try images.records.write(
            ImageRecord(
                id: id, manifest: resolved.descriptor.digest, blobs: blobs + [served.descriptor.digest], diffIDs: config.diffIDs,
                repositoryDigests: digests, sizeBytes: sizeBytes,
                storedAt: Timestamp(nanosecondsSinceEpoch: Clock.nowNanoseconds()).rfc3339()))
        if let tag = reference.tag { try images.records.setName(try reference.tagged(tag).canonical, to: id) }
        withExtendedLifetime(lease) {}
        return PulledImage(id: id, digest: served.descriptor.digest, isUpToDate: previous == id)
    }

    private func isHere(_ manifest: ImageManifest, _ config: ImageConfig) throws(Failure) -> Bool {
        // A damaged record is none.
        guard (try? images.records.read(manifest.config.digest)) != nil else { return false }
        for (descriptor, diffID) in zip(manifest.layers, config.diffIDs) {
            if try present(Job(descriptor: descriptor, diffID: diffID)) == nil { return false }
        }
        return true
    }

    /// What the policy demands of an image, from its registry.
    /// - Returns: the documents that prove it, kept with the image so that it can be proved again where it is run.
    private func prove(_ reference: ImageReference, _ served: ResolvedManifest, _ resolved: ResolvedManifest) throws(Failure) -> [[UInt8]] {
        let policy = client.settings.policy
        if policy.acceptsAnything(reference) { return [] }
        var digests = [resolved.descriptor.digest]
        if served.descriptor.digest != digests[0] { digests.append(served.descriptor.digest) }
        let asked = digests
        var documents: [[UInt8]] = []
        try policy.check(reference, digests) { () throws(Failure) in
            let found = try client.signatures(of: asked, in: reference, cancellation: cancellation)
            documents = found.documents
            return found.signatures
        }
        return documents
    }

    /// Before anything is fetched: a crashed pull's files may be what fills the disk. As root of the user's namespace, which
    /// owns them all; where that fails the next `rm` or `image prune` tells why.
    private func clearStaging() throws(Failure) {
        try root.clearStaging(allDownloads: false)
        guard let staging = try root.existing(.staging) else { return }
        for name in try root.deadNames() where name.hasPrefix("dead-unpack-") { try? staging.removeTree(name) }
    }

    private func chooseManifest(_ served: ResolvedManifest, _ reference: ImageReference, _ platform: Platform) throws(Failure)
        -> ResolvedManifest
    {
        guard case .index(let index) = served.document else { return served }
        let chosen = try doing("\"\(reference.familiar)\"") { () throws(Failure) in try index.choose(for: platform) }
        return try client.resolve(reference.pinned(to: chosen.digest), expected: chosen, cancellation: cancellation)
    }

    private func configuration(_ manifest: ImageManifest, _ reference: ImageReference) throws(Failure) -> [UInt8] {
        let descriptor = manifest.config
        if let size = try images.blobs.size(descriptor.digest), UInt64(size) == descriptor.sizeBytes {
            do throws(Failure) { return try images.blobs.read(descriptor.digest) } catch {
                guard error.kind == .corrupt else { throw error }
                // Damaged on our disk: fetched again.
                try images.blobs.remove(descriptor.digest)
            }
        }
        return try client.readBlob(descriptor, of: reference, bytesMax: ImageConfig.bytesMax, cancellation: cancellation)
    }

    private func check(_ offered: Platform, _ wanted: Platform, isExplicit: Bool, _ reference: ImageReference) throws(Failure) {
        if wanted.rank(of: offered) != nil || offered.architecture.isEmpty { return }
        if isExplicit {
            throw Failure(
                .notFound, "image with reference \(reference.familiar) was found but does not provide the specified platform (\(wanted))")
        }
        events(.notice("WARNING: \(reference.familiar) is for \(offered), this host is \(wanted)"))
    }

    // MARK: layers

    private struct Job: Sendable {
        var descriptor: ContentDescriptor
        var diffID: Digest
    }

    /// - Returns: sum of the unpacked files.
    private func fetchLayers(_ manifest: ImageManifest, _ config: ImageConfig, _ reference: ImageReference) throws(Failure) -> Int64 {
        var jobs: [Job] = []
        var seen: Set<Digest> = []
        for (descriptor, diffID) in zip(manifest.layers, config.diffIDs) where seen.insert(diffID).inserted {
            jobs.append(Job(descriptor: descriptor, diffID: diffID))
        }
        let sizeBytes = Shared(Int64(0))
        try Workers.run(jobs, parallelMax: Self.parallelMax, cancellation) { (job) throws(Failure) in
            let size = try fetch(job, reference)
            sizeBytes.value.withLock { $0 += size }
        }
        return sizeBytes.value.withLock { $0 }
    }

    private func fetch(_ job: Job, _ reference: ImageReference) throws(Failure) -> Int64 {
        let name = job.descriptor.digest.short
        if let size = try present(job) {
            events(.exists(layer: name))
            return size
        }
        events(.waiting(layer: name))
        let held = try layers.lock(job.diffID)
        let size: Int64
        do throws(Failure) { size = try bring(job, reference) } catch {
            try? layers.unlock(job.diffID, held)
            throw error.within("layer \(name)")
        }
        try layers.unlock(job.diffID, held)
        return size
    }

    /// Under the layer's lock.
    private func bring(_ job: Job, _ reference: ImageReference) throws(Failure) -> Int64 {
        let name = job.descriptor.digest.short
        // Another process may have brought it while we waited.
        if let size = try present(job) {
            events(.exists(layer: name))
            return size
        }
        let size = try hasBlob(job) ? try unpackStored(job) : try download(job, reference)
        events(.complete(layer: name))
        return size
    }

    /// A blob of another size was cut on our disk: it goes and is fetched again.
    private func hasBlob(_ job: Job) throws(Failure) -> Bool {
        guard let size = try images.blobs.size(job.descriptor.digest) else { return false }
        if UInt64(clamping: size) == job.descriptor.sizeBytes { return true }
        try images.blobs.remove(job.descriptor.digest)
        return false
    }

    private func present(_ job: Job) throws(Failure) -> Int64? {
        guard try hasBlob(job), try layers.contains(job.diffID) else { return nil }
        return try layers.knownSizeBytes(job.diffID)
    }

    private func pipeline(_ job: Job) throws(Failure) -> LayerPipeline {
        let owners: OwnerPolicy = mappedIDs.map { .mapped(users: [0..<$0], groups: [0..<$0]) } ?? .single
        return try LayerPipeline(into: try layers.stage(job.diffID), owners: owners, expectedDiffID: job.diffID)
    }

    private func download(_ job: Job, _ reference: ImageReference) throws(Failure) -> Int64 {
        let partial = try images.blobs.partial(job.descriptor.digest)
        // The same bytes may have come meanwhile as another image's layer.
        if try images.blobs.size(job.descriptor.digest) != nil {
            try partial.discard()
            return try unpackStored(job)
        }
        let size: Int64
        do throws(Failure) { size = try receive(job, reference, into: partial) } catch {
            // What was wrong is worth nothing; all else is gone on with by the next pull.
            if error.kind == .corrupt { try? partial.discard() }
            throw error
        }
        try partial.commit()
        return size
    }

    private func receive(_ job: Job, _ reference: ImageReference, into partial: borrowing PartialBlob) throws(Failure) -> Int64 {
        if try layers.contains(job.diffID) {
            // Only the blob is missing.
            try run(job, reference, into: partial) { (_) throws(Failure) in }
            return try layers.knownSizeBytes(job.diffID)
        }
        let pipeline = try pipeline(job)
        do throws(Failure) {
            try run(job, reference, into: partial) { (bytes) throws(Failure) in try pipeline.feed(bytes) }
            events(.downloaded(layer: job.descriptor.digest.short))
            return try finish(pipeline, job)
        } catch {
            pipeline.cancel()
            // The first failure is the one to tell.
            try? layers.abandon(job.diffID)
            throw error
        }
    }

    private func run(
        _ job: Job, _ reference: ImageReference, into partial: borrowing PartialBlob, sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        let name = job.descriptor.digest.short
        let total = job.descriptor.sizeBytes
        let download = BlobDownload(job.descriptor, of: reference, from: client, cancellation: cancellation)
        var shown: UInt64 = 0
        try partial.withDescriptor { (file) throws(Failure) in
            try download.run(
                into: file,
                progress: { bytes in
                    guard bytes == total || bytes >= shown + 262_144 else { return }
                    shown = bytes
                    events(.downloading(layer: name, bytes: bytes, total: total))
                }, sink: sink)
        }
    }

    private func unpackStored(_ job: Job) throws(Failure) -> Int64 {
        if try layers.contains(job.diffID) { return try layers.knownSizeBytes(job.diffID) }
        let blob = try images.blobs.open(job.descriptor.digest)
        let pipeline = try pipeline(job)
        var hash = SHA256()
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
        defer { buffer.deallocate() }
        do throws(Failure) {
            while true {
                try cancellation.check()
                let count = try blob.read(into: buffer)
                if count == 0 { break }
                let bytes = UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count])
                hash.update(bytes)
                try pipeline.feed(bytes)
            }
            guard hash.digest() == job.descriptor.digest else {
                try images.blobs.remove(job.descriptor.digest)
                throw Failure(.corrupt, "the stored blob is damaged; it was removed: pull again")
            }
            return try finish(pipeline, job)
        } catch {
            pipeline.cancel()
            try? layers.abandon(job.diffID)
            throw error
        }
    }

    private func finish(_ pipeline: LayerPipeline, _ job: Job) throws(Failure) -> Int64 {
        let summary = try pipeline.finish()
        if summary.skippedDevices > 0 {
            events(
                .notice("layer \(job.descriptor.digest.short): \(summary.skippedDevices) device files left out: only real root makes them"))
        }
        try layers.commit(job.diffID, sizeBytes: Int64(clamping: summary.sizeBytes))
        return Int64(clamping: summary.sizeBytes)
    }
}
