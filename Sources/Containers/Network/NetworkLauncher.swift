internal import LinuxSys
package import Networks
package import Primitives
package import Sandbox
package import Store

/// Finds this user's `proa:net`, or starts it; after it was killed, starts one that takes over what it held.
package struct NetworkLauncher {
    package static let stage = "proa:net"

    private let containers: ContainerStore
    private let places: StorePlaces
    private let idMap: IdMapPlan

    package init(_ containers: ContainerStore, places: StorePlaces, idMap: IdMapPlan) {
        (self.containers, self.places, self.idMap) = (containers, places, idMap.base)
    }

    /// A connection to the service that runs, or to a new one.
    package func connect() throws(Failure) -> ServiceClient {
        let runtime = try places.openRuntime()
        if let client = try ServiceClient.connect(in: runtime) { return client }
        let lock = try Lock.take(ServiceClient.startLock, in: runtime, .exclusive)
        defer { lock.hold() }
        if let client = try ServiceClient.connect(in: runtime) { return client }
        let members = try NetworkMember.running(in: containers)
        let held = members.lazy.compactMap { $0.bridgeNamespace() }.first
        try start(held)
        guard let client = try ServiceClient.connect(in: runtime) else {
            throw Failure(.unavailable, "the network service ended right after its start")
        }
        for member in members { try member.restore(with: client, containers) }
        return client
    }

    /// Puts a service in place of one that was killed, where containers still need it. Cheap where there is nothing to do.
    package func restore() throws(Failure) {
        // Whoever needs the directory says why it is not there.
        guard HostFile.exists("\(places.runtime)/\(ServiceClient.socketName)") else { return }
        let runtime = try places.openRuntime()
        guard try ServiceClient.connect(in: runtime) == nil else { return }
        if try NetworkMember.running(in: containers).isEmpty { return }
        _ = try connect()
    }

    /// A network was removed: its bridge goes too, if there is one.
    package func forget(_ networkID: String) throws(Failure) {
        if let client = try ServiceClient.connect(in: try places.openRuntime()) { _ = try client.ask(.forget(networkID: networkID)) }
    }

    /// - Parameter held: the bridges' namespace, when containers still live on them.
    private func start(_ held: SharedFile?) throws(Failure) {
        let ready = try DescriptorPair.pipe()
        try ready.second.stayOpenInPrograms()
        var words = [Self.stage, idMap.needsUserNamespace ? "user" : "root", String(ready.second.raw)]
        var user: SharedFile?
        var namespaces: Namespaces = idMap.needsUserNamespace ? [.user, .mount] : [.mount]
        var mapping = idMap.mapping
        if let held {
            try held.descriptor.stayOpenInPrograms()
            words.append(String(held.descriptor.raw))
            if idMap.needsUserNamespace {
                let owner = SharedFile(try held.descriptor.owningUserNamespace())
                try owner.descriptor.stayOpenInPrograms()
                words.append(String(owner.descriptor.raw))
                user = owner
                (namespaces, mapping) = ([], .none)
            }
        }
        do throws(LaunchFailure) {
            _ = try ChildProcess.spawn(
                Process.executablePath(), words, environment: UserNamespaceStage.environment(places),
                namespaces: namespaces, idMapping: mapping, outlives: true)
        } catch {
            switch error.phase {
            case .namespaces: throw NamespaceDiagnosis.explain(error.code, idMap: idMap)
            case .idMap: throw IdMapDiagnosis.explain(error.code, idMap: idMap)
            case .plan(let failure): throw failure
            default: throw Failure.kernel("starting the network service", error.code)
            }
        }
        // Until here: the program has its own.
        withExtendedLifetime(user) {}
        let said = try ready.closingSecond().readAll(limit: 1 << 16)
        if said == Array("ready\n".utf8) { return }
        let text = String(decoding: said, as: UTF8.self)
        throw Failure(.unavailable, "starting the network service: \(text.isEmpty ? "it ended without a word" : text)")
    }
}

/// The stage itself.
package enum NetworkStage {
    /// - Parameter words: its name; `user` in a user namespace of ours, else `root`; the descriptor to say "ready" on; then, when one was killed, those of the namespaces that
    ///   containers have kept: of the bridges, and of the user.
    package static func run(_ words: [String]) -> Int32 {
        let numbers = words.dropFirst(2).compactMap { Int32($0) }
        guard (1...3).contains(numbers.count), numbers.count == words.count - 2 else { return 125 }
        let ready = Descriptor(owning: numbers[0])
        let service: NetworkService
        do throws(Failure) {
            try ready.closeInPrograms()
            service = try prepare(numbers, hasNamespace: words[1] == "user")
            try ready.write("ready\n")
        } catch {
            // Whoever started us waits for a word; nobody hears another one.
            _ = try? ready.write(error.message)
            return 125
        }
        _ = consume ready
        service.run()
        return 0
    }

    private static func prepare(_ numbers: [Int32], hasNamespace: Bool) throws(Failure) -> NetworkService {
        try ServiceProcess.detach(title: NetworkLauncher.stage)
        let network = numbers.count > 1 ? numbers[1] : nil
        if numbers.count > 2 { try ServiceProcess.enter(userNamespace: Descriptor(owning: numbers[2])) }
        let places = StorePlaces(data: Process.environment("PROA_DATA") ?? "", runtime: Process.environment("PROA_RUNTIME") ?? "")
        let runtime = try places.openRuntime()
        if !runtime.contains("net") { try runtime.createDirectory("net", mode: 0o700) }
        let scratch = "\(places.runtime)/net"
        try ServiceProcess.ownMounts(scratchAt: scratch, isNew: numbers.count > 2)
        return try NetworkService(
            runtime: runtime, network: network,
            userNamespace: hasNamespace ? SharedFile(try Descriptor.ownUserNamespace()) : nil,
            scratch: scratch)
    }
}
