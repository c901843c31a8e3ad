import Glibc
package import Primitives

extension Directory {
    /// What this user may still write to the file system, from statvfs(3); `nil` when it does not say.
    package func space() -> (freeBytes: UInt64, totalBytes: UInt64, freeFiles: UInt64)? {
        var status = statvfs()
        guard fstatvfs(raw, &status) == 0 else { return nil }
        let unit = UInt64(status.f_frsize)
        // File systems without a table of files report none at all.
        let files = status.f_files == 0 ? UInt64.max : UInt64(status.f_favail)
        return (UInt64(status.f_bavail) * unit, UInt64(status.f_blocks) * unit, files)
    }
}

extension Directory {
    /// Gives an existing file another content, in place: for files that are mounted somewhere.
    package func overwriteFile(_ name: String, _ bytes: [UInt8]) throws(Failure) {
        let file = try openFile(name, O_WRONLY | O_TRUNC)
        try doing("writing \(named(name))") { () throws(Failure) in try file.write(bytes) }
    }
}
