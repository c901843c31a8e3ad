import CShim
import Glibc
package import Primitives

/// Places in a regular file.
extension Descriptor {
    /// Bytes in the file now.
    package func sizeBytes() throws(Failure) -> UInt64 {
        var status = stat()
        try call("reading the size of a file") { fstat(raw, &status) }
        return UInt64(max(status.st_size, 0))
    }

    /// The next read or write happens here, counted from the start.
    package func seek(to offset: UInt64) throws(Failure) {
        try call("seeking") { lseek(raw, off_t(clamping: offset), SEEK_SET) }
    }

    /// Cuts the file off, or lengthens it with zeros; the position stays.
    package func truncate(to sizeBytes: UInt64) throws(Failure) {
        try call("truncating") { ftruncate(raw, off_t(clamping: sizeBytes)) }
    }
}

/// A file that somebody else keeps open, read at any place; its position is neither used nor changed.
package struct BorrowedFile: Sendable {
    private let raw: Int32

    /// The descriptor must stay open as long as this is used.
    package init(_ file: borrowing Descriptor) { raw = file.raw }

    /// - Returns: how many bytes were read; 0 at the end of the file.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(Failure) -> Int {
        try call("reading a file") { pread(raw, buffer.baseAddress, buffer.count, off_t(clamping: offset)) }
    }

    /// Bytes in the file now.
    package func sizeBytes() throws(Failure) -> UInt64 {
        var status = stat()
        try call("reading the size of a file") { fstat(raw, &status) }
        return UInt64(max(status.st_size, 0))
    }
}
