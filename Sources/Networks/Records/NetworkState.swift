package import Primitives

/// What a running container has of networks: `network.json` in its directory, written by its start, changed by connect and
/// disconnect. Holds only while the container runs, on the boot it names.
package struct NetworkState: Equatable, Sendable {
    package static let fileName = "network.json"

    package var bootIdentifier: String
    /// docker's `SandboxID`: 64 hexadecimal digits.
    package var sandboxID: String
    package var endpoints: [Endpoint]
    /// With the ports of the host that were really taken, none 0.
    package var ports: [PortBinding]

    package init(bootIdentifier: String, sandboxID: String = "", endpoints: [Endpoint] = [], ports: [PortBinding] = []) {
        (self.bootIdentifier, self.sandboxID, self.endpoints, self.ports) = (bootIdentifier, sandboxID, endpoints, ports)
    }

    /// One interface of the container.
    package struct Endpoint: Equatable, Sendable {
        package var networkID: String
        package var networkName: String
        /// 64 hexadecimal digits.
        package var endpointID: String
        package var ip: HostAddress?
        /// Bits of the subnet.
        package var prefix = 0
        package var gateway: HostAddress?
        package var ip6: HostAddress?
        package var prefix6 = 0
        package var gateway6: HostAddress?
        package var mac: MACAddress?
        /// As the user gave them.
        package var aliases: [String] = []
        /// Everything it is called on this network; none on the default one.
        package var dnsNames: [String] = []
        /// Inside the container: `eth0`.
        package var interface = ""

        package init(networkID: String, networkName: String, endpointID: String) {
            (self.networkID, self.networkName, self.endpointID) = (networkID, networkName, endpointID)
        }
    }
}

extension NetworkState {
    package var json: JSON {
        [
            "bootId": .string(bootIdentifier), "sandboxId": .string(sandboxID), "endpoints": .array(endpoints.map(\.json)),
            "ports": .array(ports.map(\.json)),
        ]
    }

    /// - Throws: `.corrupt`.
    package init(json: JSON) throws(Failure) {
        guard let boot = json["bootId"]?.string, let endpoints = json["endpoints"]?.array, let ports = json["ports"]?.array else {
            throw Failure(.corrupt, "\(Self.fileName) is damaged")
        }
        self.init(bootIdentifier: boot, sandboxID: json["sandboxId"]?.string ?? "")
        for endpoint in endpoints { self.endpoints.append(try Endpoint(json: endpoint)) }
        for port in ports {
            guard let binding = PortBinding(json: port) else { throw Failure(.corrupt, "\(Self.fileName) is damaged") }
            self.ports.append(binding)
        }
    }
}

extension NetworkState.Endpoint {
    package var json: JSON {
        var object: JSONObject = [
            "networkId": .string(networkID), "network": .string(networkName), "id": .string(endpointID), "interface": .string(interface),
        ]
        if let ip { object["ip"] = .string("\(ip)/\(prefix)") }
        if let gateway { object["gateway"] = .string(gateway.description) }
        if let ip6 { object["ip6"] = .string("\(ip6)/\(prefix6)") }
        if let gateway6 { object["gateway6"] = .string(gateway6.description) }
        if let mac { object["mac"] = .string(mac.description) }
        if !aliases.isEmpty { object["aliases"] = .strings(aliases) }
        if !dnsNames.isEmpty { object["dnsNames"] = .strings(dnsNames) }
        return .object(object)
    }

    /// - Throws: `.corrupt`.
    package init(json: JSON) throws(Failure) {
        guard let network = json["networkId"]?.string, let name = json["network"]?.string, let id = json["id"]?.string else {
            throw Failure(.corrupt, "\(NetworkState.fileName) has a damaged endpoint")
        }
        self.init(networkID: network, networkName: name, endpointID: id)
        if let split = json["ip"]?.string.flatMap({ IPSubnet.split($0) }) { (ip, prefix) = (split.address, split.bits) }
        if let split = json["ip6"]?.string.flatMap({ IPSubnet.split($0) }) { (ip6, prefix6) = (split.address, split.bits) }
        gateway = json["gateway"]?.string.flatMap { HostAddress($0) }
        gateway6 = json["gateway6"]?.string.flatMap { HostAddress($0) }
        mac = json["mac"]?.string.flatMap { MACAddress($0) }
        aliases = json["aliases"]?.strings ?? []
        dnsNames = json["dnsNames"]?.strings ?? []
        interface = json["interface"]?.string ?? ""
    }
}

extension PortBinding {
    package var json: JSON {
        var object: JSONObject = [
            "transport": .string(transport.rawValue), "hostPort": .int(Int64(hostPort)), "containerPort": .int(Int64(containerPort)),
        ]
        if let hostAddress { object["hostAddress"] = .string(hostAddress.description) }
        return .object(object)
    }

    package init?(json: JSON) {
        guard let transport = json["transport"]?.string.flatMap({ Transport(rawValue: $0) }),
            let host = json["hostPort"]?.int.flatMap({ UInt16(exactly: $0) }),
            let container = json["containerPort"]?.int.flatMap({ UInt16(exactly: $0) })
        else { return nil }
        self.init(transport, hostPort: host, containerPort: container)
        if let text = json["hostAddress"]?.string {
            guard let address = HostAddress(text) else { return nil }
            hostAddress = address
        }
    }
}
