package import LinuxSys
package import Primitives

/// The containers' name server (RFC 1035): names of containers at once, all others from the host's resolvers, which are asked
/// from the network namespace of the thread that runs the loop. Each container has sockets of its own, so the socket says who
/// asks. Everything on the event loop's thread.
package final class NameServer {
    /// Who is called what. Changes count from the next question on.
    package var table = NameTable()

    let loop: EventLoop
    private let upstream: Upstream
    private var clients: [String: NameClient] = [:]
    private var turn = 0
    var streams = 0

    /// Answers that one container may wait for.
    static let waitingMax = 1024
    /// Connections of all containers together.
    static let streamsMax = min(1024, DescriptorLimit.current / 8)
    private static let port: UInt16 = 53

    /// - Parameter inside: lives in the network namespace of the bridges. A user's resolver that is a container of the same
    ///   network is asked from there, every other one from the calling thread's namespace.
    package convenience init(_ loop: EventLoop, resolvers: ResolverFile = ResolverFile(), inside: NamespaceWorker? = nil) {
        func connect(_ kind: Socket.Kind, _ resolver: Resolver) throws(Failure) -> Descriptor {
            let address = SocketAddress(resolver.address, port: Self.port, scope: resolver.zone)
            guard resolver.isInside, let inside else { return try NameSocket.connected(kind, to: address) }
            @Sendable func make() throws(Failure) -> Int32 {
                try NameSocket.connected(kind, to: address).release()
            }
            return Descriptor(owning: try inside.run(make))
        }
        self.init(loop, Upstream(loop, file: resolvers, connect: connect))
    }

    init(_ loop: EventLoop, _ upstream: Upstream) { (self.loop, self.upstream) = (loop, upstream) }

    deinit { for client in clients.values { client.close() } }

    /// Begins to answer a container.
    /// - Parameters:
    ///   - sockets: closed by this value from here on, also when this throws.
    ///   - upstream: the user's resolvers in place of the host's, `nil`: the host's.
    package func add(container: String, _ scope: NameTable.Scope, _ sockets: NameSockets, upstream: [HostAddress]? = nil) throws(Failure) {
        remove(container: container)
        let client = NameClient(self, scope, upstream ?? [], sockets)
        try client.open()
        clients[container] = client
    }

    /// Changes what a container sees; its sockets stay. Nothing happens to one that is not known.
    package func update(container: String, _ scope: NameTable.Scope, upstream: [HostAddress]? = nil) {
        clients[container]?.scope = scope
        clients[container]?.chosen = upstream ?? []
    }

    package func scope(of container: String) -> NameTable.Scope? { clients[container]?.scope }

    /// Ends the answers to a container and closes its sockets; its names stay in the table.
    package func remove(container: String) { clients.removeValue(forKey: container)?.close() }

    private func resolvers(_ client: NameClient) -> Resolvers {
        client.chosen.isEmpty ? .host : .chosen(client.chosen.map { Resolver($0, isInside: table.isInside($0, client.scope)) })
    }

    /// - Parameter send: called once, perhaps before this returns.
    /// - Returns: `false` for what gets no answer.
    @discardableResult
    func handle(_ bytes: [UInt8], of client: NameClient, isStream: Bool, _ send: @escaping ([UInt8]) -> Void) -> Bool {
        let query: DNSQuery
        do throws(DNSQuery.Refusal) { query = try DNSQuery(bytes) } catch {
            guard case .code(let code, let identifier, let flags) = error else { return false }
            send(DNSReply.refuse(code, identifier: identifier, flags: flags))
            return true
        }
        let bytesMax = isStream ? DNSMessage.streamBytesMax : query.datagramBytes
        turn &+= 1
        switch table.decide(query, client.scope, turn: turn & 0xFFFF) {
        case .answer(let code, let records): send(DNSReply.make(query, code, records, bytesMax: bytesMax))
        case .forward:
            guard client.waiting < Self.waitingMax else {
                send(DNSReply.make(query, .serverFailure, bytesMax: bytesMax))
                break
            }
            client.waiting += 1
            upstream.ask(UpstreamQuery(query, isStream: isStream, resolvers(client))) { [weak client] answer in
                client?.waiting -= 1
                send(
                    answer.map { DNSAnswer.adapt($0, to: query, bytesMax: bytesMax) }
                        ?? DNSReply.make(query, .serverFailure, bytesMax: bytesMax))
            }
        }
        return true
    }
}
