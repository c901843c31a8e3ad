internal import LinuxSys
internal import Primitives

/// A few buffers between the thread that unpacks the compression and the thread that writes files.
/// Every buffer but the last is given on full, so that blocks of 512 bytes never straddle two of them.
// SAFETY: `condition` guards every variable below it; a buffer belongs to the writer until it is published and
// then to the reader until it asks for the next one.
final class ChunkRing: BlockSource, @unchecked Sendable {
    static let chunkBytes = 256 << 10
    static let chunksMax = 8

    private let memory = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkBytes * chunksMax, alignment: 4096)
    private let condition = Condition()
    private var published = 0
    private var released = 0
    private var lastBytes = chunkBytes
    private var ended = false
    private var reading = false
    /// Set by either side; ends both.
    private var failure: Failure?

    deinit { memory.deallocate() }

    private func chunk(_ number: Int) -> UnsafeMutableRawBufferPointer {
        let start = number % ChunkRing.chunksMax * ChunkRing.chunkBytes
        return UnsafeMutableRawBufferPointer(rebasing: memory[start..<start + ChunkRing.chunkBytes])
    }

    /// Writer: an empty buffer; waits for one.
    func acquire() throws(Failure) -> UnsafeMutableRawBufferPointer {
        condition.lock()
        defer { condition.unlock() }
        while failure == nil, published - released == ChunkRing.chunksMax { condition.wait() }
        if let failure { throw failure }
        return chunk(published)
    }

    /// Writer: gives the acquired buffer on, full.
    func publish() {
        condition.lock()
        published += 1
        condition.wake()
        condition.unlock()
    }

    /// Writer: gives the acquired buffer on with `count` bytes; nothing follows.
    func end(count: Int) {
        condition.lock()
        if count > 0 {
            published += 1
            lastBytes = count
        }
        ended = true
        condition.wake()
        condition.unlock()
    }

    /// Either side: both stop. The first failure stays.
    func fail(_ failure: Failure) {
        condition.lock()
        self.failure = self.failure ?? failure
        condition.wake()
        condition.unlock()
    }

    /// Reader: the next buffer; the one before goes back to the writer.
    func nextChunk() throws(Failure) -> UnsafeRawBufferPointer {
        condition.lock()
        defer { condition.unlock() }
        if reading {
            released += 1
            reading = false
            condition.wake()
        }
        while failure == nil, !ended, published == released { condition.wait() }
        if let failure { throw failure }
        if published == released { return UnsafeRawBufferPointer(start: nil, count: 0) }
        reading = true
        let isLast = ended && published - released == 1
        return UnsafeRawBufferPointer(rebasing: chunk(released)[..<(isLast ? lastBytes : ChunkRing.chunkBytes)])
    }
}

/// Hashes and counts what passes.
final class HashingSource: BlockSource {
    private let source: ChunkRing
    private var hash = SHA256()
    private(set) var bytes: UInt64 = 0

    init(_ source: ChunkRing) { self.source = source }

    func nextChunk() throws(Failure) -> UnsafeRawBufferPointer {
        let chunk = try source.nextChunk()
        hash.update(chunk)
        bytes += UInt64(chunk.count)
        return chunk
    }

    /// Reads to the end what nobody has read, and gives the digest of all.
    func finish() throws(Failure) -> Digest {
        while !(try nextChunk().isEmpty) {}
        return hash.digest()
    }
}
