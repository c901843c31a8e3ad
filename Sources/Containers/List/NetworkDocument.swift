internal import Networks
internal import Primitives

/// docker's `NetworkSettings` of a container (Engine API, `ContainerInspect`).
struct NetworkDocument {
    let record: ContainerRecord
    /// `nil` unless it runs and is on networks.
    let state: NetworkState?
    /// Host pid of the first process; 0 unless it runs.
    let pid: Int32

    var json: JSON {
        let first = state?.endpoints.first { $0.networkName == NetworkRecord.defaultName }
        return [
            "Bridge": "", "SandboxID": .string(state?.sandboxID ?? ""),
            "SandboxKey": .string(state == nil ? "" : "/proc/\(pid)/ns/net"), "Ports": ports, "HairpinMode": false,
            "LinkLocalIPv6Address": "", "LinkLocalIPv6PrefixLen": 0, "SecondaryIPAddresses": .null, "SecondaryIPv6Addresses": .null,
            "EndpointID": .string(first?.endpointID ?? ""), "Gateway": .address(first?.gateway),
            "GlobalIPv6Address": .address(first?.ip6), "GlobalIPv6PrefixLen": .int(Int64(first?.prefix6 ?? 0)),
            "IPAddress": .address(first?.ip), "IPPrefixLen": .int(Int64(first?.prefix ?? 0)), "IPv6Gateway": .address(first?.gateway6),
            "MacAddress": .string(first?.mac?.description ?? ""), "Networks": networks,
        ]
    }

    /// Published ports, and `null` for those that are only noted; nothing while it does not run.
    private var ports: JSON {
        guard let state else { return [:] }
        let noted = record.config["ExposedPorts"]?.object?.keys ?? []
        var ports = JSONObject()
        for name in Set(state.ports.map(\.portName) + noted).sorted() {
            let bindings = state.ports.filter { $0.portName == name }
            ports[name] = bindings.isEmpty ? .null : .array(bindings.flatMap(\.documents))
        }
        return .object(ports)
    }

    private var networks: JSON {
        let attachments = record.attachments
        var networks = JSONObject()
        switch record.networkMode {
        case .container, .namespace: return [:]
        case .bridge, .network: break
        default: networks[record.networkMode.text] = endpoint(NetworkAttachment(network: record.networkMode.text), nil)
        }
        if let state {
            for endpoint in state.endpoints.sorted(by: { $0.networkName < $1.networkName }) {
                // What the user typed may have been the beginning of an id.
                let asked = attachments.first {
                    $0.network == endpoint.networkName || endpoint.networkID.utf8.starts(with: $0.network.utf8)
                }
                networks[endpoint.networkName] = self.endpoint(asked ?? NetworkAttachment(network: endpoint.networkName), endpoint)
            }
        } else {
            for attachment in attachments.sorted(by: { $0.network < $1.network }) {
                networks[attachment.network] = endpoint(attachment, nil)
            }
        }
        return .object(networks)
    }

    private func endpoint(_ asked: NetworkAttachment, _ real: NetworkState.Endpoint?) -> JSON {
        func texts(_ values: [String]) -> JSON { values.isEmpty ? .null : .strings(values) }
        let options = asked.driverOptions.map { (key: $0.key, value: $0.value) }
        return [
            "IPAMConfig": asked.ipamDocument ?? .null, "Links": texts(asked.links), "Aliases": texts(asked.aliases),
            "MacAddress": .string((real?.mac ?? asked.mac)?.description ?? ""),
            "DriverOpts": options.isEmpty ? .null : .object(JSONObject(options)), "GwPriority": .int(Int64(asked.gatewayPriority)),
            "NetworkID": .string(real?.networkID ?? ""), "EndpointID": .string(real?.endpointID ?? ""),
            "Gateway": .address(real?.gateway), "IPAddress": .address(real?.ip), "IPPrefixLen": .int(Int64(real?.prefix ?? 0)),
            "IPv6Gateway": .address(real?.gateway6), "GlobalIPv6Address": .address(real?.ip6),
            "GlobalIPv6PrefixLen": .int(Int64(real?.prefix6 ?? 0)), "DNSNames": texts(real?.dnsNames ?? []),
        ]
    }
}

extension JSON {
    /// An address as text, empty where there is none.
    static func address(_ address: HostAddress?) -> JSON { .string(address?.description ?? "") }
}

extension PortBinding {
    /// docker's `HostIp` texts of a binding: every address is one of each family.
    var hostTexts: [String] { hostAddress.map { [$0.description] } ?? ["0.0.0.0", "::"] }

    var documents: [JSON] { hostTexts.map { ["HostIp": .string($0), "HostPort": .string("\(hostPort)")] } }
}
