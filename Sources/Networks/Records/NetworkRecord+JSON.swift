package import Primitives

/// The record on the disk: docker's words where it has some, and what only we need under `Proa`.
extension NetworkRecord {
    package var json: JSON {
        [
            "Id": .string(id), "Name": .string(name), "Created": .string(created), "Driver": .string(driver.rawValue),
            "EnableIPv4": .bool(enablesIPv4), "EnableIPv6": .bool(enablesIPv6), "Internal": .bool(isInternal),
            "Attachable": .bool(isAttachable), "Ingress": .bool(isIngress), "IPAM": .array(pools.map(\.json)),
            "Options": .texts(options), "Labels": .texts(labels), "Interface": .string(interface),
        ]
    }

    /// - Throws: `.corrupt` for anything that was not written by `json`.
    package init(json: JSON) throws(Failure) {
        func text(_ key: String) throws(Failure) -> String {
            guard let value = json[key]?.string, !value.isEmpty else { throw Failure(.corrupt, "the network's record has no \(key)") }
            return value
        }
        guard let driver = Driver(rawValue: try text("Driver")) else { throw Failure(.corrupt, "the network's record names no driver") }
        var pools: [AddressPool] = []
        for pool in json["IPAM"]?.array ?? [] {
            guard let pool = AddressPool(json: pool) else {
                throw Failure(.corrupt, "the network's record has a damaged range of addresses")
            }
            pools.append(pool)
        }
        self.init(
            id: try text("Id"), name: try text("Name"), created: try text("Created"), driver: driver, pools: pools,
            interface: try text("Interface"))
        guard id.utf8.count == 64, interface.utf8.count <= 15 else { throw Failure(.corrupt, "the network's record is damaged") }
        enablesIPv4 = json["EnableIPv4"]?.bool ?? true
        enablesIPv6 = json["EnableIPv6"]?.bool ?? false
        isInternal = json["Internal"]?.bool ?? false
        isAttachable = json["Attachable"]?.bool ?? false
        isIngress = json["Ingress"]?.bool ?? false
        options = json["Options"]?.texts ?? [:]
        labels = json["Labels"]?.texts ?? [:]
    }
}

extension AddressPool {
    fileprivate init?(json: JSON) {
        guard let subnet = json["Subnet"]?.string.flatMap({ IPSubnet($0) }) else { return nil }
        self.init(
            subnet: subnet, gateway: json["Gateway"]?.string.flatMap { HostAddress($0) },
            range: json["IPRange"]?.string.flatMap { IPSubnet($0) })
        for (name, text) in json["AuxiliaryAddresses"]?.texts ?? [:] {
            guard let address = HostAddress(text) else { return nil }
            auxiliary[name] = address
        }
        showsGateway = json["ShowsGateway"]?.bool ?? true
        isChosenByUser = json["ChosenByUser"]?.bool ?? false
    }

    fileprivate var json: JSON {
        var object: JSONObject = ["Subnet": .string(subnet.description)]
        if let gateway { object["Gateway"] = .string(gateway.description) }
        if let range { object["IPRange"] = .string(range.description) }
        object["AuxiliaryAddresses"] = .texts(auxiliary.mapValues(\.description))
        object["ShowsGateway"] = .bool(showsGateway)
        object["ChosenByUser"] = .bool(isChosenByUser)
        return .object(object)
    }
}

extension JSON {
    /// Texts by name, in the order of their names as Go writes a map.
    package static func texts(_ values: [String: String]) -> JSON {
        var object = JSONObject()
        for (key, value) in values.sorted(by: { $0.key < $1.key }) { object[key] = .string(value) }
        return .object(object)
    }

    package var texts: [String: String]? {
        guard let object else { return nil }
        return Dictionary(object.members.map { ($0.key, $0.value.string ?? "") }) { _, last in last }
    }
}
