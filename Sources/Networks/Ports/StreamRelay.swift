internal import LinuxSys
internal import Primitives

/// Two sockets as one connection: data, ends of directions and failures pass both ways. Owns both and closes them.
final class StreamRelay {
    private let loop: EventLoop
    private let buffers: RelayBuffers
    /// The side that asked for the connection, and the side that is being asked.
    private let (asker, asked): (Int32, Int32)
    private var there: StreamDirection
    private var back: StreamDirection
    private var isConnected = false
    private var isClosed = false
    private var hasTurn = false
    private let onEnd: (StreamRelay) -> Void

    /// - Parameter asked: a socket whose connect(2) is under way.
    /// - Parameter onEnd: called once, when both sockets are closed, unless `close` was called.
    /// - Throws: when the loop takes no more; both sockets are closed then.
    init(
        _ loop: EventLoop, _ buffers: RelayBuffers, asker: Int32, asked: Int32, onEnd: @escaping (StreamRelay) -> Void
    ) throws(Failure) {
        (self.loop, self.buffers, self.asker, self.asked, self.onEnd) = (loop, buffers, asker, asked, onEnd)
        there = StreamDirection(from: asker, to: asked)
        back = StreamDirection(from: asked, to: asker)
        let events: EventLoop.Events = [.readable, .writable, .ended, .urgent, .edges]
        do throws(Failure) {
            try loop.add(asker, events) { [self] in happened($0, at: asker) }
            try loop.add(asked, events) { [self] in happened($0, at: asked) }
        } catch {
            end(reset: true)
            throw error
        }
    }

    /// Ends it at once, for both sides a failure.
    func close() { end(reset: true) }

    private func happened(_ events: EventLoop.Events, at socket: Int32) {
        if isClosed { return }
        let isEnding = !events.isDisjoint(with: [.ended, .broken, .urgent])
        if socket == asker {
            Self.note(events, isEnding, reading: &there, writing: &back)
        } else {
            Self.note(events, isEnding, reading: &back, writing: &there)
        }
        if !isConnected {
            // A client that gives up before the other side has answered.
            if socket == asker { return events.isDisjoint(with: .broken) ? () : fail() }
            if Socket.error(of: asked) != 0 || !events.isDisjoint(with: .broken) { return fail() }
            guard events.contains(.writable) else { return }
            isConnected = true
        }
        turn(first: socket, isDead: !events.isDisjoint(with: .failed))
    }

    private static func note(
        _ events: EventLoop.Events, _ isEnding: Bool, reading: inout StreamDirection, writing: inout StreamDirection
    ) {
        if isEnding || events.contains(.readable) { reading.isReadable = true }
        if isEnding { reading.readsToEnd = true }
        if isEnding || events.contains(.writable) { writing.isWritable = true }
    }

    /// - Parameter first: the side that is read first: what a broken one has said before is passed on.
    /// - Parameter isDead: it has an error that a read would tell.
    private func turn(first: Int32, isDead: Bool) {
        var progress: (StreamDirection.Progress, StreamDirection.Progress)
        if first == asker {
            progress.0 = there.move(buffers)
            progress.1 = back.move(buffers)
        } else {
            progress.1 = back.move(buffers)
            progress.0 = there.move(buffers)
        }
        if progress.0 == .broken || progress.1 == .broken { return fail() }
        // An error behind an end is read by nobody else.
        if isDead, first == asker ? there.isFinished : back.isFinished { return fail() }
        if there.isFinished, back.isFinished { return finish(reset: false) }
        if hasTurn || progress.0 == .waits && progress.1 == .waits { return }
        hasTurn = true
        loop.after(milliseconds: 0) { [self] in
            hasTurn = false
            if !isClosed { turn(first: asker, isDead: false) }
        }
    }

    private func fail() { finish(reset: true) }

    private func finish(reset: Bool) {
        end(reset: reset)
        onEnd(self)
    }

    private func end(reset: Bool) {
        if isClosed { return }
        isClosed = true
        for socket in [asker, asked] {
            loop.remove(socket)
            reset ? Socket.reset(socket) : Socket.close(socket)
        }
    }
}
