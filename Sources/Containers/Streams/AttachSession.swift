package import LinuxSys
package import Primitives

/// The caller's terminal or pipes, connected to a container through its monitor.
package struct AttachSession {
    package enum End: Equatable, Sendable {
        case exited(Int32)
        case detached
        /// The monitor is gone without a word.
        case lost
    }

    package var streams: AttachedStreams
    package var tty: Bool
    package var detachKeys: [UInt8]
    /// Signals go to the container's first process.
    package var forwardSignals: Bool

    package init(streams: AttachedStreams, tty: Bool, detachKeys: [UInt8], forwardSignals: Bool) {
        (self.streams, self.tty, self.detachKeys, self.forwardSignals) = (streams, tty, detachKeys, forwardSignals)
    }

    /// The default sequence, ctrl-p ctrl-q.
    package static let defaultDetachKeys: [UInt8] = [16, 17]

    /// Copies until the container ends, the user detaches, or the monitor is lost.
    /// Ours stay ours: nothing of the caller's descriptors is handed to the container.
    package func run(_ control: borrowing Descriptor, pid: Int32) throws(Failure) -> End {
        let usesTerminal = tty && streams.contains(.stdin) && Terminal.isTerminal(0)
        let signals = try SignalQueue(Signals.forwarded)
        let raw = usesTerminal ? RawTerminal(0) : nil
        defer { _ = raw }
        var pump = AttachPump(session: self)
        if tty { try pump.sendSize(control) }
        while true {
            var poll = Poll()
            poll.add(signals.descriptor.raw, .read)
            poll.add(control.raw, .read)
            let mayRead = pump.inputOpen
            // Input is read only when the monitor takes it: a container that does not read never blocks its output.
            if mayRead { poll.add(pump.inputReady ? control.raw : 0, pump.inputReady ? .write : .read) }
            poll.wait()
            while let signal = signals.next() {
                if signal == Signals.windowChanged {
                    if tty { try pump.sendSize(control) }
                } else if forwardSignals, !usesTerminal {
                    Signals.send(signal, to: pid)
                }
            }
            if poll.isReady(control.raw, .read), let end = try pump.receive(control) { return end }
            guard mayRead else { continue }
            if pump.inputReady {
                if poll.isReady(control.raw, .write), try pump.forwardInput(control) { return .detached }
            } else if poll.isReady(0, .read) {
                pump.inputReady = true
            }
        }
    }
}

/// The moving parts of one session.
private struct AttachPump {
    let session: AttachSession
    var inputOpen: Bool
    /// Something waits on standard input.
    var inputReady = false
    private var keys: DetachKeys
    private var buffer = [UInt8](repeating: 0, count: 65536)
    private var header: [UInt8] = []
    private var left = 0
    private var payload: [UInt8] = []

    init(session: AttachSession) {
        self.session = session
        inputOpen = session.streams.contains(.stdin)
        keys = DetachKeys(session.tty ? session.detachKeys : [])
    }

    func sendSize(_ control: borrowing Descriptor) throws(Failure) {
        guard let size = Terminal.size(0) ?? Terminal.size(1) else { return }
        let bytes = [
            UInt8(truncatingIfNeeded: size.rows), UInt8(size.rows >> 8), UInt8(truncatingIfNeeded: size.columns), UInt8(size.columns >> 8),
        ]
        try send(AttachFrame.encode(.size, bytes), control)
    }

    /// A monitor that has just gone is noticed by `receive`.
    private func send(_ frame: [UInt8], _ control: borrowing Descriptor) throws(Failure) {
        do throws(Failure) { try control.send(frame) } catch {
            if !Signals.isBrokenPipe(error) { throw error }
        }
    }

    /// - Returns: true when the user typed the detach sequence.
    mutating func forwardInput(_ control: borrowing Descriptor) throws(Failure) -> Bool {
        inputReady = false
        let result = buffer.withUnsafeMutableBytes { bytes -> Result<Int, Failure> in
            Result { () throws(Failure) in try StandardStream.input.read(UnsafeMutableRawBufferPointer(rebasing: bytes[..<16384])) }
        }
        let count = try result.get()
        if count == 0 {
            inputOpen = false
            try send(AttachFrame.encode(.stdinEnd, []), control)
            return false
        }
        let (forward, detach) = keys.scan(buffer[..<count])
        if !forward.isEmpty { try send(AttachFrame.encode(.stdin, forward), control) }
        return detach
    }

    mutating func receive(_ control: borrowing Descriptor) throws(Failure) -> AttachSession.End? {
        let raw = control.raw
        let result = buffer.withUnsafeMutableBytes { bytes -> Result<Int, Failure> in
            Result { () throws(Failure) in try StandardStream(raw).read(bytes) }
        }
        let count = try result.get()
        if count == 0 { return .lost }
        var at = 0
        while at < count {
            if header.count < 5 {
                header.append(buffer[at])
                at += 1
                if header.count == 5 { left = header[1...].enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) } }
                if header.count < 5 || left > 0 { continue }
            }
            let take = min(left, count - at)
            switch AttachFrame.Kind(rawValue: header[0]) {
            case .stdout: try write(at..<at + take, to: .output)
            case .stderr: try write(at..<at + take, to: .error)
            default: payload.append(contentsOf: buffer[at..<at + take])
            }
            at += take
            left -= take
            guard left == 0 else { continue }
            if header[0] == AttachFrame.Kind.exit.rawValue {
                return .exited(Int32(truncatingIfNeeded: payload.enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) }))
            }
            header.removeAll(keepingCapacity: true)
            payload.removeAll(keepingCapacity: true)
        }
        return nil
    }

    private func write(_ range: Range<Int>, to stream: StandardStream) throws(Failure) {
        let wanted: AttachedStreams = stream == .error ? .stderr : .stdout
        guard session.streams.contains(wanted) else { return }
        let result = buffer.withUnsafeBytes { bytes -> Result<Void, Failure> in
            Result { () throws(Failure) in try stream.write(UnsafeRawBufferPointer(rebasing: bytes[range])) }
        }
        try result.get()
    }
}

extension AttachSession {
    /// Tells the monitor that its container is gone: it need not clean up.
    /// - Parameter untilUnmounted: returns when nothing of the container is mounted any more, which takes the kernel some
    ///   milliseconds: only then is what was bound free for its owner.
    package static func acknowledgeRemoval(_ control: borrowing Descriptor, untilUnmounted: Bool) throws(Failure) {
        try control.send(AttachFrame.encode(.removed, []))
        guard untilUnmounted else { return }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256, alignment: 1)
        defer { buffer.deallocate() }
        while try control.read(into: buffer) > 0 {}
    }
}
