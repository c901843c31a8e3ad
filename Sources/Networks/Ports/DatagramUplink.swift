internal import LinuxSys
internal import Primitives

/// UDP of `RelayUplink`: for each pair of a container's socket and a destination, two sockets: in the bridges' namespace one
/// that is the destination, in the host's network one that speaks to it.
final class DatagramUplink {
    private struct Ends: Hashable {
        let client: SocketAddress
        let destination: SocketAddress
    }
    private struct Pair {
        let inner: DatagramFlow
        let outer: DatagramFlow
        func close() {
            inner.close()
            outer.close()
        }
    }

    private let flowsMax: Int
    private static let sweepMilliseconds: UInt64 = 5_000

    private let loop: EventLoop
    private let sockets: ReadySockets
    private let policy: RelayPolicy
    private let batch = DatagramBatch()
    private var listeners: [SharedFile] = []
    private var flows = RecencyTable<Ends, Pair>()
    private var sweep: EventLoop.Timer?

    init(_ loop: EventLoop, _ sockets: ReadySockets, _ policy: RelayPolicy) {
        (self.loop, self.sockets, self.policy) = (loop, sockets, policy)
        flowsMax = min(max(DescriptorLimit.current / 16, 32), DatagramForwarder.flowsMax)
    }

    var flowCount: Int { flows.count }

    /// - Parameter socket: transparent, tells original destinations.
    func serve(_ socket: consuming Descriptor) throws(Failure) {
        let listener = SharedFile(socket)
        try loop.add(listener.descriptor.raw, .readable) { [weak self] _ in self?.receive(listener.descriptor.raw) }
        listeners.append(listener)
    }

    func close() {
        for listener in listeners { loop.remove(listener.descriptor.raw) }
        if let sweep { loop.cancel(sweep) }
        listeners = []
        while let pair = flows.removeOldest() { pair.close() }
    }

    /// First datagrams; those that follow come to the flow's own socket.
    private func receive(_ listener: Int32) {
        let count = batch.receive(listener)
        let now = Clock.monotonicNanoseconds()
        for index in 0..<max(count, 0) {
            if let client = batch.sender(index), let destination = batch.destination(index),
                let pair = pair(Ends(client: client, destination: destination), now)
            {
                batch.send(index..<index + 1, out: pair.outer.socket)
            }
        }
    }

    private func pair(_ ends: Ends, _ now: Int64) -> Pair? {
        if let pair = flows.touch(ends, now) { return pair }
        if flows.count >= flowsMax { flows.removeOldest()?.close() }
        // Datagrams that find no way are lost, here as everywhere.
        guard let outside = policy.destination(ends.destination), let pair = try? open(ends, outside) else { return nil }
        flows.insert(pair, ends, now)
        if sweep == nil { scheduleSweep() }
        return pair
    }

    private func open(_ ends: Ends, _ outside: SocketAddress) throws(Failure) -> Pair {
        let inner = Descriptor(owning: try sockets.take(.datagram, ipv6: ends.destination.isIPv6))
        let outer = try Socket.make(.datagram, ipv6: outside.isIPv6)
        let answers = [
            Socket.bind(inner.raw, ends.destination), Socket.connect(inner.raw, ends.client), Socket.connect(outer.raw, outside),
        ]
        if let problem = answers.first(where: { $0 != 0 }) { throw .kernel("relaying datagrams to \(outside)", -problem) }
        let (innerSocket, outerSocket) = (inner.release(), outer.release())
        let innerFlow: DatagramFlow
        do throws(Failure) {
            innerFlow = try DatagramFlow(loop, socket: innerSocket) { [weak self] in
                self?.pass(ends, $0.socket, to: outerSocket, only: ends.client)
            }
        } catch {
            Socket.close(outerSocket)
            throw error
        }
        do throws(Failure) {
            let outerFlow = try DatagramFlow(loop, socket: outerSocket) { [weak self] in
                self?.pass(ends, $0.socket, to: innerSocket, only: outside)
            }
            return Pair(inner: innerFlow, outer: outerFlow)
        } catch {
            innerFlow.close()
            throw error
        }
    }

    /// - Parameter sender: the moment before connect(2) was open to others.
    private func pass(_ ends: Ends, _ from: Int32, to: Int32, only sender: SocketAddress) {
        let count = batch.receive(from)
        guard count > 0 else { return }
        _ = flows.touch(ends, Clock.monotonicNanoseconds())
        batch.forEachRun(of: count) { range, from in
            if from == sender { batch.send(range, out: to) }
        }
    }

    private func scheduleSweep() {
        sweep = loop.after(milliseconds: Self.sweepMilliseconds) { [weak self] in
            guard let self else { return }
            sweep = nil
            let limit = Clock.monotonicNanoseconds() - DatagramForwarder.idleNanoseconds
            while let pair = flows.removeOldest(unusedSince: limit) { pair.close() }
            if flows.count > 0 { scheduleSweep() }
        }
    }
}
