internal import Layers
internal import LinuxSys
internal import Primitives

/// Takes what is copied, entry by entry, as an archive would name it.
protocol CopySink: AnyObject {
    /// - Parameter content: of a file.
    func add(_ entry: TarEntry, _ content: (any FileContent)?) throws(Failure)
    func finish() throws(Failure)
}

/// The bytes of one file.
protocol FileContent {
    /// Fills an empty file.
    func copy(to file: borrowing Descriptor) throws(Failure)
    /// Gives exactly `count` bytes.
    func give(_ count: UInt64, to take: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure)
}

/// A file that is open for reading.
struct OpenContent: FileContent {
    let file: SharedFile

    func copy(to copy: borrowing Descriptor) throws(Failure) { try file.descriptor.copyContents(to: copy) }

    /// A file that becomes shorter meanwhile is filled up with zeros, one that becomes longer is cut.
    func give(_ count: UInt64, to take: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        var left = count
        while left > 0 {
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(left, UInt64(buffer.count)))])
            var filled = try file.descriptor.read(into: room)
            if filled == 0 {
                room.initializeMemory(as: UInt8.self, repeating: 0)
                filled = room.count
            }
            try take(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<filled]))
            left -= UInt64(filled)
        }
    }
}

/// Writes an archive.
final class ArchiveSink: CopySink {
    private let writer: TarWriter

    init(_ write: @escaping (UnsafeRawBufferPointer) throws(Failure) -> Void) { writer = TarWriter(write) }

    func add(_ entry: TarEntry, _ content: (any FileContent)?) throws(Failure) {
        try writer.add(entry)
        let writer = writer
        try content?.give(entry.sizeBytes) { (bytes) throws(Failure) in try writer.write(bytes) }
    }

    func finish() throws(Failure) { try writer.finish() }
}

/// Hands on, and counts the bytes that an archive of it all has: docker tells those.
final class CountingSink: CopySink {
    private final class Count { var bytes: UInt64 = 0 }
    private let next: any CopySink
    private let count = Count()
    private let writer: TarWriter

    init(_ next: any CopySink) {
        self.next = next
        let count = count
        writer = TarWriter { count.bytes += UInt64($0.count) }
    }

    var bytes: UInt64 { count.bytes }

    func add(_ entry: TarEntry, _ content: (any FileContent)?) throws(Failure) {
        var header = entry
        header.sizeBytes = 0
        try writer.add(header)
        count.bytes += (entry.sizeBytes + 511) & ~511
        try next.add(entry, content)
    }

    func finish() throws(Failure) {
        try writer.finish()
        try next.finish()
    }
}
