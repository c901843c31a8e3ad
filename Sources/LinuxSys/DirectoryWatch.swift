import CShim
import Glibc
package import Primitives

/// inotify(7) on one directory: wakes when a file in it is written, made or renamed.
package struct DirectoryWatch: ~Copyable {
    private let descriptor: Descriptor

    package init(_ directory: borrowing Directory) throws(Failure) {
        let queue = Descriptor(owning: try call("watching a directory") { inotify_init1(Int32(IN_NONBLOCK) | Int32(IN_CLOEXEC)) })
        let raw = queue.raw
        let path = "/proc/self/fd/\(directory.raw)"
        try call("watching \"\(directory.path)\"") { inotify_add_watch(raw, path, UInt32(IN_MODIFY | IN_CREATE | IN_MOVED_TO | IN_DELETE)) }
        descriptor = queue
    }

    /// Returns after a change or when the time has passed; earlier changes count.
    package func wait(milliseconds: Int32) {
        var entry = pollfd(fd: descriptor.raw, events: Int16(POLLIN), revents: 0)
        guard poll(&entry, 1, milliseconds) > 0 else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        while read(descriptor.raw, &buffer, buffer.count) > 0 {}
    }
}

extension Descriptor {
    /// Number of the file on its file system.
    package var inode: UInt64 {
        var status = stat()
        return fstat(raw, &status) == 0 ? UInt64(status.st_ino) : 0
    }
}

extension Directory {
    /// Number of the file of this name, `nil` when there is none.
    package func inode(_ name: String) -> UInt64? {
        var status = stat()
        return fstatat(raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0 ? UInt64(status.st_ino) : nil
    }
}
