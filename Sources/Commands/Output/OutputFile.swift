import LinuxSys
import Primitives

/// Where a command writes an archive: `-o FILE`, or standard output unless that is a terminal.
enum OutputFile {
    static let refusal = "cowardly refusing to save to a terminal. Use the -o flag or redirect"

    /// Runs `body` with a sink. A file appears when it is complete: after a failure nothing of it is left.
    /// - Parameter action: `save image`, for docker's message about a path that is not there.
    static func write(
        _ path: String, _ action: String, _ body: (@escaping (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) -> Void
    ) throws(Failure) {
        if path.isEmpty {
            if StandardStream.output.isTerminal { throw Failure(.invalid, refusal) }
            return try body { (bytes) throws(Failure) in try StandardStream.output.write(bytes) }
        }
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        let folder = parts.count == 1 ? "." : parts.dropLast().joined(separator: "/") + "/"
        guard HostFile.isDirectory(folder) else {
            throw Failure(.invalid, "failed to \(action): invalid output path: stat \(folder): no such file or directory")
        }
        if HostFile.isDirectory(path) { throw Failure(.invalid, "failed to \(action): invalid output path: \"\(path)\" is a directory") }
        // A device or a pipe is written as it is.
        if let status = HostFile.status(path), status.kind != .file {
            let file = SharedFile(try HostFile.openForWriting(path))
            return try body { (bytes) throws(Failure) in try file.descriptor.write(bytes) }
        }
        let directory = try Directory.open(folder)
        let name = String(parts.last ?? "")
        let temporary = ".\(name.prefix(200)).\(Process.current)"
        let file = SharedFile(try directory.createFile(RawPath(temporary.utf8)!))
        do throws(Failure) {
            try body { (bytes) throws(Failure) in try file.descriptor.write(bytes) }
            try directory.rename(temporary, to: name)
        } catch {
            // The first failure is the one to tell.
            try? directory.remove(temporary)
            throw error
        }
    }
}
