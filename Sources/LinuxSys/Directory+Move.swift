import CShim
import Glibc
package import Primitives

extension Directory {
    /// Moves `name` into another directory of the same file system, under the same name, replacing a file of that name.
    package func move(_ name: RawPath, to directory: borrowing Directory) throws(Failure) {
        let target = directory.raw
        try call("moving a file") { renameat(raw, name.characters, target, name.characters) }
    }
}
