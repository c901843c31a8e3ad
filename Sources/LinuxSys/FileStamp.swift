import CShim
import Glibc

/// What changes when a file is replaced or written.
package struct FileStamp: Equatable, Sendable {
    private let device: UInt64
    private let inode: UInt64
    private let sizeBytes: Int64
    private let modifiedNanoseconds: Int64
    private let changedNanoseconds: Int64

    /// Of the file at this path, links followed; `nil` when it cannot be reached.
    package init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else { return nil }
        (device, inode, sizeBytes) = (UInt64(status.st_dev), UInt64(status.st_ino), Int64(status.st_size))
        modifiedNanoseconds = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
        changedNanoseconds = Int64(status.st_ctim.tv_sec) * 1_000_000_000 + Int64(status.st_ctim.tv_nsec)
    }

    /// Long enough ago that a later change gets another time: the kernel's clock of files has steps of up to 10 ms.
    package func isSettled(atNanoseconds now: Int64) -> Bool {
        let last = max(modifiedNanoseconds, changedNanoseconds)
        return now - last > 50_000_000
    }
}
