package import Primitives

/// What commands ask of `proa:net`. One message each; the answer is one message too (`ServiceAnswer`).
package enum ServiceRequest: Equatable, Sendable {
    /// Answered with descriptors of the user namespace in which containers are made (if there is one), then of the network
    /// namespace of the bridges.
    case greet
    /// With the container's network namespace and its first process, both as descriptors. Answered with the endpoints.
    case attach(Attachment)
    /// A listening socket each: a message takes no more than `MessageSocket.maximumDescriptors`.
    case publish(container: String, [PortBinding])
    case connect(container: String, EndpointRequest)
    case disconnect(container: String, networkID: String)
    /// The container goes without networks from now on, though it may live.
    case detach(container: String)
    /// The network was removed: its bridge goes.
    case forget(networkID: String)

    /// A container's wishes.
    package struct Attachment: Equatable, Sendable {
        package var container: String
        /// Its name and its short id: what it is called on every network that resolves names.
        package var names: [String]
        package var endpoints: [EndpointRequest]
        /// `--dns`; empty: the host's own.
        package var nameServers: [HostAddress]
        /// A program that connects the container alone, instead of endpoints: its name, then words for it.
        package var program: [String] = []
        /// The interfaces are there already: `proa:net` was killed and forgot them.
        package var isRestored = false

        package init(container: String, names: [String], endpoints: [EndpointRequest], nameServers: [HostAddress] = []) {
            (self.container, self.names, self.endpoints, self.nameServers) = (container, names, endpoints, nameServers)
        }
    }

    /// One interface of a container. What is `nil` is chosen.
    package struct EndpointRequest: Equatable, Sendable {
        package var network: NetworkRecord
        package var endpointID: String
        package var ip: HostAddress?
        package var ip6: HostAddress?
        package var mac: MACAddress?
        package var aliases: [String] = []
        /// Inside the container; `nil`: the first free of eth0, eth1 and so on.
        package var interface: String?

        package init(network: NetworkRecord, endpointID: String) { (self.network, self.endpointID) = (network, endpointID) }
    }
}

extension ServiceRequest {
    package var json: JSON {
        switch self {
        case .greet: ["do": "greet"]
        case .attach(let attachment):
            [
                "do": "attach", "container": .string(attachment.container), "names": .strings(attachment.names),
                "endpoints": .array(attachment.endpoints.map(\.json)),
                "program": .strings(attachment.program), "nameServers": .strings(attachment.nameServers.map(\.description)),
                "restored": .bool(attachment.isRestored),
            ]
        case .publish(let container, let ports):
            ["do": "publish", "container": .string(container), "ports": .array(ports.map(\.json))]
        case .connect(let container, let endpoint):
            ["do": "connect", "container": .string(container), "endpoint": endpoint.json]
        case .disconnect(let container, let network):
            ["do": "disconnect", "container": .string(container), "network": .string(network)]
        case .detach(let container): ["do": "detach", "container": .string(container)]
        case .forget(let network): ["do": "forget", "network": .string(network)]
        }
    }

    /// - Throws: `.corrupt`.
    package init(json: JSON) throws(Failure) {
        func text(_ key: String) throws(Failure) -> String {
            guard let text = json[key]?.string else { throw Failure(.corrupt, "a request without \"\(key)\"") }
            return text
        }
        switch try text("do") {
        case "greet": self = .greet
        case "attach":
            var attachment = Attachment(container: try text("container"), names: json["names"]?.strings ?? [], endpoints: [])
            for endpoint in json["endpoints"]?.array ?? [] { attachment.endpoints.append(try EndpointRequest(json: endpoint)) }
            attachment.nameServers = (json["nameServers"]?.strings ?? []).compactMap { HostAddress($0) }
            attachment.program = json["program"]?.strings ?? []
            attachment.isRestored = json["restored"]?.bool ?? false
            self = .attach(attachment)
        case "publish":
            self = .publish(container: try text("container"), (json["ports"]?.array ?? []).compactMap { PortBinding(json: $0) })
        case "connect": self = .connect(container: try text("container"), try EndpointRequest(json: json["endpoint"] ?? [:]))
        case "disconnect": self = .disconnect(container: try text("container"), networkID: try text("network"))
        case "detach": self = .detach(container: try text("container"))
        case "forget": self = .forget(networkID: try text("network"))
        case let word: throw Failure(.corrupt, "an unknown request \(word)")
        }
    }
}

extension ServiceRequest.EndpointRequest {
    package var json: JSON {
        var object: JSONObject = ["network": network.json, "id": .string(endpointID), "aliases": .strings(aliases)]
        if let ip { object["ip"] = .string(ip.description) }
        if let ip6 { object["ip6"] = .string(ip6.description) }
        if let mac { object["mac"] = .string(mac.description) }
        if let interface { object["interface"] = .string(interface) }
        return .object(object)
    }

    init(json: JSON) throws(Failure) {
        self.init(network: try NetworkRecord(json: json["network"] ?? [:]), endpointID: json["id"]?.string ?? "")
        ip = json["ip"]?.string.flatMap { HostAddress($0) }
        ip6 = json["ip6"]?.string.flatMap { HostAddress($0) }
        mac = json["mac"]?.string.flatMap { MACAddress($0) }
        aliases = json["aliases"]?.strings ?? []
        interface = json["interface"]?.string
    }
}

/// What `proa:net` answers.
package struct ServiceAnswer: Equatable, Sendable {
    package var endpoints: [NetworkState.Endpoint] = []
    /// One line that a person should read, once.
    package var notice: String?
    package var failure: Failure?

    package init() {}

    package var json: JSON {
        var object: JSONObject = ["endpoints": .array(endpoints.map(\.json))]
        if let notice { object["notice"] = .string(notice) }
        if let failure {
            object["error"] = .string(failure.message)
            if let hint = failure.hint { object["hint"] = .string(hint) }
            object["kind"] = .string(Self.kinds.first { $0.kind == failure.kind }?.name ?? "")
            if case .system(let code) = failure.kind { object["errno"] = .int(Int64(code)) }
        }
        return .object(object)
    }

    /// - Throws: `.corrupt`.
    package init(json: JSON) throws(Failure) {
        for endpoint in json["endpoints"]?.array ?? [] { endpoints.append(try NetworkState.Endpoint(json: endpoint)) }
        notice = json["notice"]?.string
        guard let text = json["error"]?.string else { return }
        let kind =
            json["errno"]?.int.map { Failure.Kind.system(Int32(truncatingIfNeeded: $0)) }
            ?? Self.kinds.first { $0.name == json["kind"]?.string }?.kind ?? .unavailable
        failure = Failure(kind, text, hint: json["hint"]?.string)
    }

    private static let kinds: [(name: String, kind: Failure.Kind)] = [
        ("notFound", .notFound), ("conflict", .conflict), ("invalid", .invalid), ("denied", .denied), ("noSpace", .noSpace),
        ("unsupported", .unsupported), ("unavailable", .unavailable),
    ]
}
