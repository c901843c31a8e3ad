internal import LinuxSys
internal import Primitives

/// One published UDP port: a flow for each client that sends to it.
final class DatagramForwarder {
    /// A flow costs a descriptor: a process with few of them keeps fewer flows.
    static let flowsMax = min(8192, max(DescriptorLimit.current / 8, 32))
    static let idleNanoseconds: Int64 = 60_000_000_000
    private static let sweepMilliseconds: UInt64 = 5_000

    private let loop: EventLoop
    private let sockets: ReadySockets
    private let batch: DatagramBatch
    private let listener: Descriptor
    private let target: PortTarget
    private let foreign: () -> [IPSubnet]
    private var flows = RecencyTable<SocketAddress, DatagramFlow>()
    private var sweep: EventLoop.Timer?

    init(
        _ loop: EventLoop, _ sockets: ReadySockets, _ batch: DatagramBatch, _ listener: consuming Descriptor, to target: PortTarget,
        foreign: @escaping () -> [IPSubnet]
    ) throws(Failure) {
        (self.loop, self.sockets, self.batch, self.target, self.foreign) = (loop, sockets, batch, target, foreign)
        self.listener = listener
        try Socket.neverWait(self.listener.raw)
        try loop.add(self.listener.raw, .readable) { [weak self] _ in self?.receive() }
    }

    var flowCount: Int { flows.count }

    func close() {
        loop.remove(listener.raw)
        if let sweep { loop.cancel(sweep) }
        while let flow = flows.removeOldest() { flow.close() }
    }

    private func receive() {
        let count = batch.receive(listener.raw)
        let now = Clock.monotonicNanoseconds()
        batch.forEachRun(of: count) { range, client in
            guard let flow = flow(of: client, now) else { return }
            flow.arrival = batch.destination(range.lowerBound)
            batch.send(range, out: flow.socket)
        }
    }

    private func flow(of client: SocketAddress, _ now: Int64) -> DatagramFlow? {
        if let flow = flows.touch(client, now) { return flow }
        if flows.count >= Self.flowsMax { flows.removeOldest()?.close() }
        // Datagrams that find no way are lost; the next one tries again.
        guard let flow = try? open(client) else { return nil }
        flows.insert(flow, client, now)
        if sweep == nil { scheduleSweep() }
        return flow
    }

    private func open(_ client: SocketAddress) throws(Failure) -> DatagramFlow? {
        let route = target.route(from: client.unmapped, foreign: foreign())
        for source in route.sources {
            let socket = try sockets.take(.datagram, ipv6: source.isIPv6)
            guard Socket.bind(socket, source) == 0, Socket.connect(socket, route.destination) == 0 else {
                Socket.close(socket)
                continue
            }
            return try DatagramFlow(loop, socket: socket) { [weak self] flow in self?.answer(flow, client, route.destination) }
        }
        return nil
    }

    /// What the container says goes out of the port that was asked, from the address that was asked.
    private func answer(_ flow: DatagramFlow, _ client: SocketAddress, _ target: SocketAddress) {
        let count = batch.receive(flow.socket)
        guard count > 0 else { return }
        _ = flows.touch(client, Clock.monotonicNanoseconds())
        // The moment between bind(2) and connect(2) was open to others.
        batch.forEachRun(of: count) { range, sender in
            if sender == target { batch.send(range, out: listener.raw, to: client, from: flow.arrival) }
        }
    }

    private func scheduleSweep() {
        sweep = loop.after(milliseconds: Self.sweepMilliseconds) { [weak self] in
            guard let self else { return }
            sweep = nil
            let limit = Clock.monotonicNanoseconds() - Self.idleNanoseconds
            while let flow = flows.removeOldest(unusedSince: limit) { flow.close() }
            if flows.count > 0 { scheduleSweep() }
        }
    }
}

/// The way of one client's datagrams in the namespace of the bridges. Owns its socket.
final class DatagramFlow {
    let socket: Int32
    /// The address of the host that the client sent to last.
    var arrival: SocketAddress?
    private let loop: EventLoop

    /// - Parameter readable: takes what has come.
    init(_ loop: EventLoop, socket: Int32, readable: @escaping (DatagramFlow) -> Void) throws(Failure) {
        (self.loop, self.socket) = (loop, socket)
        do throws(Failure) {
            try loop.add(socket, .readable) { [weak self] _ in if let self { readable(self) } }
        } catch {
            Socket.close(socket)
            throw error
        }
    }

    func close() {
        loop.remove(socket)
        Socket.close(socket)
    }
}

extension DatagramBatch {
    /// Neighbours of one sender go on in one call.
    func forEachRun(of count: Int, _ body: (Range<Int>, SocketAddress) -> Void) {
        var start = 0
        while start < count {
            let sender = sender(start)
            var end = start + 1
            while end < count, self.sender(end) == sender { end += 1 }
            if let sender { body(start..<end, sender) }
            start = end
        }
    }
}
