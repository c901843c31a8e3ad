internal import LinuxSys
internal import Primitives

/// Takes every connection that waits at a listening socket. Without descriptors it pauses: the kernel keeps who waits.
final class Acceptor {
    private let loop: EventLoop
    private let listener: Descriptor
    private let taken: (Int32, SocketAddress) -> Void
    private var isWatching = false
    private var isClosed = false

    /// Connections of one turn: others wait in the loop as well.
    private static let turnMax = 256
    private static let pauseMilliseconds: UInt64 = 100

    /// - Parameter listener: made non-blocking here, with options that accepted sockets inherit.
    /// - Parameter taken: owns the connection that it gets.
    init(_ loop: EventLoop, _ listener: consuming Descriptor, taken: @escaping (Int32, SocketAddress) -> Void) throws(Failure) {
        (self.loop, self.taken) = (loop, taken)
        self.listener = listener
        try Socket.neverWait(self.listener.raw)
        try Socket.turnOn(.noDelay, self.listener.raw)
        try Socket.turnOn(.keepAlive, self.listener.raw)
        try watch()
    }

    func close() {
        isClosed = true
        if isWatching { loop.remove(listener.raw) }
        isWatching = false
    }

    private func watch() throws(Failure) {
        try loop.add(listener.raw, .readable) { [weak self] _ in self?.accept() }
        isWatching = true
    }

    private func accept() {
        for _ in 0..<Self.turnMax {
            if isClosed { return }
            let (socket, peer) = Socket.accept(listener.raw)
            guard socket < 0 else {
                if let peer { taken(socket, peer) } else { Socket.close(socket) }
                continue
            }
            if socket == -Int32(Errno.again) { return }
            if Errno.isShortage(-socket) { return pause() }
            // Anything else is the failure of one connection, as accept(2) says: the next one may do.
        }
    }

    private func pause() {
        loop.remove(listener.raw)
        isWatching = false
        loop.after(milliseconds: Self.pauseMilliseconds) { [weak self] in
            guard let self, !isClosed else { return }
            // No room in the queue of events is a shortage too.
            do throws(Failure) { try watch() } catch { pause() }
        }
    }
}
