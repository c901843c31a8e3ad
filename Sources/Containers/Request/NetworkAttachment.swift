package import Networks
package import Primitives

/// One network that a container is to be on, with what was asked for there.
package struct NetworkAttachment: Equatable, Sendable {
    /// Its name; before `create` has looked it up what the user typed: a name, an id or the beginning of one.
    package var network: String
    package var ip: HostAddress?
    package var ip6: HostAddress?
    package var mac: MACAddress?
    /// Further names, in the order given.
    package var aliases: [String] = []
    /// `CONTAINER:ALIAS`, of networks that a user made.
    package var links: [String] = []
    package var linkLocal: [HostAddress] = []
    package var driverOptions: [KeyValue] = []
    /// The network with the highest one gives the default route; of equal ones the first by name.
    package var gatewayPriority = 0

    package init(network: String) { self.network = network }
}

/// In the words of docker's `EndpointSettings`, as far as a user can ask for it.
extension NetworkAttachment {
    package var json: JSON {
        var object: JSONObject = ["Network": .string(network)]
        if let ipam = ipamDocument { object["IPAMConfig"] = ipam }
        if let mac { object["MacAddress"] = .string(mac.description) }
        if !aliases.isEmpty { object["Aliases"] = .strings(aliases) }
        if !links.isEmpty { object["Links"] = .strings(links) }
        if !driverOptions.isEmpty { object["DriverOpts"] = .object(JSONObject(driverOptions.map { (key: $0.key, value: $0.value) })) }
        if gatewayPriority != 0 { object["GwPriority"] = .int(Int64(gatewayPriority)) }
        return .object(object)
    }

    /// `nil` where no address was asked for.
    package var ipamDocument: JSON? {
        var ipam = JSONObject()
        if let ip { ipam["IPv4Address"] = .string(ip.description) }
        if let ip6 { ipam["IPv6Address"] = .string(ip6.description) }
        if !linkLocal.isEmpty { ipam["LinkLocalIPs"] = .strings(linkLocal.map(\.description)) }
        return ipam.isEmpty ? nil : .object(ipam)
    }

    /// `nil` for anything but what `json` writes.
    package init?(json: JSON) {
        guard let network = json["Network"]?.string else { return nil }
        self.init(network: network)
        let ipam = json["IPAMConfig"]
        ip = ipam?["IPv4Address"]?.string.flatMap { HostAddress($0) }
        ip6 = ipam?["IPv6Address"]?.string.flatMap { HostAddress($0) }
        linkLocal = (ipam?["LinkLocalIPs"]?.strings ?? []).compactMap { HostAddress($0) }
        mac = json["MacAddress"]?.string.flatMap { MACAddress($0) }
        aliases = json["Aliases"]?.strings ?? []
        links = json["Links"]?.strings ?? []
        driverOptions = (json["DriverOpts"]?.object?.members ?? []).map { KeyValue($0.key, $0.value.string ?? "") }
        gatewayPriority = Int(json["GwPriority"]?.int ?? 0)
    }

    /// Everything the container is called on this network, each once: docker's `DNSNames`. On the default network: nothing.
    package func dnsNames(name: String, id: String, hostname: String) -> [String] {
        if network == NetworkRecord.defaultName { return [] }
        var names: [String] = []
        for candidate in [name] + aliases + [String(id.prefix(12)), hostname] where !candidate.isEmpty && !names.contains(candidate) {
            names.append(candidate)
        }
        return names
    }
}
