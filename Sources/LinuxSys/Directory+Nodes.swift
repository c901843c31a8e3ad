import CShim
import Glibc
package import Primitives

/// What a name in a directory stands for.
package struct NodeStatus: Sendable {
    package enum Kind: Sendable { case file, directory, symbolicLink, characterDevice, blockDevice, fifo, socket }
    package let kind: Kind
    /// Permission bits with setuid, setgid and sticky.
    package let mode: UInt32
    package let userID: UInt32
    package let groupID: UInt32
    package let sizeBytes: UInt64
    /// Blocks on the disk, as du(1) counts them.
    package let allocatedBytes: UInt64
    /// Of the file system.
    package let device: UInt64
    package let linkCount: UInt64
    package let inode: UInt64
    package let modifiedSeconds: Int64
    package let modifiedNanoseconds: Int32
    /// Device number of a device node.
    package let deviceMajor: UInt32
    package let deviceMinor: UInt32

    /// Overlay's mark of a removed name: a character device 0:0.
    package var isWhiteout: Bool { kind == .characterDevice && deviceMajor == 0 && deviceMinor == 0 }

    init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFDIR: .directory
            case S_IFLNK: .symbolicLink
            case S_IFCHR: .characterDevice
            case S_IFBLK: .blockDevice
            case S_IFIFO: .fifo
            case S_IFSOCK: .socket
            default: .file
            }
        mode = status.st_mode & 0o7777
        (userID, groupID) = (status.st_uid, status.st_gid)
        (sizeBytes, linkCount, inode) = (UInt64(status.st_size), UInt64(status.st_nlink), UInt64(status.st_ino))
        (allocatedBytes, device) = (UInt64(clamping: status.st_blocks) * 512, UInt64(status.st_dev))
        (modifiedSeconds, modifiedNanoseconds) = (Int64(status.st_mtim.tv_sec), Int32(status.st_mtim.tv_nsec))
        (deviceMajor, deviceMinor) = (cs_major(UInt64(status.st_rdev)), cs_minor(UInt64(status.st_rdev)))
    }
}

extension Failure {
    /// The name is missing or stands for something else than the directory or file that was asked for.
    package var isOtherNode: Bool { [ENOENT, ENOTDIR, ELOOP].contains(self.errno ?? 0) }
}

/// Making, describing and removing single names of this directory. `name` has one component; a link of that
/// name is never followed. The messages do not repeat the name: the caller says what it was doing.
extension Directory {
    /// `nil` when there is no such name.
    package func status(of name: RawPath) throws(Failure) -> NodeStatus? {
        var status = stat()
        if fstatat(raw, name.characters, &status, AT_SYMLINK_NOFOLLOW) == 0 { return NodeStatus(status) }
        if errno == ENOENT { return nil }
        throw .kernel("looking", errno)
    }

    /// A new, empty file open for writing, mode 0600; `.conflict` when the name exists, whatever it is.
    package func createFile(_ name: RawPath) throws(Failure) -> Descriptor {
        Descriptor(
            owning: try call("making a file") {
                cs_openat(raw, name.characters, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
            })
    }

    /// A new directory, mode 0700; `.conflict` when the name exists.
    package func createDirectory(_ name: RawPath) throws(Failure) {
        try call("making a directory") { mkdirat(raw, name.characters, 0o700) }
    }

    /// Opens the directory `name`; a link is refused (ELOOP or ENOTDIR).
    package func openSubdirectory(_ name: RawPath) throws(Failure) -> Directory {
        let fd = try call("opening a directory") {
            cs_openat(raw, name.characters, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
        }
        return Directory(Descriptor(owning: fd), path: path)
    }

    /// Opens a directory below this one by a path of several components.
    /// - Parameter followLast: whether the last one may be a link, as far as `resolution` allows links at all.
    package func openDirectory(_ below: RawPath, _ resolution: Resolution, followLast: Bool) throws(Failure) -> Directory {
        let flags = O_RDONLY | O_DIRECTORY | (followLast ? 0 : O_NOFOLLOW)
        let fd = try shim("opening a directory") {
            cs_openat2(raw, below.characters, UInt64(UInt32(bitPattern: flags)), 0, resolution.bits)
        }
        return Directory(Descriptor(owning: fd), path: path)
    }

    /// A second descriptor of this directory.
    package func duplicate() throws(Failure) -> Directory { Directory(try descriptor.duplicate(), path: path) }

    /// The text of a symbolic link, `nil` when there is none of that name.
    package func linkText(of name: RawPath) throws(Failure) -> RawPath? {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = buffer.withUnsafeMutableBytes { readlinkat(raw, name.characters, $0.baseAddress!, 4096) }
        return count < 0 ? nil : RawPath(buffer[..<count])
    }

    package func createSymbolicLink(_ name: RawPath, to target: RawPath) throws(Failure) {
        try call("making a symbolic link") { symlinkat(target.characters, raw, name.characters) }
    }

    /// A further name here for `target` in `other`; a target that is a link is not followed.
    package func createHardLink(_ name: RawPath, to target: RawPath, in other: borrowing Directory) throws(Failure) {
        let from = other.raw
        try call("making a hard link") { linkat(from, target.characters, raw, name.characters, 0) }
    }

    package enum SpecialFile: Sendable {
        case fifo
        case characterDevice(major: UInt32, minor: UInt32)
        case blockDevice(major: UInt32, minor: UInt32)
        /// Nobody listens on it.
        case socket
        /// A character device 0:0, which needs no privilege (Linux 5.8).
        package static var whiteout: SpecialFile { .characterDevice(major: 0, minor: 0) }
    }

    package func createSpecial(_ name: RawPath, _ file: SpecialFile) throws(Failure) {
        let (type, device): (mode_t, UInt64) =
            switch file {
            case .fifo: (S_IFIFO, 0)
            case .socket: (S_IFSOCK, 0)
            case .characterDevice(let major, let minor): (S_IFCHR, cs_makedev(major, minor))
            case .blockDevice(let major, let minor): (S_IFBLK, cs_makedev(major, minor))
            }
        try call("making a special file") { mknodat(raw, name.characters, type | 0o600, dev_t(device)) }
    }

    /// Owner of the name itself, also of a link.
    package func setOwner(of name: RawPath, user: UInt32, group: UInt32) throws(Failure) {
        try call("setting the owner") { fchownat(raw, name.characters, user, group, AT_SYMLINK_NOFOLLOW) }
    }

    /// Permission bits; follows a link, so only for names that were just made as something else.
    package func setMode(of name: RawPath, _ mode: UInt32) throws(Failure) {
        try call("setting the mode") { fchmodat(raw, name.characters, mode_t(mode), 0) }
    }

    /// Access and modification time of the name itself, also of a link.
    package func setTimes(of name: RawPath, seconds: Int64, nanoseconds: Int32) throws(Failure) {
        let time = timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds))
        try withTimes(time) { utimensat(raw, name.characters, $0, AT_SYMLINK_NOFOLLOW) }
    }
}

private func withTimes(_ time: timespec, _ body: (UnsafePointer<timespec>) -> Int32) throws(Failure) {
    var times = (time, time)
    try call("setting the times") {
        withUnsafePointer(to: &times) { $0.withMemoryRebound(to: timespec.self, capacity: 2) { body($0) } }
    }
}

/// What `Directory` does by name, done to an open file.
extension Descriptor {
    /// Fills the empty file `copy` with the content of this one; holes stay holes, blocks are shared where that is possible.
    package func copyContents(to copy: borrowing Descriptor) throws(Failure) {
        let to = copy.raw
        try shim("copying a file") { cs_copy_contents(raw, to) }
    }
    package func status() throws(Failure) -> NodeStatus {
        var status = stat()
        try call("looking") { fstat(raw, &status) }
        return NodeStatus(status)
    }
    package func setOwner(user: UInt32, group: UInt32) throws(Failure) {
        try call("setting the owner") { fchown(raw, user, group) }
    }
    package func setMode(_ mode: UInt32) throws(Failure) { try call("setting the mode") { fchmod(raw, mode_t(mode)) } }
    package func setTimes(seconds: Int64, nanoseconds: Int32) throws(Failure) {
        try withTimes(timespec(tv_sec: Int(seconds), tv_nsec: Int(nanoseconds))) { futimens(raw, $0) }
    }
    /// Grows or cuts the file; what is grown is a hole.
    package func setSize(_ bytes: UInt64) throws(Failure) {
        guard let size = Int(exactly: bytes) else { throw .kernel("setting the size", EFBIG) }
        try call("setting the size") { ftruncate(raw, size) }
    }
    /// Writes all of `buffer` at `offset`; the file's position stays.
    package func write(_ buffer: UnsafeRawBufferPointer, at offset: UInt64) throws(Failure) {
        guard var position = Int(exactly: offset) else { throw .kernel("writing", EFBIG) }
        var rest = buffer[...]
        while !rest.isEmpty {
            let part = UnsafeRawBufferPointer(rebasing: rest)
            let count = try call("writing") { pwrite(raw, part.baseAddress, part.count, position) }
            rest = rest.dropFirst(count)
            position += count
        }
    }
}
