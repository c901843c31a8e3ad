internal import LinuxSys
internal import Primitives

/// Transparent sockets of the bridges' namespace, made ahead in batches on the thread that lives there: a connection costs no
/// switch of threads. Owns those that nobody took.
final class ReadySockets {
    private struct Shape: Hashable {
        let kind: Socket.Kind
        let ipv6: Bool
    }

    private let worker: NamespaceWorker
    private var ready: [Shape: [Int32]] = [:]
    /// How many the next batch makes: as many again as long as they are used up, so that a quiet host holds few.
    private var batch: [Shape: Int] = [:]
    private static let batchMax = 64

    init(_ worker: NamespaceWorker) { self.worker = worker }

    deinit { for socket in ready.values.joined() { Socket.close(socket) } }

    /// The caller closes it.
    func take(_ kind: Socket.Kind, ipv6: Bool) throws(Failure) -> Int32 {
        let shape = Shape(kind: kind, ipv6: ipv6)
        if let socket = ready[shape]?.popLast() { return socket }
        let count = batch[shape] ?? 2
        batch[shape] = min(count * 2, Self.batchMax)
        var fresh = try worker.run { () throws(Failure) in try Self.make(kind, ipv6, count) }
        let socket = fresh.removeLast()
        ready[shape] = fresh
        return socket
    }

    /// At least one, at most `count`.
    private static func make(_ kind: Socket.Kind, _ ipv6: Bool, _ count: Int) throws(Failure) -> [Int32] {
        var sockets: [Int32] = []
        while sockets.count < count {
            do throws(Failure) { sockets.append(try transparent(kind, ipv6).release()) } catch {
                if sockets.isEmpty { throw error }
                break
            }
        }
        return sockets
    }

    /// To be called on a thread of the namespace.
    static func transparent(_ kind: Socket.Kind, _ ipv6: Bool) throws(Failure) -> Descriptor {
        let socket = try Socket.make(kind, ipv6: ipv6)
        try Socket.turnOn(.transparent(ipv6: ipv6), socket.raw)
        try Socket.turnOn(.reuseAddress, socket.raw)
        if kind == .stream {
            try Socket.turnOn(.lateSourcePort, socket.raw)
            try Socket.turnOn(.noDelay, socket.raw)
            try Socket.turnOn(.keepAlive, socket.raw)
        }
        return socket
    }
}
