package import Primitives

/// `--device HOST[:CONTAINER][:rwm]`.
package struct DeviceRequest: Equatable, Sendable {
    /// Absolute and clean; a folder means the devices in it.
    package let source: String
    /// Absolute and clean.
    package let target: String
    /// Some of `r`, `w`, `m` (read, write, make nodes), each once.
    package let permissions: String

    /// - Throws: `.invalid` with docker's texts.
    package init(_ text: String) throws(Failure) {
        let parts = text.parts(":")
        guard parts.count <= 3, !parts[0].isEmpty else { throw Failure(.invalid, "bad format for path: \(text)") }
        let hasModeOnly = parts.count == 2 && Self.isMode(parts[1])
        if parts.count == 3, !Self.isMode(parts[2]) { throw Failure(.invalid, "bad mode specified: \(parts[2])") }
        let target = parts.count == 1 || hasModeOnly ? parts[0] : parts[1]
        for path in [target, parts[0]] where !path.isAbsolutePath {
            throw Failure(.invalid, "\(path) is not an absolute path")
        }
        guard !text.utf8.contains(0), cleanPath(target) != "/" else {
            throw Failure(.invalid, "invalid device specification: \(text)")
        }
        source = cleanPath(parts[0])
        self.target = cleanPath(target)
        permissions = hasModeOnly ? parts[1] : parts.count == 3 ? parts[2] : "rwm"
    }

    private static func isMode(_ text: String) -> Bool {
        !text.isEmpty && Set(text.utf8).count == text.utf8.count && text.utf8.allSatisfy { "rwm".utf8.contains($0) }
    }
}
