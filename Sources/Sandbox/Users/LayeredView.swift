internal import LinuxSys
package import Primitives

/// Reads small files of an overlay without mounting it: directories from the topmost on, with overlay's
/// whiteouts and opaque directories, links followed inside the view only.
///
/// Everything here is hostile: a FIFO, a device, a link to the host or an endless file is refused, never
/// waited for (CVE-2026-47262, CVE-2024-9676).
package struct LayeredView: ~Copyable {
    private let layers: [Layer]
    private static let linksMax = 40

    /// A directory held open; a class so that many can stand in one list.
    private final class Layer {
        let directory: Directory
        init(_ directory: consuming Directory) { self.directory = directory }
    }

    /// - Parameter paths: directories of the host, the topmost first.
    package init(_ paths: [String]) throws(Failure) {
        var layers: [Layer] = []
        for path in paths { layers.append(Layer(try Directory.open(path))) }
        self.layers = layers
    }

    /// The content of a regular file, `nil` when there is none of that path.
    /// - Throws: `.corrupt` when it is larger than `limit`, too many links, or no regular file.
    package func read(_ path: String, limit: Int = 1 << 20) throws(Failure) -> [UInt8]? {
        var rest = Self.parts(path)
        var done: [String] = []
        var links = 0
        while !rest.isEmpty {
            let part = rest.removeFirst()
            if part == "." { continue }
            if part == ".." {
                _ = done.popLast()
                continue
            }
            let at = (done + [part]).joined(separator: "/")
            guard let (layer, status) = try find(done, part) else { return nil }
            switch status.kind {
            case .link:
                links += 1
                guard links <= Self.linksMax, let target = layer.directory.readLink(at) else {
                    throw Failure(.corrupt, "too many symbolic links in the image's \"\(path)\"")
                }
                if target.utf8.first == UInt8(ascii: "/") { done = [] }
                rest = Self.parts(target) + rest
            case .directory: done.append(part)
            case .file where rest.isEmpty:
                return try doing("reading the image's \"\(path)\"") { () throws(Failure) in
                    try layer.directory.readRegularFile(at, limit: limit)
                }
            default:
                throw Failure(.corrupt, "the image's \"\(path)\" is no regular file")
            }
        }
        return nil
    }

    /// By bytes, as the kernel splits: a slash before a combining mark is one `Character` with it, and no slash to Swift.
    private static func parts(_ path: String) -> [String] {
        path.utf8.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }
    }

    /// The topmost layer that has `name` in the merged directory `parents`, unless something above hides it.
    private func find(_ parents: [String], _ name: String) throws(Failure) -> (Layer, FileStatus)? {
        layers: for layer in layers {
            var path = ""
            var opaque = false
            for parent in parents {
                path += path.isEmpty ? parent : "/\(parent)"
                guard let status = try layer.directory.status(path) else { continue layers }
                // A whiteout or another kind of file hides every directory of this path below.
                if status.kind != .directory { return nil }
                if layer.directory.attribute(OverlayAttribute.opaque, of: path) == [UInt8(ascii: "y")] { opaque = true }
            }
            let full = path.isEmpty ? name : "\(path)/\(name)"
            if let status = try layer.directory.status(full) {
                let isWhiteout =
                    status.kind == .characterDevice && status.device == 0
                    || status.kind == .file && status.sizeBytes == 0
                        && layer.directory.attribute(OverlayAttribute.whiteout, of: full) != nil
                return isWhiteout ? nil : (layer, status)
            }
            if opaque { return nil }
        }
        return nil
    }
}
