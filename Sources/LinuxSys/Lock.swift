import CShim
import Glibc
package import Primitives

/// A flock(2) on a file; the kernel releases it when the holder ends, however it ends.
package struct Lock: ~Copyable {
    package enum Mode: Sendable { case shared, exclusive }
    package let descriptor: Descriptor

    private init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }

    /// Names the scope that needs the lock: `defer { lock.hold() }`.
    package func hold() {}

    /// Waits for the lock; makes the file when it is missing. A holder may remove or move the file before it lets go:
    /// whoever waited for that one then locks the file that has the name now.
    package static func take(_ name: String, in directory: borrowing Directory, _ mode: Mode) throws(Failure) -> Lock {
        while true {
            let file = try directory.openFile(name, O_RDWR | O_CREAT)
            let raw = file.raw
            try call("locking \(directory.named(name))") { flock(raw, mode == .shared ? LOCK_SH : LOCK_EX) }
            if directory.inode(name) == file.inode { return Lock(file) }
        }
    }

    /// Waits for the lock on a directory itself: for files that other programs own too, beside which none of ours may lie.
    package static func take(directoryAt path: String) throws(Failure) -> Lock {
        let raw = try call("opening the directory \"\(path)\"") { cs_open(path, O_DIRECTORY | O_RDONLY | O_CLOEXEC, 0) }
        let file = Descriptor(owning: raw)
        try call("locking \"\(path)\"") { flock(raw, LOCK_EX) }
        return Lock(file)
    }

    /// The lock at once, or `nil` when somebody else holds it.
    package static func attempt(_ name: String, in directory: borrowing Directory, _ mode: Mode) throws(Failure) -> Lock? {
        let file = try directory.openFile(name, O_RDWR | O_CREAT)
        if flock(file.raw, (mode == .shared ? LOCK_SH : LOCK_EX) | LOCK_NB) == 0 {
            return directory.inode(name) == file.inode ? Lock(file) : nil
        }
        if errno == EWOULDBLOCK { return nil }
        throw .kernel("locking \(directory.named(name))", errno)
    }
}
