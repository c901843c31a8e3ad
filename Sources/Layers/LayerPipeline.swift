package import LinuxSys
package import Primitives

/// One layer on its way to the disk: compressed bytes in, a directory out. How they are packed is told by the first of
/// them; media types are often wrong.
///
/// The caller's thread unpacks the compression, a thread of the pipeline hashes the archive and writes the files;
/// between them stands a ring of buffers. To be used by one thread at a time, and ended by `finish` or `cancel`.
package final class LayerPipeline {
    private let ring = ChunkRing()
    private let worker: Worker
    private var thread: Thread?
    private let limits: LayerLimits
    private let expectedDiffID: Digest?
    private let portable: Bool
    private var head: [UInt8] = []
    private var decompressor: Decompressor?
    private var failure: Failure?
    private var output: UnsafeMutableRawBufferPointer?

    /// - Parameters:
    ///   - root: an empty directory that nobody else uses meanwhile; closed when the pipeline ends.
    ///   - expectedDiffID: `finish` fails with `.corrupt` when the unpacked archive has another digest.
    ///   - portable: unpacks gzip with zlib even where libisal is present.
    package init(
        into root: consuming Directory, owners: OwnerPolicy, limits: LayerLimits = LayerLimits(),
        expectedDiffID: Digest?, portable: Bool = false
    ) throws(Failure) {
        self.limits = limits
        self.expectedDiffID = expectedDiffID
        self.portable = portable
        worker = try Worker(ring, into: root, owners: owners, limits: limits)
        thread = try Thread.start { [worker] in worker.run() }
    }

    deinit { cancel() }

    /// Takes the next compressed bytes; waits while the files are behind. After a failure only `cancel` and `finish` are left.
    package func feed(_ bytes: UnsafeRawBufferPointer) throws(Failure) {
        do throws(Failure) {
            if let decompressor { return try unpack(bytes, decompressor) }
            head.append(contentsOf: bytes)
            if head.count >= Compression.magicBytes { try begin() }
        } catch { throw stop(error) }
    }

    /// Waits until everything is written. Files are not flushed to the disk.
    package func finish() throws(Failure) -> LayerSummary {
        do throws(Failure) {
            if decompressor == nil { try begin() }
            try decompressor!.finish()
            ring.end(count: output.map { ChunkRing.chunkBytes - $0.count } ?? 0)
        } catch { stop(error) }
        join()
        if let failure { throw failure }
        let summary = try worker.result!.get()
        if let expectedDiffID, expectedDiffID != summary.diffID {
            throw Failure(.corrupt, "the unpacked layer has the digest \(summary.diffID) and should have \(expectedDiffID)")
        }
        return summary
    }

    /// Stops where it is and waits for the thread; what is unpacked so far stays. Without effect after `finish`.
    package func cancel() {
        if thread != nil { stop(Failure(.cancelled, "unpacking was cancelled")) }
        join()
    }

    /// The first failure on this side is the one to tell; the thread only notices that its bytes end.
    @discardableResult
    private func stop(_ failure: Failure) -> Failure {
        self.failure = self.failure ?? failure
        ring.fail(failure)
        return failure
    }

    private func join() {
        if let running = thread.take() { running.join() }
    }

    /// The packing is known: unpacks what was held back.
    private func begin() throws(Failure) {
        let decompressor = try Decompressor(try Compression.detect(head), limits: limits, portable: portable)
        self.decompressor = decompressor
        let held = head
        head = []
        try held.withUnsafeBytes { bytes in
            Result { () throws(Failure) in try unpack(bytes, decompressor) }
        }.get()
    }

    private func unpack(_ bytes: UnsafeRawBufferPointer, _ decompressor: Decompressor) throws(Failure) {
        var input = bytes
        while true {
            var room = if let output { output } else { try ring.acquire() }
            try decompressor.step(&input, &room)
            if !room.isEmpty {
                output = room
                return
            }
            ring.publish()
            output = nil
        }
    }
}

/// The thread's side of a pipeline.
// SAFETY: used by the caller's thread before the thread starts and after it was joined, by the thread between.
private final class Worker: @unchecked Sendable {
    private let source: HashingSource
    private let ring: ChunkRing
    private let extractor: LayerExtractor<HashingSource>
    private(set) var result: Result<LayerSummary, Failure>?

    init(_ ring: ChunkRing, into root: consuming Directory, owners: OwnerPolicy, limits: LayerLimits) throws(Failure) {
        self.ring = ring
        source = HashingSource(ring)
        extractor = try LayerExtractor(source, into: root, owners: owners, limits: limits)
    }

    func run() {
        result = Result { () throws(Failure) in
            do throws(Failure) { return try unpack() } catch {
                ring.fail(error)
                throw error
            }
        }
    }

    private func unpack() throws(Failure) -> LayerSummary {
        try extractor.run()
        let diffID = try source.finish()
        return LayerSummary(
            diffID: diffID, sizeBytes: extractor.sizeBytes, tarBytes: source.bytes, entries: extractor.entries,
            skippedDevices: extractor.skippedDevices, droppedAttributes: extractor.droppedAttributes)
    }
}
