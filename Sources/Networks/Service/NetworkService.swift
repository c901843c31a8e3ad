package import LinuxSys
package import Primitives

/// `proa:net`: one process per user that holds the network namespace of the bridges, N, and serves it. Its main thread, the one
/// that calls this, stays in the host's namespace. It ends some seconds after its last container.
///
/// Nothing here is on a disk: commands know from the records of their containers what they ask for, and ask again when this
/// process was killed.
package final class NetworkService {
    /// How long an idle service waits for the next container.
    private static let patienceMilliseconds: UInt64 = 5_000

    let loop: EventLoop
    /// The thread that lives in N.
    let inside: NamespaceWorker
    let bridges: BridgeTable
    private let runtime: Directory
    private let scratch: String
    private let userNamespace: SharedFile?
    private var listener: SharedFile?
    private var connections: [Int32: Connection] = [:]
    private(set) var members: [String: Member] = [:]
    private var idle: EventLoop.Timer?
    let names: NameServer
    let ports: PortForwarder

    private final class Connection {
        let socket: Descriptor
        init(_ socket: consuming Descriptor) { self.socket = socket }
    }

    /// - Parameters:
    ///   - network: N, when it exists already.
    ///   - userNamespace: the one this process is root of, told to commands; `nil` for real root.
    ///   - scratch: a directory only this process sees, for names of namespaces.
    package init(
        runtime: consuming Directory, network: Int32?, userNamespace: SharedFile?, scratch: String
    ) throws(Failure) {
        // Names, ports and relays take their shares of it.
        DescriptorLimit.raise()
        loop = try EventLoop()
        inside = try NamespaceWorker(existing: network)
        (self.userNamespace, self.scratch) = (userNamespace, scratch)
        bridges = try BridgeTable(inside: inside, loop: loop, scratch: scratch)
        names = NameServer(loop, inside: inside)
        ports = PortForwarder(loop, inside)
        let socket = try UnixListener.bind(ServiceClient.socketName, in: runtime)
        self.runtime = runtime
        listener = nil
        try listen(socket)
        wait()
    }

    /// Serves until nobody needs it any more.
    package func run() { loop.run() }

    private func listen(_ socket: consuming Descriptor) throws(Failure) {
        let raw = socket.raw
        listener = SharedFile(socket)
        try loop.add(raw, .readable) { [unowned self] _ in accept() }
    }

    private func accept() {
        while let listener, let socket = UnixListener.accept(listener.descriptor) {
            let raw = socket.raw
            // A peer that says half a message must not hold up everybody.
            socket.limitWaiting(milliseconds: 2_000)
            connections[raw] = Connection(socket)
            do throws(Failure) { try loop.add(raw, [.readable, .ended]) { [unowned self] _ in serve(raw) } } catch {
                connections[raw] = nil
            }
        }
        wait()
    }

    private func serve(_ raw: Int32) {
        guard let connection = connections[raw] else { return }
        var answer = ServiceAnswer()
        var handed: [Int32] = []
        do throws(Failure) {
            guard let message = try MessageSocket.receive(from: raw, limit: ServiceClient.messageLimit) else { return drop(raw) }
            let received = message.descriptors.map { SharedFile(Descriptor(owning: $0)) }
            do throws(Failure) {
                let request = try ServiceRequest(json: try JSON.parse(message.bytes))
                (answer, handed) = try handle(request, received)
                if case .attach = request { answer.notice = bridges.uplink.takeNotice() }
            } catch { answer.failure = error }
            try MessageSocket.send(answer.json.bytes, descriptors: handed, over: connection.socket.raw)
        } catch { drop(raw) }
    }

    private func drop(_ raw: Int32) {
        loop.remove(raw)
        connections[raw] = nil
        wait()
    }

    private func handle(_ request: ServiceRequest, _ received: [SharedFile]) throws(Failure) -> (ServiceAnswer, [Int32]) {
        var answer = ServiceAnswer()
        switch request {
        case .greet:
            if let userNamespace { return (answer, [userNamespace.descriptor.raw, inside.namespace]) }
            return (answer, [inside.namespace])
        case .attach(let attachment):
            guard received.count == 2 else { throw Failure(.corrupt, "a container without its namespace") }
            answer.endpoints = try attach(attachment, namespace: received[0], process: received[1])
        case .publish(let container, let bindings):
            guard let member = members[container], received.count == bindings.count else {
                throw Failure(.corrupt, "ports of no container")
            }
            for (binding, listener) in zip(bindings, received) { try publish(binding, listener, of: member) }
        case .connect(let container, let endpoint):
            guard let member = members[container] else { throw Failure(.notFound, "the container is on no network") }
            try member.add([endpoint], to: self, isRestored: false)
            member.updateNames(names)
            answer.endpoints = member.endpoints.map(\.state)
        case .disconnect(let container, let network):
            guard let member = members[container] else { throw Failure(.notFound, "the container is on no network") }
            try member.remove(networkID: network, from: self)
            member.updateNames(names)
            answer.endpoints = member.endpoints.map(\.state)
        case .detach(let container): if let member = members[container] { detach(member) }
        case .forget(let network): try bridges.remove(network)
        }
        return (answer, [])
    }

    private func attach(
        _ attachment: ServiceRequest.Attachment, namespace: SharedFile, process: SharedFile
    ) throws(Failure) -> [NetworkState.Endpoint] {
        if let old = members[attachment.container] { detach(old) }
        let member = Member(attachment, namespace: namespace, process: process)
        members[member.container] = member
        if let idle { loop.cancel(idle) }
        idle = nil
        do throws(Failure) {
            if let name = attachment.program.first.flatMap({ NetworkProgram.Name(rawValue: $0) }) {
                let file = "\(scratch)/\(attachment.container.prefix(12))"
                member.program = try NetworkProgram.start(
                    name, namespace.descriptor.raw, file: file, interface: nil, options: Array(attachment.program.dropFirst()),
                    worker: inside)
            }
            try member.add(attachment.endpoints, to: self, isRestored: attachment.isRestored)
            if !attachment.endpoints.isEmpty { try member.startNames(names, inside: inside, isRestored: attachment.isRestored) }
            try loop.add(process.descriptor.raw, .readable) { [unowned self, unowned member] _ in detach(member) }
        } catch {
            detach(member)
            throw error
        }
        return member.endpoints.map(\.state)
    }

    private func publish(_ binding: PortBinding, _ listener: SharedFile, of member: Member) throws(Failure) {
        let first = member.endpoints.first { !$0.network.isInternal } ?? member.endpoints.first
        guard let first else { throw Failure(.invalid, "a container without a network publishes no ports") }
        let (pool4, pool6) = (first.network.pool4, first.network.pool6)
        guard let address = first.state.ip ?? first.state.ip6, let gateway = (first.state.ip == nil ? pool6 : pool4)?.gateway else {
            throw Failure(.invalid, "network \(first.network.name) has no gateway: its containers publish no ports")
        }
        ports.foreignNetworks = bridges.subnets
        try ports.add(
            owner: member.container, try listener.descriptor.duplicate(), binding.transport,
            to: PortTarget(
                address, ipv6: first.state.ip == nil ? nil : first.state.ip6, port: binding.containerPort, gateway: gateway,
                gatewayIPv6: pool6?.gateway))
    }

    /// Forgets a container: its names, its ports and its interfaces.
    private func detach(_ member: Member) {
        loop.remove(member.process.descriptor.raw)
        names.remove(container: member.container)
        names.table.remove(container: member.container)
        ports.remove(owner: member.container)
        member.program?.end()
        member.program = nil
        for endpoint in member.endpoints { bridges.release(endpoint) }
        if members[member.container] === member { members[member.container] = nil }
        wait()
    }

    // MARK: the end

    /// Ends later, unless somebody comes.
    private func wait() {
        guard members.isEmpty, connections.isEmpty else {
            if let idle { loop.cancel(idle) }
            idle = nil
            return
        }
        guard idle == nil else { return }
        idle = loop.after(milliseconds: Self.patienceMilliseconds) { [unowned self] in
            idle = nil
            endIfUnneeded()
        }
    }

    /// A command that connected meanwhile is served; one that comes later waits for the lock and finds nobody.
    private func endIfUnneeded() {
        do throws(Failure) {
            guard members.isEmpty, connections.isEmpty, let lock = try Lock.attempt(ServiceClient.startLock, in: runtime, .exclusive) else {
                return wait()
            }
            defer { lock.hold() }
            try runtime.remove(ServiceClient.socketName)
            accept()
            if connections.isEmpty {
                bridges.end()
                return loop.stop()
            }
            if let listener { loop.remove(listener.descriptor.raw) }
            try listen(try UnixListener.bind(ServiceClient.socketName, in: runtime))
        } catch {
            // Without a directory for its socket nobody will ever find this process.
            if members.isEmpty, connections.isEmpty {
                bridges.end()
                loop.stop()
            }
        }
    }
}
