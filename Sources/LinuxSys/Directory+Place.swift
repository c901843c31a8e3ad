import CShim
import Glibc
package import Primitives

/// Directories that names are reached from and that need not be listed.
extension Directory {
    /// The root directory of this process.
    package static func root() throws(Failure) -> Directory { try place("/") }

    /// A directory by path, links followed: also where only searching it is allowed.
    package static func place(_ path: String) throws(Failure) -> Directory {
        let raw = try call("opening the directory \"\(path)\"") { cs_open(path, O_PATH | O_DIRECTORY | O_CLOEXEC, 0) }
        return Directory(Descriptor(owning: raw), path: path)
    }

    /// A directory below this one. - Parameter path: relative; empty for this one.
    package func place(_ path: RawPath, _ resolution: Resolution) throws(Failure) -> Directory {
        let below = path.characters.count == 1 ? RawPath(".".utf8)! : path
        let flags = UInt64(UInt32(bitPattern: O_PATH | O_DIRECTORY))
        let raw = raw
        let fd = try shim("opening a directory") { cs_openat2(raw, below.characters, flags, 0, resolution.bits) }
        return Directory(Descriptor(owning: fd), path: self.path)
    }

    /// This directory itself, so that it can be listed and changed.
    package func opened() throws(Failure) -> Directory {
        let raw = raw
        let fd = try call("opening a directory") { cs_openat(raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
        return Directory(Descriptor(owning: fd), path: path)
    }

    /// Adds to the end of a regular file below this directory, links resolved in it; nothing else is opened or waited for. No such
    /// file is no failure.
    /// - Parameter addition: is given what the file holds.
    package func append(to name: String, limit: Int, _ addition: ([UInt8]) -> [UInt8]) throws(Failure) {
        let file: Descriptor
        do throws(Failure) { file = try openFile(name, O_RDWR | O_NONBLOCK | O_NOCTTY, .inRoot) } catch {
            if error.isOtherNode || error.errno == ENXIO { return }
            throw error
        }
        guard file.isSeekable else { return }
        let bytes = try file.readAll(limit: limit)
        // The position is the end.
        try file.write(addition(bytes))
    }

    /// Removes a name that is no directory; an absent one is no failure. What is mounted on it stays: from outside of its mount
    /// namespace the kernel would take the mount away as well.
    package func unlink(_ name: RawPath) throws(Failure) {
        var status = statx()
        let isMountRoot: UInt64 = 0x2000  // STATX_ATTR_MOUNT_ROOT, Linux 5.8
        if statx(raw, name.characters, AT_SYMLINK_NOFOLLOW, 0, &status) == 0, status.stx_attributes & isMountRoot != 0 {
            throw .kernel("removing", EBUSY)
        }
        if unlinkat(raw, name.characters, 0) == -1, errno != ENOENT { throw .kernel("removing", errno) }
    }

    /// Whether the directory `name` belongs to a file system that shows the kernel's state, not files.
    package func isKernelState(_ name: RawPath) -> Bool {
        let raw = raw
        let fd = cs_openat(raw, name.characters, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC, 0)
        if fd < 0 { return false }
        let directory = Descriptor(owning: fd)
        var status = statfs()
        guard fstatfs(directory.raw, &status) == 0 else { return false }
        // proc, sysfs, cgroup, cgroup2, devpts, mqueue, securityfs, debugfs, tracefs, bpf, efivarfs, binfmt_misc (linux/magic.h)
        let magics: Set<UInt32> = [
            0x9FA0, 0x6265_6572, 0x27_E0EB, 0x6367_7270, 0x1CD1, 0x1980_0202, 0x7363_6673, 0x6462_6720, 0x7472_6163, 0xCAFE_4A11,
            0xDE5E_81E4, 0x4249_4E4D,
        ]
        return magics.contains(UInt32(truncatingIfNeeded: status.f_type))
    }
}
