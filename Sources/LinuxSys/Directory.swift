import CShim
import Glibc
package import Primitives

/// A directory held open. Files are reached from here by descriptor, never by joining strings below a
/// root that somebody else may change.
package struct Directory: ~Copyable {
    package let descriptor: Descriptor
    /// Where it was opened, for messages only.
    package let path: String
    package var raw: Int32 { descriptor.raw }

    package init(_ descriptor: consuming Descriptor, path: String) {
        self.descriptor = descriptor
        self.path = path
    }

    /// Opens a directory that is ours or the user's by path.
    package static func open(_ path: String) throws(Failure) -> Directory {
        let raw = try call("opening the directory \"\(path)\"") { cs_open(path, O_DIRECTORY | O_RDONLY | O_CLOEXEC, 0) }
        return Directory(Descriptor(owning: raw), path: path)
    }

    /// How far the resolution of a relative path may go.
    package enum Resolution: Sendable {
        /// Links are refused anywhere in the path (our own store).
        case noLinks
        /// Links are followed but stay beneath this directory; leaving it is an error.
        case beneath
        /// As after chroot: absolute links and `..` start again at this directory.
        case inRoot

        var bits: UInt64 {
            let magic = UInt64(RESOLVE_NO_MAGICLINKS)
            return switch self {
            case .noLinks: magic | UInt64(RESOLVE_NO_SYMLINKS) | UInt64(RESOLVE_BENEATH)
            case .beneath: magic | UInt64(RESOLVE_BENEATH)
            case .inRoot: magic | UInt64(RESOLVE_IN_ROOT)
            }
        }
    }

    package func named(_ name: String) -> String { "\"\(path)/\(name)\"" }

    /// openat2(2) below this directory.
    package func openFile(
        _ name: String, _ flags: Int32 = O_RDONLY, mode: UInt32 = 0o600, _ resolution: Resolution = .noLinks
    ) throws(Failure) -> Descriptor {
        // O_TMPFILE contains the bit of O_DIRECTORY; openat2 refuses a mode where nothing is made.
        let makes = flags & O_CREAT != 0 || flags & O_TMPFILE == O_TMPFILE
        let raw = try shim("opening \(named(name))") {
            cs_openat2(self.raw, name, UInt64(UInt32(bitPattern: flags)), makes ? UInt64(mode) : 0, resolution.bits)
        }
        return Descriptor(owning: raw)
    }

    /// A directory below this one.
    package func openDirectory(_ name: String, _ resolution: Resolution = .noLinks) throws(Failure) -> Directory {
        Directory(try openFile(name, O_RDONLY | O_DIRECTORY, resolution), path: "\(path)/\(name)")
    }

    /// Makes the directory `name` unless it is there already, and opens it.
    package func makeDirectory(_ name: String, mode: UInt32 = 0o700) throws(Failure) -> Directory {
        if mkdirat(raw, name, mode) == -1, errno != EEXIST { throw .kernel("making the directory \(named(name))", errno) }
        return try openDirectory(name)
    }

    /// Makes the directory `name`; `.conflict` when it exists.
    package func createDirectory(_ name: String, mode: UInt32 = 0o700) throws(Failure) {
        try call("making the directory \(named(name))") { mkdirat(raw, name, mode) }
    }

    /// True when `name` exists (a dangling link counts).
    package func contains(_ name: String) -> Bool { faccessat(raw, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0 }

    /// The names in this directory without `.` and `..`, unsorted.
    package func names() throws(Failure) -> [String] {
        let copy = try call("listing \"\(path)\"") { cs_openat(raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
        guard let stream = fdopendir(copy) else {
            let code = errno
            _ = Glibc.close(copy)
            throw .kernel("listing \"\(path)\"", code)
        }
        defer { closedir(stream) }
        var names: [String] = []
        errno = 0
        while let entry = readdir(stream) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        if errno != 0 { throw .kernel("listing \"\(path)\"", errno) }
        return names
    }

    /// Reads a whole file; see `Descriptor.readAll` for the limit.
    package func readFile(
        _ name: String, _ resolution: Resolution = .noLinks, limit: Int = 16 << 20
    ) throws(Failure) -> [UInt8] {
        let file = try openFile(name, O_RDONLY | O_NOCTTY, resolution)
        return try doing("reading \(named(name))") { () throws(Failure) in try file.readAll(limit: limit) }
    }

    /// Replaces `name` in one step: temporary file, data, (fsync), rename, (fsync of the directory).
    /// - Parameter durable: `false` only for records that a reboot makes void anyway.
    package func writeFile(_ name: String, _ bytes: [UInt8], mode: UInt32 = 0o600, durable: Bool = true) throws(Failure) {
        let temporary = ".\(name).\(getpid()).\(Clock.monotonicNanoseconds())"
        do {
            let file = try openFile(temporary, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
            try file.write(bytes)
            if durable { try file.sync() }
            try file.close()
            try rename(temporary, to: name)
        } catch {
            unlinkat(raw, temporary, 0)
            throw error.within("writing \(named(name))")
        }
        if durable { try descriptor.sync() }
    }

    /// Makes a file that is not there yet, in a directory that nobody reads yet: nothing is synced or renamed.
    package func createFile(_ name: String, _ bytes: [UInt8], mode: UInt32) throws(Failure) {
        do throws(Failure) {
            let file = try openFile(name, O_WRONLY | O_CREAT | O_EXCL, mode: mode)
            try file.write(bytes)
        } catch { throw error.within("writing \(named(name))") }
    }

    package func rename(_ name: String, to other: String) throws(Failure) {
        try call("renaming \(named(name)) to \"\(other)\"") { renameat(raw, name, raw, other) }
    }

    /// Moves `name` into another directory of the same file system, replacing a file of that name.
    package func move(_ name: String, to directory: borrowing Directory, as other: String) throws(Failure) {
        let target = directory.raw
        try call("moving \(named(name)) to \(directory.named(other))") { renameat(raw, name, target, other) }
    }

    /// Removes a file; an absent one is no failure.
    package func remove(_ name: String) throws(Failure) {
        if unlinkat(raw, name, 0) == -1, errno != ENOENT { throw .kernel("removing \(named(name))", errno) }
    }

    /// Removes an empty directory; an absent one is no failure.
    package func removeDirectory(_ name: String) throws(Failure) {
        if unlinkat(raw, name, AT_REMOVEDIR) == -1, errno != ENOENT { throw .kernel("removing \(named(name))", errno) }
    }

    /// Removes `name` and everything below it; links are removed, never followed, and nothing of another
    /// file system is touched. An absent name is no failure.
    /// Directories without permission are opened up first (overlay's work directory has mode 0).
    package func removeTree(_ name: String) throws(Failure) {
        guard let path = RawPath(name.utf8) else { throw Failure(.invalid, "removing \(named(name)): no possible name") }
        try doing("removing \(named(name))") { () throws(Failure) in try removeTree(path) }
    }
}

/// What a directory entry is.
package struct FileStatus: Equatable, Sendable {
    package enum Kind: Sendable { case file, directory, link, characterDevice, blockDevice, pipe, socket }
    package var kind: Kind
    package var sizeBytes: Int64
    package var owner: UInt32
    package var mode: UInt32
    /// Of a device node.
    package var device: UInt64
    /// Seconds since 1970.
    package var modifiedSeconds: Int64

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFDIR: .directory
            case S_IFLNK: .link
            case S_IFCHR: .characterDevice
            case S_IFBLK: .blockDevice
            case S_IFIFO: .pipe
            case S_IFSOCK: .socket
            default: .file
            }
        (sizeBytes, owner, mode, device) = (Int64(status.st_size), status.st_uid, status.st_mode & 0o7777, UInt64(status.st_rdev))
        modifiedSeconds = Int64(status.st_mtim.tv_sec)
    }
}

extension Directory {
    /// Facts about an entry, without following a link; `nil` when there is none.
    package func status(_ name: String) throws(Failure) -> FileStatus? {
        var status = stat()
        if fstatat(raw, name, &status, AT_SYMLINK_NOFOLLOW) == 0 { return FileStatus(status) }
        if errno == ENOENT { return nil }
        throw .kernel("examining \(named(name))", errno)
    }

    /// The uid that owns this directory.
    package func owner() throws(Failure) -> UInt32 {
        var status = stat()
        try call("examining \"\(path)\"") { fstat(raw, &status) }
        return status.st_uid
    }

    /// Takes away what a directory of `user` allows to anybody else; a directory of another user stays as it is.
    package func close(toOthers user: UInt32) throws(Failure) {
        var status = stat()
        try call("examining \"\(path)\"") { fstat(raw, &status) }
        if status.st_uid == user, status.st_mode & 0o077 != 0 { try descriptor.setMode(UInt32(status.st_mode & 0o700)) }
    }

    /// Makes a symbolic link; `.conflict` when the name is taken: one atomic test and set.
    package func createLink(_ name: String, to target: String) throws(Failure) {
        try call("making the link \(named(name))") { symlinkat(target, raw, name) }
    }

    /// The text of a symbolic link, `nil` when there is none of that name.
    package func readLink(_ name: String) -> String? {
        var buffer = [UInt8](repeating: 0, count: 4097)
        let count = buffer.withUnsafeMutableBytes { readlinkat(raw, name, $0.baseAddress!, 4096) }
        return count < 0 ? nil : String(decoding: buffer[..<count], as: UTF8.self)
    }
}

extension Directory {
    /// An extended attribute of a file or directory below, without following a link; `nil` when it has none.
    package func attribute(_ attribute: String, of name: String) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = lgetxattr("/proc/self/fd/\(raw)/\(name)", attribute, &bytes, bytes.count)
        return count < 0 ? nil : Array(bytes[..<count])
    }

    /// Reads a regular file that somebody hostile may have put there: nothing else is opened, nothing is waited for.
    package func readRegularFile(_ name: String, limit: Int) throws(Failure) -> [UInt8] {
        let file = try openFile(name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
        var status = stat()
        try call("examining \(named(name))") { fstat(file.raw, &status) }
        guard status.st_mode & S_IFMT == S_IFREG else { throw Failure(.corrupt, "\(named(name)) is no regular file") }
        return try file.readAll(limit: limit)
    }
}

extension Directory {
    /// Sum of the sizes of regular files below. Directories that may not be entered, or whose path is longer than the kernel
    /// takes, count as empty. Holds one directory open at a time, however deep a hostile tree is.
    package func treeBytes() throws(Failure) -> Int64 {
        var bytes: Int64 = 0
        var waiting: [[UInt8]] = [[]]
        while let path = waiting.popLast() {
            do throws(Failure) {
                let directory = try path.isEmpty ? duplicate() : openDirectory(RawPath(path)!, .noLinks, followLast: false)
                for name in try directory.rawNames() {
                    guard let status = try directory.status(of: name) else { continue }
                    if status.kind == .file {
                        let sum = bytes.addingReportingOverflow(Int64(clamping: status.sizeBytes))
                        bytes = sum.overflow ? .max : sum.partialValue
                    } else if status.kind == .directory {
                        waiting.append(path.isEmpty ? name.bytes : path + [0x2F] + name.bytes)
                    }
                }
            } catch {
                // Removed or replaced meanwhile is as good as empty.
                if !path.isEmpty, error.isOtherNode || [EACCES, ENAMETOOLONG].contains(error.errno ?? 0) { continue }
                throw error
            }
        }
        return bytes
    }
}
