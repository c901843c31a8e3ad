internal import Layers
internal import LinuxSys
internal import Primitives

/// An archive from a stream, packed or not, unpacked here: no program, no library of a container has a part in it.
final class ArchiveStream: BlockSource {
    private static let chunkBytes = 256 << 10
    private static let drainedBytesMax = 16 << 20
    private let stream: StandardStream
    private let decompressor: Decompressor
    private let input = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkBytes, alignment: 4096)
    private let output = UnsafeMutableRawBufferPointer.allocate(byteCount: chunkBytes, alignment: 4096)
    private var rest: UnsafeRawBufferPointer
    private var hasEnded = false

    init(_ stream: StandardStream) throws(Failure) {
        self.stream = stream
        var filled = 0
        while filled < 512 {
            let count = try stream.read(UnsafeMutableRawBufferPointer(rebasing: input[filled...]))
            if count == 0 { break }
            filled += count
        }
        rest = UnsafeRawBufferPointer(rebasing: input[..<filled])
        decompressor = try Decompressor(try Compression.detectArchive(rest.prefix(8)), limits: LayerLimits())
    }

    deinit {
        input.deallocate()
        output.deallocate()
    }

    func nextChunk() throws(Failure) -> UnsafeRawBufferPointer {
        var room = output
        while !room.isEmpty {
            if rest.isEmpty, !hasEnded {
                let count = try stream.read(input)
                hasEnded = count == 0
                rest = UnsafeRawBufferPointer(rebasing: input[..<count])
            }
            let before = room.count
            try decompressor.step(&rest, &room)
            // What the decoder still holds comes without input.
            if rest.isEmpty, hasEnded, room.count == before { break }
        }
        if room.count == output.count { try decompressor.finish() }
        return UnsafeRawBufferPointer(rebasing: output[..<(output.count - room.count)])
    }

    /// Reads what follows the archive, so that whoever writes the stream is not cut off.
    func drain() throws(Failure) {
        var left = Self.drainedBytesMax
        while left > 0, !hasEnded {
            let count = try stream.read(input)
            if count == 0 { return }
            left -= count
        }
    }
}

/// Gives the entries of an archive.
final class ArchiveSource {
    private var reader: TarReader<ArchiveStream>
    private let stream: ArchiveStream

    init(_ stream: StandardStream) throws(Failure) {
        self.stream = try ArchiveStream(stream)
        reader = TarReader(self.stream, limits: LayerLimits())
    }

    func give(to sink: any CopySink) throws(Failure) {
        while let entry = try reader.next() {
            try sink.add(entry, entry.kind == .file ? Content(source: self, entry: entry) : nil)
        }
        try sink.finish()
        try stream.drain()
    }

    private struct Content: FileContent {
        let source: ArchiveSource
        let entry: TarEntry

        func copy(to file: borrowing Descriptor) throws(Failure) {
            guard let sparse = entry.sparse else {
                while let piece = try source.reader.nextData() { try file.write(piece) }
                return
            }
            try file.setSize(entry.sizeBytes)
            var ranges = sparse[...]
            var done: UInt64 = 0
            while var piece = try source.reader.nextData() {
                while !piece.isEmpty, let range = ranges.first {
                    let count = Int(min(UInt64(piece.count), range.count - done))
                    try file.write(UnsafeRawBufferPointer(rebasing: piece[..<count]), at: range.offset + done)
                    piece = UnsafeRawBufferPointer(rebasing: piece[count...])
                    done += UInt64(count)
                    if done == range.count {
                        done = 0
                        ranges = ranges.dropFirst()
                    }
                }
            }
        }

        func give(_ count: UInt64, to take: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
            while let piece = try source.reader.nextData() { try take(piece) }
        }
    }
}
