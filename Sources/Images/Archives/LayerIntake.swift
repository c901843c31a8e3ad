internal import Layers
internal import LinuxSys
internal import OCI
internal import Primitives
internal import Registry
internal import Store

/// Brings the layers of an image from files into the store: each blob is copied, verified and unpacked in one pass, several
/// at once. What is there already is left alone; what is done stays done when a later layer fails.
struct LayerIntake: Sendable {
    struct Job: Sendable {
        var descriptor: ContentDescriptor
        var diffID: Digest
    }

    let blobs: BlobStore
    let layers: LayerStore
    /// How this process may give files away; `nil`: every file belongs to the caller.
    let mappedIDs: UInt32?
    let cancellation: CancellationFlag
    /// Something a person should know, as one line.
    let notice: @Sendable (String) -> Void
    /// Layers under way at once.
    private static let parallelMax = 3

    init(_ root: StoreRoot, mappedIDs: UInt32?, cancellation: CancellationFlag, notice: @escaping @Sendable (String) -> Void) {
        blobs = BlobStore(root)
        layers = LayerStore(root, singleOwner: mappedIDs == nil)
        (self.mappedIDs, self.cancellation, self.notice) = (mappedIDs, cancellation, notice)
    }

    /// - Parameter jobs: a layer that is listed twice is brought once.
    /// - Returns: sum of the unpacked files.
    func bring(_ jobs: [Job], from source: any ImageSource) throws(Failure) -> Int64 {
        var seen: Set<Digest> = []
        let sizeBytes = Shared<Int64>(0)
        try Workers.run(jobs.filter { seen.insert($0.diffID).inserted }, parallelMax: Self.parallelMax, cancellation) {
            (job) throws(Failure) in
            let size = try bring(job, source)
            sizeBytes.value.withLock { $0 += size }
        }
        return sizeBytes.value.withLock { $0 }
    }

    private func bring(_ job: Job, _ source: any ImageSource) throws(Failure) -> Int64 {
        if let size = try present(job) { return size }
        let held = try layers.lock(job.diffID)
        let size: Int64
        do throws(Failure) {
            // Another process may have brought it while we waited.
            size = if let size = try present(job) { size } else { try take(job, source) }
        } catch {
            try? layers.unlock(job.diffID, held)
            throw error.within("layer \(job.descriptor.digest.short)")
        }
        try layers.unlock(job.diffID, held)
        return size
    }

    private func hasBlob(_ job: Job) throws(Failure) -> Bool {
        guard let size = try blobs.size(job.descriptor.digest) else { return false }
        if UInt64(clamping: size) == job.descriptor.sizeBytes { return true }
        // Cut on our disk.
        try blobs.remove(job.descriptor.digest)
        return false
    }

    private func present(_ job: Job) throws(Failure) -> Int64? {
        guard try hasBlob(job), try layers.contains(job.diffID) else { return nil }
        return try layers.knownSizeBytes(job.diffID)
    }

    /// Under the layer's lock.
    private func take(_ job: Job, _ source: any ImageSource) throws(Failure) -> Int64 {
        let partial = try blobs.partial(job.descriptor.digest)
        let size: Int64
        let writesBlob: Bool
        do throws(Failure) {
            // What an interrupted download left there is not asked what it is: all bytes are at hand.
            try partial.withDescriptor { (file) throws(Failure) in try file.truncate(to: 0) }
            // The same bytes may have come meanwhile as another image's layer.
            writesBlob = try !hasBlob(job)
            size = try unpack(job, source, into: writesBlob ? partial.descriptor : nil)
        } catch {
            // The first failure is the one to tell.
            try? partial.discard()
            throw error
        }
        if writesBlob { try partial.commit() } else { try partial.discard() }
        return size
    }

    /// - Parameter blob: a borrowed descriptor that the bytes are copied to.
    private func unpack(_ job: Job, _ source: any ImageSource, into blob: Int32?) throws(Failure) -> Int64 {
        let pipeline = try layers.contains(job.diffID) ? nil : self.pipeline(job)
        func pass(_ piece: UnsafeRawBufferPointer) throws(Failure) {
            try cancellation.check()
            if let blob { try StandardStream(blob).write(piece) }
            if let pipeline { try pipeline.feed(piece) }
        }
        do throws(Failure) {
            // A plain layer is its own diff id, which the pipeline proves.
            if pipeline != nil, job.descriptor.digest == job.diffID {
                try source.send(job.descriptor, to: pass)
            } else {
                try source.sendVerified(job.descriptor, to: pass)
            }
            guard let pipeline else { return try layers.knownSizeBytes(job.diffID) }
            return try finish(pipeline, job)
        } catch {
            if let pipeline {
                pipeline.cancel()
                try? layers.abandon(job.diffID)
            }
            throw error
        }
    }

    private func pipeline(_ job: Job) throws(Failure) -> LayerPipeline {
        let owners: OwnerPolicy = mappedIDs.map { .mapped(users: [0..<$0], groups: [0..<$0]) } ?? .single
        return try LayerPipeline(into: try layers.stage(job.diffID), owners: owners, expectedDiffID: job.diffID)
    }

    private func finish(_ pipeline: LayerPipeline, _ job: Job) throws(Failure) -> Int64 {
        let summary = try pipeline.finish()
        if summary.skippedDevices > 0 {
            notice("layer \(job.descriptor.digest.short): \(summary.skippedDevices) device files left out: only real root makes them")
        }
        try layers.commit(job.diffID, sizeBytes: Int64(clamping: summary.sizeBytes))
        return Int64(clamping: summary.sizeBytes)
    }
}
