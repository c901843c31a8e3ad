internal import LinuxSys
internal import Primitives

/// A source that knows how far it is.
protocol PositionedSource: BlockSource {
    /// Bytes given out or left out so far.
    var position: UInt64 { get }
}

/// A regular file with an archive in it. What nobody asks for is not read.
final class SeekableSource: PositionedSource {
    /// Enough for a few headers; what lies between them is jumped over.
    private static let chunkBytes = 16 << 10
    private let file: SharedFile
    private let sizeBytes: UInt64
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkBytes, alignment: 4096)
    private(set) var position: UInt64 = 0

    init(_ file: SharedFile) throws(Failure) {
        self.file = file
        sizeBytes = try file.descriptor.sizeBytes()
    }

    deinit { buffer.deallocate() }

    func nextChunk() throws(Failure) -> UnsafeRawBufferPointer {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = try file.descriptor.read(into: rest, at: position + UInt64(filled))
            if count == 0 { break }
            filled += count
        }
        position += UInt64(filled)
        return UnsafeRawBufferPointer(rebasing: buffer[..<filled])
    }

    func skip(_ count: UInt64) throws(Failure) -> UInt64 {
        guard count <= sizeBytes - min(position, sizeBytes) else { throw Failure(.corrupt, "the archive ends too early") }
        position += count
        return count
    }
}

/// Unpacks a stream into a file on the way to whoever reads the archive, so that it can be read again in any order.
final class SpoolingSource: PositionedSource {
    private static let chunkBytes = 256 << 10
    private let file: SharedFile
    private let read: (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    private let decompressor: Decompressor
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkBytes, alignment: 4096)
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkBytes, alignment: 4096)
    private var rest: UnsafeRawBufferPointer
    private var inputEnded = false
    private(set) var position: UInt64 = 0

    /// - Parameters:
    ///   - head: bytes that were read already, to tell the packing.
    ///   - read: gives the bytes after them, 0 at the end.
    init(
        into file: SharedFile, head: [UInt8], limits: LayerLimits, read: @escaping (UnsafeMutableRawBufferPointer) throws(Failure) -> Int
    ) throws(Failure) {
        self.file = file
        self.read = read
        decompressor = try Decompressor(try Compression.detectArchive(head), limits: limits)
        input.copyBytes(from: head)
        rest = UnsafeRawBufferPointer(rebasing: input[..<head.count])
    }

    deinit {
        input.deallocate()
        output.deallocate()
    }

    /// Every byte equals the one eight places on, and the first eight are zero.
    private func isZero(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count > 8 else { return bytes.allSatisfy { $0 == 0 } }
        let (front, back) = (UnsafeRawBufferPointer(rebasing: bytes.dropLast(8)), UnsafeRawBufferPointer(rebasing: bytes.dropFirst(8)))
        return bytes.loadUnaligned(as: UInt64.self) == 0 && front.hasSameBytes(as: back)
    }

    /// Reads what follows the archive, so that whoever writes the stream is not cut off; the file gets its whole length.
    func drain() throws(Failure) {
        let end = position + Self.drainedBytesMax
        while position < end { if try nextChunk().isEmpty { break } }
        try file.descriptor.setSize(position)
    }
    private static let drainedBytesMax: UInt64 = 16 << 20

    func nextChunk() throws(Failure) -> UnsafeRawBufferPointer {
        var room = output
        while !room.isEmpty {
            if rest.isEmpty, !inputEnded {
                let count = try read(input)
                inputEnded = count == 0
                rest = UnsafeRawBufferPointer(rebasing: input[..<count])
            }
            if rest.isEmpty, inputEnded {
                // What the decoder still holds comes without input.
                let before = room.count
                try decompressor.step(&rest, &room)
                if room.count == before { break }
                continue
            }
            try decompressor.step(&rest, &room)
        }
        let chunk = UnsafeRawBufferPointer(rebasing: output[..<(output.count - room.count)])
        if chunk.isEmpty { try decompressor.finish() }
        // What is all zeros becomes a hole: a bomb of them takes no room.
        if !isZero(chunk) { try file.descriptor.write(chunk, at: position) }
        position += UInt64(chunk.count)
        return chunk
    }
}
