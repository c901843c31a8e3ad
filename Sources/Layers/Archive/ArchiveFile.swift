package import LinuxSys
package import Primitives

/// An archive around images, open for reading its files in any order: a tar archive, plain or packed with gzip, zstd, xz
/// or bzip2.
///
/// A plain one that is a regular file is read in place. Anything else is unpacked first into a file without a name.
package final class ArchiveFile: Sendable {
    package let file: SharedFile
    package let index: TarIndex

    /// - Parameters:
    ///   - input: read from its start when it is a regular file, else from where it is.
    ///   - spool: makes the file without a name.
    ///   - check: called now and then; what it throws ends the reading.
    package init(
        _ input: consuming Descriptor, spool: () throws(Failure) -> Descriptor, check: @escaping () throws(Failure) -> Void = {}
    ) throws(Failure) {
        let input = SharedFile(input)
        let head = try Self.head(input)
        if head.isEmpty { throw Failure(.corrupt, "the archive is empty") }
        if input.descriptor.isSeekable, try Compression.detectArchive(head) == .none {
            file = input
            index = try TarIndex(try SeekableSource(input))
            return
        }
        if input.descriptor.isSeekable { try input.descriptor.seek(to: UInt64(head.count)) }
        file = SharedFile(try spool())
        let source = try SpoolingSource(into: file, head: head, limits: TarIndex.limits) { (buffer) throws(Failure) in
            try check()
            return try input.descriptor.read(into: buffer)
        }
        index = try TarIndex(source)
        try source.drain()
    }

    /// The first bytes, to tell the packing; what is no regular file has then lost them.
    private static func head(_ input: SharedFile) throws(Failure) -> [UInt8] {
        var head = [UInt8](repeating: 0, count: Compression.magicBytes)
        var filled = 0
        while filled < head.count {
            let count = try head.withUnsafeMutableBytes { bytes -> Result<Int, Failure> in
                let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[filled...])
                return Result { () throws(Failure) in
                    input.descriptor.isSeekable
                        ? try input.descriptor.read(into: rest, at: UInt64(filled)) : try input.descriptor.read(into: rest)
                }
            }.get()
            if count == 0 { break }
            filled += count
        }
        return Array(head[..<filled])
    }
}
