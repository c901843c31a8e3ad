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
