import CShim
import Glibc
package import Primitives

/// Sends a growing file to the disk while it is written and takes what has arrived out of the page cache: for a large file
/// that nobody reads soon. The sync at its end has little left to do, and its bytes do not push out those of others;
/// a few megabytes of memory are used again and again.
package struct WriteBehind {
    private static let stepBytes: UInt64 = 4 << 20
    /// Everything before has been sent, and everything before the other one has arrived.
    private var sent: UInt64
    private var arrived: UInt64

    /// - Parameter offset: where writing begins.
    package init(from offset: UInt64) { (sent, arrived) = (offset, offset) }

    /// - Parameter end: everything before is written and not changed any more.
    /// - Throws: what the disk says. It says so only once, so the sync at the end would not know of it.
    package mutating func advance(to end: UInt64, in file: borrowing Descriptor) throws(Failure) {
        while end >= sent + Self.stepBytes {
            try send(file, sent, SYNC_FILE_RANGE_WRITE)
            sent += Self.stepBytes
            // The step before had the time of this one to arrive.
            guard sent - arrived > Self.stepBytes else { continue }
            try send(file, arrived, SYNC_FILE_RANGE_WAIT_BEFORE | SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER)
            posix_fadvise(file.raw, off_t(clamping: arrived), off_t(Self.stepBytes), POSIX_FADV_DONTNEED)
            arrived += Self.stepBytes
        }
    }

    private func send(_ file: borrowing Descriptor, _ start: UInt64, _ flags: Int32) throws(Failure) {
        do throws(Failure) {
            try call("writing") { sync_file_range(file.raw, off_t(clamping: start), off_t(Self.stepBytes), UInt32(flags)) }
        } catch {
            // Not every file system can; then all is left to the sync.
            guard [EINVAL, ENOSYS, EOPNOTSUPP, ESPIPE, EPERM].contains(error.errno ?? 0) else { throw error }
        }
    }
}

extension Descriptor {
    /// Takes the synced bytes of the file out of the page cache.
    package func forgetCached() { posix_fadvise(raw, 0, 0, POSIX_FADV_DONTNEED) }
}
