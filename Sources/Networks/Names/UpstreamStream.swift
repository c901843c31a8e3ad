internal import LinuxSys
internal import Primitives

/// One question over TCP: a connection of its own (RFC 7766).
final class UpstreamStream: UpstreamTry {
    let resolver: Resolver
    private let descriptor: Descriptor
    private let upstream: Upstream
    private let exchange: Exchange
    private let identifier: UInt16
    private var output: ArraySlice<UInt8>
    private var input: [UInt8] = []
    private var isOver = false

    var isStream: Bool { true }

    init(_ upstream: Upstream, _ resolver: Resolver, _ exchange: Exchange) throws(Failure) {
        (self.upstream, self.resolver, self.exchange) = (upstream, resolver, exchange)
        identifier = UInt16.random(in: 0...UInt16.max)
        let message = exchange.query.message(identifier)
        output = [UInt8(message.count >> 8), UInt8(message.count & 255)] + message[...]
        guard upstream.socketsOpen < upstream.limits.socketsMax * 2 else { throw Failure(.unavailable, "too many connections") }
        descriptor = try upstream.connect(.stream, resolver)
        try upstream.loop.add(descriptor.raw, .writable) { _ in self.ready() }
        upstream.socketsOpen += 1
    }

    func end() {
        guard !isOver else { return }
        isOver = true
        upstream.loop.remove(descriptor.raw)
        upstream.socketsOpen -= 1
    }

    private func ready() {
        do throws(Failure) {
            if output.isEmpty { return try read() }
            output = output.dropFirst(try NameSocket.send(descriptor.raw, output))
            if output.isEmpty { try upstream.loop.change(descriptor.raw, .readable) }
        } catch { upstream.fail(exchange, resolver) }
    }

    private func read() throws(Failure) {
        var buffer = [UInt8](repeating: 0, count: 16384)
        switch buffer.withUnsafeMutableBytes({ NameSocket.read(descriptor.raw, into: $0) }) {
        case .nothing: return
        case .failed, .bytes(0, _, _): throw Failure(.unavailable, "the connection ended")
        case .bytes(let count, _, _): input += buffer[..<count]
        }
        guard input.count >= 2 else { return }
        let length = Int(DNSMessage.word(input, 0))
        guard input.count >= 2 + length else { return }
        let message = Array(input[2..<(2 + length)])
        guard message.count >= DNSMessage.headerBytes, DNSMessage.word(message, 0) == identifier else {
            throw Failure(.corrupt, "an answer to another question")
        }
        upstream.take(message, isCut: false, exchange)
    }
}
