import CShim
import Glibc
package import Primitives

/// Files named by the user or fixed by the system, outside every container.
package enum HostFile {
    /// Reads a whole file by path, following links. `limit` as in `Descriptor.readAll`.
    package static func read(_ path: String, limit: Int = 16 << 20) throws(Failure) -> [UInt8] {
        let raw = try call("opening \"\(path)\"") { cs_open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY, 0) }
        let file = Descriptor(owning: raw)
        return try doing("reading \"\(path)\"") { () throws(Failure) in try file.readAll(limit: limit) }
    }

    /// The text of a file, or `nil` when it cannot be read: for optional configuration and /proc, where
    /// absence and refusal mean the same to the caller.
    package static func text(_ path: String) -> String? {
        do { return String(decoding: try read(path), as: UTF8.self) } catch { return nil }
    }

    package static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
    package static func isExecutable(_ path: String) -> Bool { access(path, X_OK) == 0 }
    package static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    /// The uid that owns the symbolic link at this path, `nil` when there is none.
    package static func linkOwner(_ path: String) -> UInt32? {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK ? status.st_uid : nil
    }

    /// The absolute path with every link resolved.
    package static func resolve(_ path: String) throws(Failure) -> String {
        guard let real = realpath(path, nil) else { throw .kernel("resolving \"\(path)\"", errno) }
        defer { free(real) }
        return String(cString: real)
    }

    /// Makes a directory and its missing parents.
    package static func makeDirectories(_ path: String, mode: UInt32 = 0o700) throws(Failure) {
        if mkdir(path, mode) == 0 || errno == EEXIST { return }
        guard errno == ENOENT, let slash = path.lastIndex(of: "/"), slash > path.startIndex else {
            throw .kernel("making the directory \"\(path)\"", errno)
        }
        try makeDirectories(String(path[..<slash]), mode: mode)
        if mkdir(path, mode) == -1, errno != EEXIST { throw .kernel("making the directory \"\(path)\"", errno) }
    }
}

extension HostFile {
    /// Facts about a file, links followed; `nil` when it cannot be reached.
    package static func status(_ path: String) -> FileStatus? {
        var status = stat()
        return stat(path, &status) == 0 ? FileStatus(status) : nil
    }
}

extension HostFile {
    /// `PRETTY_NAME` of os-release(5).
    package static var osName: String {
        let line = text("/etc/os-release")?.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }
        return line.map { $0.dropFirst(12).filter { $0 != "\"" } } ?? "Linux"
    }

    /// Writes a new file of the user's, with his file mode creation mask; `.conflict` when it exists.
    package static func create(_ path: String, text: String) throws(Failure) {
        let mode = 0o644 & ~FileModeMask.callers
        let raw = try call("creating \"\(path)\"") { cs_open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode) }
        let file = Descriptor(owning: raw)
        try doing("writing \"\(path)\"") { () throws(Failure) in try file.write(text) }
        try file.close()
    }
}

extension HostFile {
    /// Writes a setting into a file that exists: one of the kernel's.
    package static func set(_ path: String, _ value: String) throws(Failure) {
        let file = Descriptor(owning: try call("opening \"\(path)\"") { cs_open(path, O_WRONLY | O_CLOEXEC, 0) })
        try doing("writing \"\(value)\" to \"\(path)\"") { () throws(Failure) in try file.write(value) }
    }
}
