import CShim
import Glibc
package import Primitives

/// Reading names that somebody hostile may have chosen: nothing is followed or waited for.
extension Directory {
    /// Opens the regular file `name`.
    package func openRegularFile(_ name: RawPath) throws(Failure) -> Descriptor {
        let raw = raw
        let file = Descriptor(
            owning: try call("opening a file") {
                cs_openat(raw, name.characters, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0)
            })
        guard file.isSeekable else { throw Failure(.corrupt, "it is no regular file any more") }
        return file
    }

    /// Where the symbolic link `name` leads to.
    package func target(of name: RawPath) throws(Failure) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let raw = raw
        let count = try call("reading a link") {
            buffer.withUnsafeMutableBytes { readlinkat(raw, name.characters, $0.baseAddress!, $0.count) }
        }
        return Array(buffer[..<count])
    }
}
