import LinuxSys
internal import Primitives

/// Images made once and kept: `$PROA_TEST_CACHE`, else `~/.cache/proa-tests`. Whoever makes one holds a lock, and it
/// appears under its name when it is complete.
enum ImageCache {
    static func directory() throws(Failure) -> String {
        let home = Process.environment("HOME") ?? "/var/tmp"
        let path = Process.environment("PROA_TEST_CACHE") ?? "\(Process.environment("XDG_CACHE_HOME") ?? home + "/.cache")/proa-tests"
        try HostFile.makeDirectories(path)
        return path
    }

    /// - Parameter name: changes whenever `make` changes what it makes.
    /// - Parameter make: fills the given empty directory.
    static func layout(_ name: String, tag: String, _ make: (String) throws(Failure) -> Void) throws(Failure) -> LayoutImage {
        let path = try directory()
        let image = LayoutImage(path: "\(path)/\(name)", tag: tag)
        if HostFile.exists(image.path) { return image }
        let directory = try Directory.open(path)
        let lock = try Lock.take("\(name).lock", in: directory, .exclusive)
        if !HostFile.exists(image.path) {
            let partial = "\(name).partial"
            try directory.removeTree(partial)
            try directory.createDirectory(partial, mode: 0o755)
            try doing("making the test image \"\(name)\"") { () throws(Failure) in try make("\(path)/\(partial)") }
            try directory.rename(partial, to: name)
        }
        _ = consume lock
        return image
    }
}
