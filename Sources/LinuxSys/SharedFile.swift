/// An open file that several readers use by position; closed with the last of them.
package final class SharedFile: Sendable {
    package let descriptor: Descriptor
    package init(_ descriptor: consuming Descriptor) { self.descriptor = descriptor }
}
