import CShim
import Glibc
package import Primitives

/// Listing and removing where names need not be text.
extension Directory {
    /// The names in this directory without `.` and `..`, unsorted.
    package func rawNames() throws(Failure) -> [RawPath] {
        let copy = try call("listing") { cs_openat(raw, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0) }
        guard let stream = fdopendir(copy) else {
            let code = errno
            _ = Glibc.close(copy)
            throw .kernel("listing", code)
        }
        defer { closedir(stream) }
        var names: [RawPath] = []
        errno = 0
        while let entry = readdir(stream) {
            let offset = MemoryLayout<dirent>.offset(of: \.d_name)!
            let text = (UnsafeRawPointer(entry) + offset).assumingMemoryBound(to: CChar.self)
            let dots = text[0] == 46 && (text[1] == 0 || (text[1] == 46 && text[2] == 0))
            if !dots { names.append(RawPath(cString: text)) }
            errno = 0
        }
        if errno != 0 { throw .kernel("listing", errno) }
        return names
    }

    /// Removes `name` and everything below it, following no link; an absent name is no failure. Closed directories are
    /// opened up. Any depth will do: an image may nest deeper than a process may open descriptors.
    package func removeTree(_ name: RawPath) throws(Failure) {
        if try removed(name) { return }
        do {
            let top = try openClosed(name)
            var moved = 0
            var removedMoved = 0
            try top.removeContents(level: 0, top: top, &moved)
            while removedMoved < moved {
                let next = Directory.movedName(removedMoved)
                removedMoved += 1
                if try top.removed(next) { continue }
                try top.openClosed(next).removeContents(level: 1, top: top, &moved)
                try call("removing") { unlinkat(top.raw, next.characters, AT_REMOVEDIR) }
            }
        }
        try call("removing") { unlinkat(raw, name.characters, AT_REMOVEDIR) }
    }

    private static let levelsMax = 64
    private static func movedName(_ number: Int) -> RawPath { RawPath(".removing.\(number)".utf8)! }

    /// True when `name` is gone without further ado: no directory, an empty one, or absent.
    private func removed(_ name: RawPath) throws(Failure) -> Bool {
        if unlinkat(raw, name.characters, 0) == 0 || errno == ENOENT { return true }
        guard errno == EISDIR || errno == EPERM || errno == EACCES else { throw .kernel("removing", errno) }
        if unlinkat(raw, name.characters, AT_REMOVEDIR) == 0 { return true }
        guard errno == ENOTEMPTY || errno == EEXIST else { throw .kernel("removing", errno) }
        return false
    }

    /// Opens a directory that is going to be removed, whatever its mode.
    private func openClosed(_ name: RawPath) throws(Failure) -> Directory {
        let directory: Directory
        do throws(Failure) { directory = try openSubdirectory(name) } catch {
            guard error.errno == EACCES, fchmodat(raw, name.characters, 0o700, 0) == 0 else { throw error }
            directory = try openSubdirectory(name)
        }
        if try directory.descriptor.status().mode & 0o300 != 0o300 { try directory.descriptor.setMode(0o700) }
        return directory
    }

    /// Removes everything in here; what lies too deep moves up to `top` under a number that counts on.
    private func removeContents(level: Int, top: borrowing Directory, _ moved: inout Int) throws(Failure) {
        for name in try rawNames() where try !removed(name) {
            if level == Directory.levelsMax {
                try move(name, up: top, &moved)
                continue
            }
            try openClosed(name).removeContents(level: level + 1, top: top, &moved)
            try call("removing") { unlinkat(raw, name.characters, AT_REMOVEDIR) }
        }
    }

    /// The image may have used the same name: then the next number is tried.
    private func move(_ name: RawPath, up top: borrowing Directory, _ moved: inout Int) throws(Failure) {
        while true {
            let target = Directory.movedName(moved)
            moved += 1
            if renameat(raw, name.characters, top.raw, target.characters) == 0 { return }
            guard [EEXIST, ENOTEMPTY, ENOTDIR].contains(errno) else { throw .kernel("moving", errno) }
        }
    }
}
