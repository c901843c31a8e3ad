import CShim
import Glibc
package import Primitives

extension Directory {
    /// Opens the regular file `name`, which somebody hostile may have chosen: nothing is followed or waited for.
    package func openRegularFile(_ name: RawPath) throws(Failure) -> Descriptor {
        let raw = raw
        let file = Descriptor(
            owning: try call("opening a file") {
                cs_openat(raw, name.characters, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0)
            })
        guard file.isSeekable else { throw Failure(.corrupt, "it is no regular file any more") }
        return file
    }
}
