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

    /// Removes `name` and everything below it, following no link; an absent name is no failure.
    package func removeTree(_ name: RawPath) throws(Failure) {
        if unlinkat(raw, name.characters, 0) == 0 || errno == ENOENT { return }
        guard errno == EISDIR || errno == EPERM || errno == EACCES else { throw .kernel("removing", errno) }
        if unlinkat(raw, name.characters, AT_REMOVEDIR) == 0 { return }
        guard errno == ENOTEMPTY || errno == EEXIST else { throw .kernel("removing", errno) }
        let child = try openSubdirectory(name)
        try child.removeContents()
        try call("removing") { unlinkat(raw, name.characters, AT_REMOVEDIR) }
    }

    /// Removes everything below this directory.
    package func removeContents() throws(Failure) { for name in try rawNames() { try removeTree(name) } }
}
