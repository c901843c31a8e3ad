internal import Layers
internal import LinuxSys
internal import Primitives

/// Bytes of one file of an archive or of a directory.
struct FileRegion: Sendable {
    let file: SharedFile
    let offset: UInt64
    let sizeBytes: UInt64

    /// Gives every byte in order, in large pieces.
    /// - Throws: `.corrupt` when the file has become shorter.
    func send(_ sink: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        var done: UInt64 = 0
        while done < sizeBytes {
            let room = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(UInt64(buffer.count), sizeBytes - done))])
            let count = try file.descriptor.read(into: room, at: offset + done)
            if count == 0 { throw Failure(.corrupt, "the file ends too early") }
            done += UInt64(count)
            try sink(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(room)[..<count]))
        }
    }

    /// All bytes of a small file.
    func read(limit: Int) throws(Failure) -> [UInt8] {
        if sizeBytes > UInt64(limit) { throw Failure(.corrupt, "larger than \(limit) bytes") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(sizeBytes))
        try send { (piece) throws(Failure) in bytes.append(contentsOf: piece) }
        return bytes
    }

    /// The first bytes, fewer where the file has no more.
    func head(_ count: Int) throws(Failure) -> [UInt8] {
        try FileRegion(file: file, offset: offset, sizeBytes: min(UInt64(count), sizeBytes)).read(limit: count)
    }
}

/// Files by name: what image layouts are made of, wherever they lie.
protocol ImageFiles: Sendable {
    /// `nil` when there is no such file.
    /// - Parameter name: a relative path that may come from a hostile document; it never leads out.
    func file(_ name: String) throws(Failure) -> FileRegion?
}

extension ImageFiles {
    func contains(_ name: String) throws(Failure) -> Bool { try file(name) != nil }

    /// A small document.
    func document(_ name: String, limit: Int) throws(Failure) -> [UInt8]? {
        guard let region = try file(name) else { return nil }
        return try doing("\"\(name)\"") { () throws(Failure) in try region.read(limit: limit) }
    }
}

/// The files of a tar archive.
struct ArchivedFiles: ImageFiles {
    let archive: ArchiveFile

    func file(_ name: String) throws(Failure) -> FileRegion? {
        try archive.index.region(spelt: name).map { FileRegion(file: archive.file, offset: $0.offset, sizeBytes: $0.sizeBytes) }
    }
}

/// The files below a directory.
final class DirectoryFiles: ImageFiles {
    let directory: Directory

    init(path: String) throws(Failure) { directory = try Directory.open(path) }

    func file(_ name: String) throws(Failure) -> FileRegion? {
        let file: Descriptor
        do throws(Failure) { file = try directory.openForReading(name) } catch {
            if error.kind == .notFound { return nil }
            throw error
        }
        guard file.isSeekable else { throw Failure(.corrupt, "\(directory.named(name)) is no regular file") }
        let sizeBytes = try file.sizeBytes()
        return FileRegion(file: SharedFile(file), offset: 0, sizeBytes: sizeBytes)
    }
}
