
/// One message between a command and `proa:net`: four bytes of length, little endian, then JSON; descriptors travel with the
/// first byte (unix(7), SCM_RIGHTS).
package enum Message {
    /// More than a hostile or mistaken peer may send.
    static let limit = 4 << 20
    /// SCM_MAX_FD of the kernel is 253.
    package static let maximumDescriptors = 240
}
