import CShim
import Glibc
package import Primitives

/// Extended attributes (xattr(7)). Names are full: `user.overlay.opaque`.
extension Descriptor {
    package func setAttribute(_ name: RawPath, _ value: [UInt8]) throws(Failure) {
        try call("setting an attribute") { fsetxattr(raw, name.characters, value, value.count, 0) }
    }

    /// `nil` when the attribute is not set.
    package func attribute(_ name: RawPath) throws(Failure) -> [UInt8]? {
        var value = [UInt8](repeating: 0, count: 65536)
        let count = value.withUnsafeMutableBytes { fgetxattr(raw, name.characters, $0.baseAddress, $0.count) }
        if count >= 0 { return Array(value[..<count]) }
        if errno == ENODATA { return nil }
        throw .kernel("reading an attribute", errno)
    }
}

extension Directory {
    private func path(of name: RawPath) -> RawPath { RawPath(Array("/proc/self/fd/\(raw)/".utf8) + name.bytes)! }

    /// All attributes of the name itself, also of a link. A file system without attributes has none.
    package func attributes(of name: RawPath) throws(Failure) -> [(name: RawPath, value: [UInt8])] {
        let path = path(of: name)
        var names = [CChar](repeating: 0, count: 65536)
        let size = llistxattr(path.characters, &names, names.count)
        if size < 0, errno == ENOTSUP { return [] }
        try call("listing attributes") { Int32(clamping: size) }
        var out: [(name: RawPath, value: [UInt8])] = []
        for text in names[..<size].split(separator: 0) {
            let attribute = RawPath(text.map { UInt8(bitPattern: $0) })!
            var value = [UInt8](repeating: 0, count: 65536)
            let count = lgetxattr(path.characters, attribute.characters, &value, value.count)
            if count < 0, errno == ENODATA { continue }
            try call("reading an attribute") { Int32(clamping: count) }
            out.append((attribute, Array(value[..<count])))
        }
        return out
    }

    /// Whether overlayfs takes `name` as the mark of a removed name: a device 0:0, or an empty file with an attribute, in
    /// which form it may lie on an overlay itself (Linux 6.7).
    package func isWhiteout(_ name: RawPath, _ status: NodeStatus) -> Bool {
        if status.isWhiteout { return true }
        guard status.kind == .file, status.sizeBytes == 0 else { return false }
        return lgetxattr(path(of: name).characters, OverlayAttribute.whiteout, nil, 0) >= 0
    }

    /// Sets an attribute of the name itself, also of a link or a device, which cannot be opened for it.
    /// Needs /proc: there is no call that takes a directory and a name before Linux 6.13.
    package func setAttribute(of name: RawPath, _ attribute: RawPath, _ value: [UInt8]) throws(Failure) {
        let path = path(of: name)
        try call("setting an attribute") { lsetxattr(path.characters, attribute.characters, value, value.count, 0) }
    }
}

/// Names of overlayfs's own attributes in mounts with `userxattr` (Linux, Documentation/filesystems/overlayfs.rst).
package enum OverlayAttribute {
    /// `y`: a directory that hides everything below; `x`: one that holds whiteouts in the form of files.
    package static let opaque = "user.overlay.opaque"
    package static let whiteout = "user.overlay.whiteout"
    package static let prefix = "user.overlay."
}
