internal import LinuxSys
internal import Primitives

/// A stream whose first bytes were read, to tell how it is packed.
struct PackedInput {
    let file: SharedFile
    let head: [UInt8]
    /// It can be read in place.
    let isPlainFile: Bool

    /// - Throws: `.corrupt` when there are no bytes at all.
    init(_ input: consuming Descriptor) throws(Failure) {
        let isSeekable = input.isSeekable
        file = SharedFile(input)
        let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: Compression.magicBytes, alignment: 8)
        defer { bytes.deallocate() }
        var filled = 0
        while filled < bytes.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: bytes[filled...])
            let count = isSeekable ? try file.descriptor.read(into: rest, at: UInt64(filled)) : try file.descriptor.read(into: rest)
            if count == 0 { break }
            filled += count
        }
        head = Array(bytes[..<filled])
        if head.isEmpty { throw Failure(.corrupt, "the archive is empty") }
        isPlainFile = isSeekable ? try Compression.detectArchive(head) == .none : false
        if isSeekable { try file.descriptor.seek(to: UInt64(filled)) }
    }

    func spooling(into spool: SharedFile, limits: LayerLimits) throws(Failure) -> SpoolingSource {
        let file = file
        return try SpoolingSource(into: spool, head: head, limits: limits) { (buffer) throws(Failure) in
            try file.descriptor.read(into: buffer)
        }
    }
}
