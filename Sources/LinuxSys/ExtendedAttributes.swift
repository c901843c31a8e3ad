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
    /// Sets an attribute of the name itself, also of a link or a device, which cannot be opened for it.
    /// Needs /proc: there is no call that takes a directory and a name before Linux 6.13.
    package func setAttribute(of name: RawPath, _ attribute: RawPath, _ value: [UInt8]) throws(Failure) {
        let path = RawPath(Array("/proc/self/fd/\(raw)/".utf8) + name.bytes)!
        try call("setting an attribute") { lsetxattr(path.characters, attribute.characters, value, value.count, 0) }
    }
}

extension Descriptor {
    /// The names of all attributes that this process may see; none where the file system has no attributes.
    package func attributeNames() throws(Failure) -> [[UInt8]] {
        var list = [UInt8](repeating: 0, count: 65536)
        let count = list.withUnsafeMutableBytes { flistxattr(raw, $0.baseAddress?.assumingMemoryBound(to: CChar.self), $0.count) }
        if count < 0 {
            if errno == ENOTSUP { return [] }
            throw .kernel("listing the attributes", errno)
        }
        return list[..<count].split(separator: 0).map { Array($0) }
    }
}
