internal import LinuxSys

/// What all relays of a loop use in turn: one buffer, and pipes for those whose data flows. An idle connection holds none.
final class RelayBuffers {
    /// A pipe between two sockets; it owns its ends.
    final class Pipe {
        let reading: Descriptor
        let writing: Descriptor

        /// `nil` when there is none to be had (too many descriptors): data is copied through the buffer instead.
        init?() {
            guard let ends = Socket.pipe(bytes: RelayBuffers.pipeBytes) else { return nil }
            reading = Descriptor(owning: ends.reading)
            writing = Descriptor(owning: ends.writing)
        }
    }

    static let pipeBytes: Int32 = 1 << 20
    static let copyBytes = 64 << 10
    /// Pipes kept for the next who needs one: the kernel counts the room of all pipes of a user.
    private static let idleMax = 8

    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: copyBytes, alignment: 4096)
    private var idle: [Pipe] = []

    init() {
        // splice(2) into a connection that is gone raises the signal, and knows no flag against it.
        Signals.ignoreBrokenPipes()
    }

    deinit { copy.deallocate() }

    func borrow() -> Pipe? { idle.popLast() ?? Pipe() }

    /// - Parameter pipe: an empty one; what holds data is dropped by whoever holds it.
    func giveBack(_ pipe: Pipe) {
        if idle.count < Self.idleMax { idle.append(pipe) }
    }
}
