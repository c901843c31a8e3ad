import CShim
import Glibc
package import Primitives

/// Bytes nobody can guess (getrandom(2)).
package enum RandomBytes {
    package static func take(_ count: Int) throws(Failure) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        try call("asking for random bytes") { getentropy(&bytes, count) }
        return bytes
    }
}
