import CShim
import Glibc
package import Primitives

extension Descriptor {
    /// As `BorrowedFile`.
    package func read(into buffer: UnsafeMutableRawBufferPointer, at offset: UInt64) throws(Failure) -> Int {
        try BorrowedFile(self).read(into: buffer, at: offset)
    }

    /// True for a regular file, whose bytes can be read again and in any order.
    package var isSeekable: Bool {
        var status = stat()
        return fstat(raw, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
    }
}

extension UnsafeRawBufferPointer {
    package func hasSameBytes(as other: UnsafeRawBufferPointer) -> Bool {
        if count != other.count { return false }
        guard let mine = baseAddress, let theirs = other.baseAddress else { return true }
        return memcmp(mine, theirs, count) == 0
    }
}

extension Directory {
    /// A new file without a name, for reading and writing: it is gone with its last descriptor, however a process ends.
    package func unnamedFile() throws(Failure) -> Descriptor {
        do throws(Failure) { return try openFile(".", O_TMPFILE | O_RDWR) } catch {
            // EISDIR: an old kernel. Others have no such files: then one whose name goes at once.
            guard [EOPNOTSUPP, EISDIR].contains(error.errno ?? 0) else { throw error }
            let name = "unnamed-\(getpid())-\(Clock.monotonicNanoseconds())"
            let file = try openFile(name, O_RDWR | O_CREAT | O_EXCL)
            try remove(name)
            return file
        }
    }
}

extension Directory {
    /// Opens a file below this directory that somebody hostile may have put there: nothing is waited for.
    package func openForReading(_ name: String) throws(Failure) -> Descriptor {
        try openFile(name, O_RDONLY | O_NONBLOCK | O_NOCTTY, .beneath)
    }

    /// A new file for writing that others may read; `.conflict` when the name exists.
    package func createPublicFile(_ name: String) throws(Failure) -> Descriptor {
        try openFile(name, O_WRONLY | O_CREAT | O_EXCL, mode: 0o644)
    }
}

extension HostFile {
    /// Opens a file of the user for reading, links followed. Nothing is waited for: a FIFO without a writer reads as empty.
    package static func open(_ path: String) throws(Failure) -> Descriptor {
        let raw = try call("open \(path)") { cs_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0) }
        return Descriptor(owning: raw)
    }

    /// Opens a file of the user for writing, made when missing and emptied when not.
    package static func openForWriting(_ path: String) throws(Failure) -> Descriptor {
        let raw = try call("open \(path)") { cs_open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0o666) }
        return Descriptor(owning: raw)
    }
}

extension StandardStream {
    /// A descriptor of its own for what the stream stands for.
    package func duplicate() throws(Failure) -> Descriptor {
        let raw = raw
        return Descriptor(owning: try call("duplicating a descriptor") { cs_fcntl_dup(raw) })
    }
}
