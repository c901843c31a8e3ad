internal import Networks
internal import Primitives

/// What a container was asked to have of networks, as its record has it.
extension ContainerRecord {
    package var networkMode: NetworkMode { NetworkMode(hostConfig["NetworkMode"]?.string ?? "none") }

    /// The networks it is on whenever it runs; connect and disconnect change them.
    package var attachments: [NetworkAttachment] {
        get { (proa["Networks"]?.array ?? []).compactMap { NetworkAttachment(json: $0) } }
        set {
            guard case .object(var own) = proa else { return }
            own["Networks"] = .array(newValue.map(\.json))
            json["Proa"] = .object(own)
        }
    }

    /// `--link` on the default network: `CONTAINER:ALIAS`.
    package var links: [String] { proa["Links"]?.strings ?? [] }

    /// Every port that a start publishes: what `-p` asked for, and with `-P` a free port for each noted one beside.
    package var publishedPorts: [PortRequest] {
        var requests: [PortRequest] = []
        let bindings = hostConfig["PortBindings"]?.object?.members ?? []
        for binding in bindings { requests += PortRequest.requests(binding.key, binding.value) }
        if hostConfig["PublishAllPorts"]?.bool == true {
            for name in config["ExposedPorts"]?.object?.keys ?? [] where !bindings.contains(where: { $0.key == name }) {
                requests += PortRequest.requests(name, [[:]])
            }
        }
        return requests
    }
}

extension PortRequest {
    /// One member of docker's `PortBindings`.
    fileprivate static func requests(_ name: String, _ bindings: JSON) -> [PortRequest] {
        let (port, proto) = PortRange.splitProtocol(name)
        guard let number = UInt16(port), number > 0, let transport = PortBinding.Transport(rawValue: proto) else { return [] }
        return (bindings.array ?? []).map { binding in
            let text = binding["HostPort"]?.string ?? ""
            return PortRequest(
                transport, hostAddress: binding["HostIp"]?.string.flatMap { HostAddress($0) },
                // An empty text is any free port; others were checked when the record was written.
                hostPorts: text.isEmpty ? nil : try? PortRange.parse(text), containerPort: number)
        }
    }

    /// docker's `PortBindings`: all requests by the container's port, in the order of names as Go writes a map.
    static func document(_ requests: [PortRequest]) -> JSON {
        var bindings = JSONObject()
        for name in Set(requests.map(\.portName)).sorted() {
            bindings[name] = .array(requests.filter { $0.portName == name }.map(\.bindingDocument))
        }
        return .object(bindings)
    }

    private var bindingDocument: JSON {
        var port = ""
        if let hostPorts { port = hostPorts.count == 1 ? "\(hostPorts.lowerBound)" : "\(hostPorts.lowerBound)-\(hostPorts.upperBound)" }
        return ["HostIp": .string(hostAddress?.description ?? ""), "HostPort": .string(port)]
    }
}
