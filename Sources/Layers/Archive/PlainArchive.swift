package import LinuxSys
package import Primitives

/// A layer's archive without its packing, with its digest: a file that can be read again from its start.
package struct PlainArchive: Sendable {
    package let file: SharedFile
    package let sizeBytes: UInt64
    /// Of the plain bytes: a diff id.
    package let digest: Digest

    /// Reads everything once. A plain regular file stays where it is; anything else is unpacked into a new file.
    /// - Parameter spool: makes a file without a name.
    package init(_ input: consuming Descriptor, spool: () throws(Failure) -> Descriptor) throws(Failure) {
        let packed = try PackedInput(input)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 4096)
        defer { buffer.deallocate() }
        var hash = SHA256()
        if packed.isPlainFile {
            file = packed.file
            var position: UInt64 = 0
            while true {
                let count = try file.descriptor.read(into: buffer, at: position)
                if count == 0 { break }
                hash.update(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
                position += UInt64(count)
            }
            (sizeBytes, digest) = (position, hash.digest())
            return
        }
        file = SharedFile(try spool())
        let source = try packed.spooling(into: file, limits: LayerLimits())
        while true {
            let chunk = try source.nextChunk()
            if chunk.isEmpty { break }
            hash.update(chunk)
        }
        try file.descriptor.setSize(source.position)
        (sizeBytes, digest) = (source.position, hash.digest())
    }
}
