import Glibc
import LinuxSys
package import Primitives

/// A directory of one test, removed when the last reference goes. `PROA_KEEP_SCRATCH=1` keeps it for a look.
/// It lies in `$PROA_SCRATCH`, else /var/tmp: overlay mounts need a real file system, which /tmp may not be.
package final class Scratch: Sendable {
    package let path: String

    package init(_ purpose: String = "test") throws(Failure) { path = try Scratch.unowned(purpose) }

    private static var base: String { Process.environment("PROA_SCRATCH") ?? "/var/tmp" }

    /// A scratch directory that somebody else removes.
    static func unowned(_ purpose: String) throws(Failure) -> String {
        var template = Array("\(base)/proa-\(purpose)-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw .kernel("making a scratch directory", errno) }
        return String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Makes `name` below the scratch directory and returns its path.
    package func directory(_ name: String, mode: UInt32 = 0o700) throws(Failure) -> String {
        try HostFile.makeDirectories("\(path)/\(name)", mode: mode)
        return "\(path)/\(name)"
    }

    /// Writes a file below the scratch directory and returns its path.
    @discardableResult
    package func write(_ name: String, _ text: String, mode: UInt32 = 0o644) throws(Failure) -> String {
        try Directory.open(path).writeFile(name, Array(text.utf8), mode: mode, durable: false)
        return "\(path)/\(name)"
    }

    deinit {
        if Process.environment("PROA_KEEP_SCRATCH") == "1" { return }
        do { try Directory.open(Scratch.base).removeTree(String(path.dropFirst(Scratch.base.utf8.count + 1))) } catch {
            // Files of a container under subordinate ids: only root in the same user namespace may remove them.
            let remove = Command("/usr/bin/unshare", ["--map-auto", "--map-root-user", "rm", "-rf", path])
            do { _ = try remove.run() } catch { print("left behind: \(path): \(error.message)") }
        }
    }
}
