internal import LinuxSys

/// One direction of a relayed connection. Small messages are copied through the loop's buffer; where that comes full, data
/// flows, and moves by splice(2) through a borrowed pipe without being touched. Nothing more is read before what was read is
/// gone, so a slow reader slows the writer and costs no memory.
struct StreamDirection {
    enum Progress {
        /// The next event goes on.
        case waits
        /// There is more to do, but others have their turn first.
        case yields
        /// The connection is broken on one of its sides.
        case broken
    }

    let from: Int32
    let to: Int32
    /// As the last events and calls left it: sockets are watched for changes only.
    var isReadable = false
    var isWritable = false
    /// A short read proves nothing any more: an end, an error or urgent data lies behind it.
    var readsToEnd = false
    /// `from` has said its end.
    private(set) var hasEnded = false
    /// ... and `to` was told.
    private(set) var isFinished = false

    private var isFlowing = false
    private var pipe: RelayBuffers.Pipe?
    private var pipeBytes = 0
    /// What a full socket left of a copy.
    private var rest: ArraySlice<UInt8> = []

    /// What one direction may move before others have their turn.
    private static let turnBytes = 2 << 20

    init(from: Int32, to: Int32) { (self.from, self.to) = (from, to) }

    /// Moves what can be moved now.
    mutating func move(_ buffers: RelayBuffers) -> Progress {
        var left = Self.turnBytes
        while true {
            if pipeBytes > 0 || !rest.isEmpty {
                guard isWritable else { return .waits }
                let count = drain()
                if count == -Errno.again { isWritable = false } else if count <= 0 { return .broken }
            } else if hasEnded {
                giveBack(buffers)
                if !isFinished { Socket.endWriting(to) }
                isFinished = true
                return .waits
            } else if !isReadable {
                giveBack(buffers)
                return .waits
            } else if left <= 0 {
                return .yields
            } else {
                let count = isFlowing ? fill(buffers) : copy(buffers)
                if count < 0 { return .broken }
                left -= count
            }
        }
    }

    /// From the socket into the pipe. - Returns: bytes; negative when broken.
    private mutating func fill(_ buffers: RelayBuffers) -> Int {
        if pipe == nil { pipe = buffers.borrow() }
        guard let pipe else { return copy(buffers) }
        let count = Socket.splice(from: from, to: pipe.writing.raw, atMost: Int(RelayBuffers.pipeBytes))
        switch count {
        case -Errno.again:
            (isReadable, isFlowing) = (false, false)
            return 0
        case 0: hasEnded = true
        case 1...: pipeBytes = count
        default: return count
        }
        return count
    }

    /// Through the buffer, at once. - Returns: bytes; negative when broken.
    private mutating func copy(_ buffers: RelayBuffers) -> Int {
        let count = Socket.receive(from, into: buffers.copy)
        if count == -Errno.again {
            isReadable = false
            return 0
        }
        if count <= 0 {
            hasEnded = count == 0
            return count
        }
        if count == buffers.copy.count { isFlowing = true } else if !readsToEnd { isReadable = false }
        var sent = isWritable ? Socket.send(to, UnsafeRawBufferPointer(rebasing: buffers.copy[..<count])) : -Errno.again
        if sent == -Errno.again { (sent, isWritable) = (0, false) }
        if sent < 0 { return sent }
        if sent < count { rest = Array(buffers.copy[sent..<count])[...] }
        return count
    }

    /// Bytes or -errno.
    private mutating func drain() -> Int {
        if let pipe, pipeBytes > 0 {
            let count = Socket.splice(from: pipe.reading.raw, to: to, atMost: pipeBytes)
            if count > 0 { pipeBytes -= count }
            return count
        }
        let count = rest.withUnsafeBytes { Socket.send(to, $0) }
        if count > 0 { rest = count == rest.count ? [] : rest.dropFirst(count) }
        return count
    }

    private mutating func giveBack(_ buffers: RelayBuffers) {
        guard let pipe else { return }
        buffers.giveBack(pipe)
        self.pipe = nil
    }
}
