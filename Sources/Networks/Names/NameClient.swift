internal import LinuxSys
internal import Primitives

/// One container as the name server sees it: its sockets, what it may know, how much it waits for.
final class NameClient {
    private weak var server: NameServer?
    private let loop: EventLoop
    var scope: NameTable.Scope
    /// The user's resolvers; none: the host's.
    var chosen: [HostAddress]
    var waiting = 0
    private let datagrams: Descriptor
    private let listener: Descriptor
    private var streams: [ObjectIdentifier: NameStream] = [:]
    private var buffer = [UInt8](repeating: 0, count: DNSMessage.queryBytesMax)
    private var isOpen = false
    private var isSweeping = false

    /// Then the others have their turn.
    private static let datagramsPerTurn = 64
    private static let streamsMax = 64
    /// A stream without a whole query, or without taking answers, for this long is closed (RFC 7766 section 6.2.3).
    private static let idleNanoseconds: UInt64 = 15_000_000_000
    private static let sweepMilliseconds: UInt64 = 5000
    private static let exhaustedMilliseconds: UInt64 = 200

    init(_ server: NameServer, _ scope: NameTable.Scope, _ chosen: [HostAddress], _ sockets: NameSockets) {
        (self.server, loop, self.scope, self.chosen) = (server, server.loop, scope, chosen)
        datagrams = Descriptor(owning: sockets.datagrams)
        listener = Descriptor(owning: sockets.streams)
    }

    func open() throws(Failure) {
        try loop.add(datagrams.raw, .readable) { [weak self] _ in self?.receive() }
        do throws(Failure) { try loop.add(listener.raw, .readable) { [weak self] _ in self?.accept() } } catch {
            loop.remove(datagrams.raw)
            throw error
        }
        isOpen = true
    }

    func close() {
        guard isOpen else { return }
        isOpen = false
        loop.remove(datagrams.raw)
        loop.remove(listener.raw)
        for stream in streams.values { stream.close() }
    }

    private func receive() {
        for _ in 0..<Self.datagramsPerTurn where isOpen {
            switch buffer.withUnsafeMutableBytes({ NameSocket.receive(datagrams.raw, into: $0) }) {
            case .nothing, .failed: return
            case .bytes(let count, let peer, _):
                guard let peer else { continue }
                server?.handle(Array(buffer[..<count]), of: self, isStream: false) { [weak self] answer in
                    guard let self, isOpen else { return }
                    NameSocket.send(datagrams.raw, answer, to: peer)
                }
            }
        }
    }

    private func accept() {
        for _ in 0..<Self.streamsMax where isOpen {
            let (socket, _) = Socket.accept(listener.raw)
            if socket < 0 {
                if Errno.isShortage(-socket) { pause() }
                // What else went wrong concerns one connection; the others wake us again.
                return
            }
            begin(Descriptor(owning: socket))
        }
    }

    /// The waiting connection would wake us again and again.
    private func pause() {
        do throws(Failure) { try loop.change(listener.raw, []) } catch { return }
        loop.after(milliseconds: Self.exhaustedMilliseconds) { [weak self] in
            guard let self, isOpen else { return }
            // It was watched before, so it can be again.
            do throws(Failure) { try loop.change(listener.raw, .readable) } catch { return }
        }
    }

    private func begin(_ descriptor: consuming Descriptor) {
        if streams.count >= Self.streamsMax {
            guard let oldest = streams.values.filter({ !$0.isWaiting }).min(by: { $0.active < $1.active }) else { return }
            oldest.close()
        }
        guard let server, server.streams < NameServer.streamsMax else { return }
        let stream = NameStream(loop, descriptor, self)
        // Without a watch there is no conversation; the client sees the end.
        do throws(Failure) { try stream.open() } catch { return }
        streams[ObjectIdentifier(stream)] = stream
        server.streams += 1
        sweep()
    }

    /// `false`: no answer will come.
    func query(_ bytes: [UInt8], _ send: @escaping ([UInt8]) -> Void) -> Bool {
        server?.handle(bytes, of: self, isStream: true, send) ?? false
    }

    func ended(_ stream: NameStream) {
        if streams.removeValue(forKey: ObjectIdentifier(stream)) != nil { server?.streams -= 1 }
    }

    private func sweep() {
        guard !isSweeping, !streams.isEmpty, isOpen else { return }
        isSweeping = true
        loop.after(milliseconds: Self.sweepMilliseconds) { [weak self] in
            guard let self else { return }
            isSweeping = false
            let now = Upstream.now()
            for stream in streams.values where !stream.isWaiting && stream.active + Self.idleNanoseconds < now { stream.close() }
            sweep()
        }
    }
}
