import Containers
import LinuxSys
import Networks
import Primitives

/// A network as commands show it: one that a user made, the default one, or one of the two without a record.
struct NetworkView {
    let name: String
    let id: String
    /// docker's name of the driver: `bridge`, `host`, `null`.
    let driver: String
    /// RFC 3339.
    let created: String
    /// `nil` for `host` and `none`.
    let record: NetworkRecord?

    init(_ record: NetworkRecord) {
        (name, id, driver, created) = (record.name, record.id, record.driver.rawValue, record.created)
        self.record = record
    }

    private init(mode name: String, driver: String) {
        // Always the same, as if it had been made with the machine.
        (self.name, self.driver, id) = (name, driver, SHA256.of("network \(name)").hex)
        (created, record) = (ContainerState.never, nil)
    }

    static let modes = [NetworkView(mode: "host", driver: "host"), NetworkView(mode: "none", driver: "null")]

    /// Neither of a user's making nor to be removed.
    var isBuiltIn: Bool { record?.isDefault ?? true }
    var labels: [(key: String, value: String)] { (record?.labels ?? [:]).sorted { $0.key < $1.key }.map { ($0.key, $0.value) } }

    /// The running containers on it.
    func users(_ containers: ContainerStore) throws(Failure) -> [User] {
        var users: [User] = []
        for summary in try containers.list(runningOnly: true) {
            if record == nil {
                if summary.networkMode == name { users.append(User(id: summary.id, name: summary.name, endpoint: nil)) }
            } else if let endpoint = summary.network?.endpoints.first(where: { $0.networkID == id }) {
                users.append(User(id: summary.id, name: summary.name, endpoint: endpoint))
            }
        }
        return users
    }

    struct User {
        let id: String
        let name: String
        let endpoint: NetworkState.Endpoint?
    }

    /// docker's inspect document (Engine API, `NetworkInspect`).
    func document(users: [User]) -> JSON {
        var containers = JSONObject()
        for user in users.sorted(by: { $0.id < $1.id }) {
            func text(_ address: HostAddress?, _ bits: Int) -> JSON { .string(address.map { "\($0)/\(bits)" } ?? "") }
            containers[user.id] = [
                "Name": .string(user.name), "EndpointID": .string(user.endpoint?.endpointID ?? ""),
                "MacAddress": .string(user.endpoint?.mac?.description ?? ""),
                "IPv4Address": text(user.endpoint?.ip, user.endpoint?.prefix ?? 0),
                "IPv6Address": text(user.endpoint?.ip6, user.endpoint?.prefix6 ?? 0),
            ]
        }
        return [
            "Name": .string(name), "Id": .string(id), "Created": .string(created), "Scope": "local", "Driver": .string(driver),
            "EnableIPv4": .bool(record?.enablesIPv4 ?? true), "EnableIPv6": .bool(record?.enablesIPv6 ?? false),
            "IPAM": [
                "Driver": "default", "Options": record.map { $0.isDefault ? .null : [:] } ?? .null,
                "Config": .array((record?.pools ?? []).map(Self.document)),
            ],
            "Internal": .bool(record?.isInternal ?? false), "Attachable": .bool(record?.isAttachable ?? false), "Ingress": false,
            "ConfigFrom": ["Network": ""], "ConfigOnly": false, "Containers": .object(containers),
            "Options": .texts(record?.options ?? [:]), "Labels": .texts(record?.labels ?? [:]),
        ]
    }

    private static func document(_ pool: AddressPool) -> JSON {
        var object: JSONObject = ["Subnet": .string(pool.subnet.description)]
        if let range = pool.range { object["IPRange"] = .string(range.description) }
        if pool.showsGateway, let gateway = pool.gateway { object["Gateway"] = .string(gateway.description) }
        if !pool.auxiliary.isEmpty { object["AuxiliaryAddresses"] = .texts(pool.auxiliary.mapValues(\.description)) }
        return .object(object)
    }
}

extension Engine {
    /// All networks, the built-in ones too, in docker's order: by name, numbers in it by their value.
    func networkViews() throws(Failure) -> [NetworkView] {
        let networks = try networks
        _ = try networks.defaultNetwork(hostSubnets: hostSubnets)
        let views = try networks.all(damaged: noticeDamage).map { NetworkView($0) } + NetworkView.modes
        return views.sorted { NaturalOrder.precedes($0.name, $1.name) }
    }

    /// The network of a name, an id or the beginning of one.
    func network(_ reference: String) throws(Failure) -> NetworkView {
        if let mode = NetworkView.modes.first(where: { $0.name == reference || $0.id == reference }) { return mode }
        do throws(Failure) { return NetworkView(try networks.find(reference, hostSubnets: hostSubnets)) } catch {
            guard error.kind == .notFound, !reference.isEmpty,
                let mode = NetworkView.modes.first(where: { $0.id.utf8.starts(with: reference.utf8) })
            else { throw error }
            return mode
        }
    }
}
