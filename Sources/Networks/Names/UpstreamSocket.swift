internal import LinuxSys
internal import Primitives

/// A datagram socket that hears one resolver only, at a random port. Usually for one question; for several when sockets are
/// scarce. Closed when nobody waits at it.
final class UpstreamSocket {
    private let descriptor: Descriptor
    private let upstream: Upstream
    let resolver: Resolver
    private var waiting: [UInt16: Exchange] = [:]
    var number: Int32 { descriptor.raw }

    /// A port that many wait at would be too easy to hit.
    private static let sharedMax = 512

    struct Try: UpstreamTry {
        let socket: UpstreamSocket
        let identifier: UInt16
        var resolver: Resolver { socket.resolver }
        var isStream: Bool { false }
        func end() { socket.remove(identifier) }
    }

    private init(_ upstream: Upstream, _ resolver: Resolver) throws(Failure) {
        descriptor = try upstream.connect(.datagram, resolver)
        (self.upstream, self.resolver) = (upstream, resolver)
        try upstream.loop.add(descriptor.raw, .readable) { _ in self.readable() }
        upstream.socketsOpen += 1
        upstream.sockets[resolver, default: []].append(self)
    }

    /// A fresh one, or one that others use where no more can be had.
    static func take(_ upstream: Upstream, _ resolver: Resolver) throws(Failure) -> UpstreamSocket {
        let open = upstream.sockets[resolver] ?? []
        guard upstream.socketsOpen >= upstream.limits.socketsMax, !open.isEmpty else {
            do throws(Failure) { return try UpstreamSocket(upstream, resolver) } catch {
                // Without a descriptor left, the open ones serve.
                guard !open.isEmpty else { throw error }
                return try shared(open)
            }
        }
        return try shared(open)
    }

    private static func shared(_ open: [UpstreamSocket]) throws(Failure) -> UpstreamSocket {
        guard let socket = open.randomElement(), socket.waiting.count < sharedMax else {
            throw Failure(.unavailable, "too many questions are under way")
        }
        return socket
    }

    /// Sends the exchange's question under an identifier that is free.
    func add(_ exchange: Exchange) throws(Failure) -> Try {
        var identifier = UInt16.random(in: 0...UInt16.max)
        while waiting[identifier] != nil { identifier = UInt16.random(in: 0...UInt16.max) }
        let message = exchange.query.message(identifier)
        waiting[identifier] = exchange
        do throws(Failure) {
            guard try NameSocket.send(descriptor.raw, message[...]) == message.count else {
                throw Failure(.unavailable, "no room for a datagram")
            }
        } catch {
            remove(identifier)
            throw error
        }
        return Try(socket: self, identifier: identifier)
    }

    private func remove(_ identifier: UInt16) {
        waiting[identifier] = nil
        guard waiting.isEmpty else { return }
        upstream.loop.remove(descriptor.raw)
        guard let index = upstream.sockets[resolver]?.firstIndex(where: { $0 === self }) else { return }
        upstream.sockets[resolver]?.remove(at: index)
        if upstream.sockets[resolver]?.isEmpty == true { upstream.sockets[resolver] = nil }
        upstream.socketsOpen -= 1
    }

    private func readable() {
        var buffer = [UInt8](repeating: 0, count: DNSMessage.datagramBytesMax)
        while !waiting.isEmpty {
            let arrival = buffer.withUnsafeMutableBytes { NameSocket.receive(descriptor.raw, into: $0) }
            switch arrival {
            case .nothing: return
            // Nobody listens there, or nothing leads there: all of these questions need another resolver.
            case .failed:
                for exchange in waiting.values { upstream.fail(exchange, resolver) }
                return
            case .bytes(let count, _, let isCut):
                guard count >= DNSMessage.headerBytes, let exchange = waiting[DNSMessage.word(buffer, 0)] else { continue }
                upstream.take(Array(buffer[..<count]), isCut: isCut, exchange)
            }
        }
    }
}
