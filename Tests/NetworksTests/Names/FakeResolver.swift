import LinuxSys
import Primitives

@testable import Networks

/// A resolver on a loopback address that does what a test wants, on the test's own event loop.
final class FakeResolver {
    struct Asked {
        var message: [UInt8]
        var isStream: Bool
        var question: DNSQuestion? { DNSQuery.question(message)?.0 }
        /// A good answer with one address.
        func answer(_ address: String = "192.0.2.7") -> [UInt8] { answer([address]) }
        func answer(_ addresses: [String]) -> [UInt8] {
            guard var query = try? DNSQuery(message) else { return [] }
            query.edns = nil
            return DNSReply.make(query, .noError, addresses.compactMap { HostAddress($0) }.map { .address($0) }, bytesMax: 65535)
        }
        func code(_ code: DNSMessage.Code) -> [UInt8] {
            guard let query = try? DNSQuery(message) else { return [] }
            return DNSReply.make(query, code, bytesMax: 65535)
        }
    }

    let port: UInt16
    /// What it says, in this order; nothing: it hangs.
    var behave: (Asked) -> [[UInt8]] = { [$0.answer()] }
    private(set) var asked: [Asked] = []
    private let datagrams: Descriptor
    private let listener: Descriptor
    private let loop: EventLoop
    private var connections: [Int32] = []

    init(_ loop: EventLoop, _ address: String, port: UInt16 = 0) throws {
        let address = HostAddress(address)!
        self.loop = loop
        datagrams = try NameSocket.bound(.datagram, to: SocketAddress(address, port: port))
        self.port = Socket.localAddress(of: datagrams.raw)!.port
        listener = try NameSocket.bound(.stream, to: SocketAddress(address, port: self.port))
        try loop.add(datagrams.raw, .readable) { [unowned self] _ in receive() }
        try loop.add(listener.raw, .readable) { [unowned self] _ in accept() }
    }

    deinit {
        loop.remove(datagrams.raw)
        loop.remove(listener.raw)
        for connection in connections {
            loop.remove(connection)
            _ = Descriptor(owning: connection)
        }
    }

    private func receive() {
        var buffer = [UInt8](repeating: 0, count: 4096)
        while case .bytes(let count, let peer?, _) = buffer.withUnsafeMutableBytes({ NameSocket.receive(datagrams.raw, into: $0) }) {
            let question = Asked(message: Array(buffer[..<count]), isStream: false)
            asked.append(question)
            for answer in behave(question) { NameSocket.send(datagrams.raw, answer, to: peer) }
        }
    }

    private func accept() {
        let (raw, _) = Socket.accept(listener.raw)
        guard raw >= 0 else { return }
        connections.append(raw)
        try? loop.add(raw, .readable) { [unowned self] _ in
            var buffer = [UInt8](repeating: 0, count: 4096)
            guard case .bytes(let count, _, _) = buffer.withUnsafeMutableBytes({ NameSocket.read(raw, into: $0) }), count > 2 else {
                return loop.remove(raw)
            }
            let question = Asked(message: Array(buffer[2..<count]), isStream: true)
            asked.append(question)
            for answer in behave(question) {
                var out: [UInt8] = []
                out.appendWord(UInt16(answer.count))
                _ = try? NameSocket.send(raw, (out + answer)[...])
            }
        }
    }
}
