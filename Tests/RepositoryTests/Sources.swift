import LinuxSys
import Primitives
import TestSupport
import Testing

/// The text files of the checkout.
enum Sources {
    struct File: Sendable, CustomTestStringConvertible {
        /// Relative to the repository's root.
        let path: String
        let text: String
        var lines: [Substring] { text.split(separator: "\n", omittingEmptySubsequences: false) }
        var testDescription: String { path }
        /// The target of a file below Sources: `Sources/Layers/Tar/Header.swift` is of `Layers`.
        var target: String { String(path.split(separator: "/")[1]) }
    }

    /// Every file below the given folders or of these names.
    static func files(_ roots: String...) throws(Failure) -> [File] {
        var files: [File] = []
        for root in roots { try collect(root, into: &files) }
        return files
    }

    private static func collect(_ path: String, into files: inout [File]) throws(Failure) {
        let full = "\(Repository.root)/\(path)"
        guard HostFile.isDirectory(full) else {
            if HostFile.exists(full) { files.append(File(path: path, text: String(decoding: try HostFile.read(full), as: UTF8.self))) }
            return
        }
        for name in try Directory.open(full).names().sorted() { try collect("\(path)/\(name)", into: &files) }
    }

    /// The folders of Sources.
    static func targets() throws(Failure) -> [String] { try Directory.open(Repository.root + "/Sources").names().sorted() }
}
