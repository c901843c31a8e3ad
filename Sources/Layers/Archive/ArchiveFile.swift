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
    package init(_ input: consuming Descriptor, spool: () throws(Failure) -> Descriptor) throws(Failure) {
        let packed = try PackedInput(input)
        if packed.isPlainFile {
            file = packed.file
            index = try TarIndex(try SeekableSource(file))
            return
        }
        file = SharedFile(try spool())
        let source = try packed.spooling(into: file, limits: TarIndex.limits)
        index = try TarIndex(source)
        try source.drain()
    }
}
