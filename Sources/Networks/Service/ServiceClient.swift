package import LinuxSys
package import Primitives

/// A command's connection to `proa:net`.
package final class ServiceClient: Sendable {
    package static let socketName = "net.sock"
    /// Held by whoever starts `proa:net`, and by `proa:net` while it ends.
    package static let startLock = "net.lock"
    static let messageLimit = 4 << 20

    private let socket: Descriptor

    /// - Returns: `nil` when no `proa:net` runs.
    package static func connect(in runtime: borrowing Directory) throws(Failure) -> ServiceClient? {
        do throws(Failure) { return ServiceClient(socket: try Descriptor.connect(to: socketName, in: runtime)) } catch {
            switch error.kind {
            case .notFound, .system(111 /* ECONNREFUSED */): return nil
            default: throw error
            }
        }
    }

    private init(socket: consuming Descriptor) { self.socket = socket }

    /// - Parameter descriptors: borrowed.
    /// - Throws: what `proa:net` refused, or that it does not answer.
    package func ask(_ request: ServiceRequest, descriptors: [Int32] = []) throws(Failure) -> ServiceAnswer {
        try exchange(request, descriptors).answer
    }

    /// The user namespace for containers, if there is one, and the network namespace of the bridges.
    package func greet() throws(Failure) -> ServiceNamespaces {
        let (_, descriptors) = try exchange(.greet, [])
        guard let last = descriptors.last else { throw Failure(.unavailable, "the network service sends no namespace") }
        return ServiceNamespaces(
            network: SharedFile(Descriptor(owning: last)),
            user: descriptors.count > 1 ? SharedFile(Descriptor(owning: descriptors[0])) : nil)
    }

    private func exchange(_ request: ServiceRequest, _ descriptors: [Int32]) throws(Failure) -> (answer: ServiceAnswer, [Int32]) {
        let socket = socket.raw
        try doing("asking the network service") { () throws(Failure) in
            try MessageSocket.send(request.json.bytes, descriptors: descriptors, over: socket)
        }
        guard let message = try MessageSocket.receive(from: socket, limit: Self.messageLimit) else {
            throw Failure(.unavailable, "the network service ended without an answer", hint: "run the command again: it starts another one")
        }
        let answer = try ServiceAnswer(json: try JSON.parse(message.bytes))
        if let failure = answer.failure { throw failure }
        return (answer, message.descriptors)
    }
}

/// Where containers of bridge networks are made. Closed with the last copy.
package struct ServiceNamespaces {
    package let network: SharedFile
    /// `nil` for real root.
    package let user: SharedFile?
}
