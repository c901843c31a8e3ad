internal import LinuxSys
internal import Primitives

/// A container's connection (RFC 7766): queries one after the other, answers as they come, each after its length.
final class NameStream {
    private let loop: EventLoop
    private let descriptor: Descriptor
    private weak var client: NameClient?
    private var input: [UInt8] = []
    private var output: [UInt8] = []
    private var waiting = 0
    private var isParsing = false
    private var isEnded = false
    private var isClosed = false
    private var interest: EventLoop.Events = .readable
    /// When something whole came or went.
    private(set) var active = Upstream.now()

    /// Queries of one connection at a time; the next ones stay in the kernel.
    private static let waitingMax = 64
    private static let outputBytesMax = 256 << 10

    var isWaiting: Bool { waiting > 0 }

    init(_ loop: EventLoop, _ descriptor: consuming Descriptor, _ client: NameClient) {
        (self.loop, self.client) = (loop, client)
        self.descriptor = descriptor
    }

    func open() throws(Failure) { try loop.add(descriptor.raw, interest) { [weak self] in self?.ready($0) } }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        loop.remove(descriptor.raw)
        client?.ended(self)
    }

    private func ready(_ events: EventLoop.Events) {
        if !events.isDisjoint(with: .broken) { return close() }
        if events.contains(.writable) { flush() }
        if events.contains(.readable) { read() }
        settle()
    }

    private func read() {
        guard !isClosed, !isEnded else { return }
        var buffer = [UInt8](repeating: 0, count: 4096)
        switch buffer.withUnsafeMutableBytes({ NameSocket.read(descriptor.raw, into: $0) }) {
        case .nothing: return
        case .failed: return close()
        case .bytes(0, _, _): isEnded = true
        case .bytes(let count, _, _): input += buffer[..<count]
        }
        parse()
    }

    private func parse() {
        guard !isParsing else { return }
        isParsing = true
        defer { isParsing = false }
        var position = 0
        while !isClosed, waiting < Self.waitingMax, output.count < Self.outputBytesMax, input.count >= position + 2 {
            let length = Int(DNSMessage.word(input, position))
            guard (DNSMessage.headerBytes...DNSMessage.queryBytesMax).contains(length) else { return close() }
            guard input.count >= position + 2 + length else { break }
            let message = Array(input[(position + 2)..<(position + 2 + length)])
            position += 2 + length
            active = Upstream.now()
            waiting += 1
            if client?.query(message, { [weak self] in self?.answer($0) }) != true { waiting -= 1 }
        }
        input.removeFirst(min(position, input.count))
    }

    private func answer(_ bytes: [UInt8]) {
        waiting -= 1
        guard !isClosed, bytes.count <= DNSMessage.streamBytesMax else { return }
        output.appendWord(UInt16(bytes.count))
        output += bytes
        flush()
        // There may be room for queries that were read already.
        parse()
        settle()
    }

    private func flush() {
        guard !isClosed, !output.isEmpty else { return }
        do throws(Failure) {
            let count = try NameSocket.send(descriptor.raw, output[...])
            if count > 0 { active = Upstream.now() }
            output.removeFirst(count)
        } catch { close() }
    }

    /// Waits for what can be used next; closes when nothing more will come.
    private func settle() {
        guard !isClosed else { return }
        if isEnded, waiting == 0, output.isEmpty { return close() }
        var wanted: EventLoop.Events = []
        if !isEnded, waiting < Self.waitingMax, output.count < Self.outputBytesMax { wanted.insert(.readable) }
        if !output.isEmpty { wanted.insert(.writable) }
        guard wanted != interest else { return }
        interest = wanted
        do throws(Failure) { try loop.change(descriptor.raw, wanted) } catch { close() }
    }
}
