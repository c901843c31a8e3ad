import LinuxSys
import Networks
import Primitives
import TestSupport
import Testing

@Suite("networks on the disk")
struct NetworkStoreTests {
    private let scratch: Scratch
    private let store: NetworkStore

    init() throws {
        scratch = try Scratch("networks")
        store = NetworkStore(path: scratch.path + "/networks")
    }

    private func request(_ name: String, _ subnets: String..., range: String? = nil, gateway: String? = nil) -> NetworkRequest {
        var request = NetworkRequest(name: name)
        request.pools = subnets.map { NetworkRequest.Pool(subnet: $0) }
        if !request.pools.isEmpty { (request.pools[0].range, request.pools[0].gateway) = (range, gateway) }
        request.enablesIPv6 = subnets.contains { $0.utf8.contains(UInt8(ascii: ":")) }
        return request
    }

    private func create(_ request: NetworkRequest, host: [String] = []) throws(Failure) -> NetworkRecord {
        try store.create(request) { () throws(Failure) in host.compactMap { IPSubnet($0) } }
    }

    private func find(_ reference: String) throws(Failure) -> NetworkRecord {
        try store.find(reference) { () throws(Failure) in [] }
    }

    @Test("what was asked for is read again as it was made")
    func roundTrip() throws {
        var request = request("web", "10.1.0.0/24", "2001:db8::/64", range: "10.1.0.128/25", gateway: "10.1.0.9")
        request.pools[0].auxiliary = ["router": "10.1.0.3"]
        (request.options, request.labels) = (["com.docker.network.driver.mtu": "1400"], ["a": "b"])
        (request.isInternal, request.isAttachable) = (true, true)
        let made = try create(request)
        #expect(try store.all() == [made])
        #expect(made.pools.map(\.subnet.description) == ["10.1.0.0/24", "2001:db8::/64"])
        #expect(made.pools.map { $0.gateway?.description } == ["10.1.0.9", "2001:db8::1"])
        #expect(made.pools.map(\.showsGateway) == [true, false])
        #expect(made.interface == "br-\(made.id.prefix(12))" && made.interface.utf8.count == 15)
        #expect(made.mtu == 1400 && made.pools[0].auxiliary["router"]?.description == "10.1.0.3" && made.isInternal)
    }

    @Test("a network without a subnet gets the first that nobody has")
    func pools() throws {
        #expect(try create(request("a")).pools.map(\.subnet.description) == ["172.18.0.0/16"])
        #expect(try create(request("b"), host: ["172.19.3.0/24"]).pools.map(\.subnet.description) == ["172.20.0.0/16"])
    }

    @Test("when the large ranges are used up small ones follow, and then docker's text")
    func exhausted() throws {
        var subnets: [String] = []
        for index in 0..<30 { subnets.append(try create(request("n\(index)")).pools[0].subnet.description) }
        #expect(subnets[13] == "172.31.0.0/16" && subnets[14] == "192.168.0.0/20" && subnets[29] == "192.168.240.0/20")
        #expect { try create(request("more")) } throws: {
            ($0 as? Failure)?.message == "all predefined address pools have been fully subnetted"
        }
    }

    @Test("--ipv6 alone gets a unique local /64")
    func uniqueLocal() throws {
        var request = request("six")
        request.enablesIPv6 = true
        let network = try create(request)
        let subnet = try #require(network.pool6?.subnet)
        #expect(subnet.bits == 64 && subnet.address.bytes[0] == 0xFD && network.pools.count == 2)
        #expect(network.pool6?.gateway == subnet.address.advanced(by: 1))
    }

    @Test("the default network is made once, beside what the host has")
    func defaultNetwork() throws {
        let network = try store.defaultNetwork { () throws(Failure) in [IPSubnet("172.17.0.0/16")].compactMap { $0 } }
        #expect(network.name == "bridge" && network.interface == "proa0" && network.pools.map(\.subnet.description) == ["172.18.0.0/16"])
        #expect(try find("bridge") == network)
        #expect(throws: Failure(.denied, "bridge is a pre-defined network and cannot be removed")) {
            try store.remove(network) { _ throws(Failure) in [] }
        }
    }

    @Test("names come before beginnings of ids, and a beginning of several is refused")
    func lookup() throws {
        let first = try create(request("first"))
        let short = try create(request(String(first.id.prefix(3))))
        #expect(try find(String(first.id.prefix(3))) == short)
        #expect(try find(first.id) == first && find(String(first.id.prefix(12))) == first)
        #expect(throws: Failure(.notFound, "network nope not found")) { try find("nope") }
        #expect(throws: Failure(.notFound, "network  not found")) { try find("") }
        for index in 0..<14 { _ = try create(request("more\(index)")) }
        // Of sixteen beginnings of one digit two are the same.
        let digits = try store.all().map { $0.id.prefix(1) }
        let twice = try #require(digits.first { digit in digits.count { $0 == digit } > 1 })
        let count = digits.count { $0 == twice }
        let failure = Failure(.conflict, "network \(twice) is ambiguous (\(count) matches found based on ID prefix)")
        #expect(throws: failure) { try find(String(twice)) }
    }

    @Test(
        "what cannot be a network is refused with docker's words",
        arguments: [
            ("x", ["banana"], nil, nil, "invalid network config: invalid subnet banana: invalid CIDR block notation"),
            ("x", ["10.0.0.0/33"], nil, nil, "invalid network config: invalid subnet 10.0.0.0/33: invalid CIDR block notation"),
            ("x", ["10.0.0.5/24"], nil, nil, "invalid network config: invalid subnet 10.0.0.5/24: it should be 10.0.0.0/24"),
            (
                "x", ["10.0.0.0/24"], "10.0.1.0/25", nil,
                "invalid network config: invalid ip-range 10.0.1.0/25: parent subnet 10.0.0.0/24 doesn't contain ip-range"
            ),
            (
                "x", ["10.0.0.0/24"], "10.0.0.0/16", nil,
                "invalid network config: invalid ip-range 10.0.0.0/16: CIDR block is bigger than its parent subnet 10.0.0.0/24"
            ),
            (
                "x", ["10.0.0.0/24"], "fd00::/64", nil,
                "invalid network config: invalid ip-range fd00::/64: parent subnet is an IPv4 block"
            ),
            (
                "x", ["10.0.0.0/24"], nil, "10.0.1.1",
                "invalid network config: invalid gateway 10.0.1.1: parent subnet 10.0.0.0/24 doesn't contain this address"
            ),
            ("x", ["10.0.0.0/24"], nil, "banana", "invalid network config: invalid gateway banana: invalid address"),
            ("x", ["10.0.0.0/24"], nil, "10.0.0.255", "failed to allocate gateway (10.0.0.255): Address already in use"),
            ("x", ["10.0.0.0/32"], nil, nil, "failed to allocate gateway (): No available addresses on this pool"),
            ("x", ["10.0.0.0/24", "10.1.0.0/24"], nil, nil, "bridge driver doesn't support multiple subnets"),
            (
                "x", ["10.9.0.128/25"], nil, nil,
                "invalid pool request: Pool overlaps with other one on this address space: 10.9.0.128/25 and 10.9.0.0/24 of the network there"
            ),
            (
                "x", ["192.0.2.0/24"], nil, nil,
                "invalid pool request: Pool overlaps with other one on this address space: 192.0.2.0/24 and 192.0.2.0/24 of this host"
            ),
            ("there", [], nil, nil, "network with name there already exists"),
            ("host", [], nil, nil, "operation is not permitted on predefined host network"),
            ("pasta", [], nil, nil, "operation is not permitted on predefined pasta network"),
            ("a/b", [], nil, nil, "invalid network name \"a/b\": only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"),
            ("", [], nil, nil, "invalid network name \"\": only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"),
        ] as [(String, [String], String?, String?, String)])
    func refused(_ row: (name: String, subnets: [String], range: String?, gateway: String?, text: String)) throws {
        _ = try create(request("there", "10.9.0.0/24"))
        var wanted = request(row.name)
        wanted.pools = row.subnets.map { NetworkRequest.Pool(subnet: $0, range: row.range, gateway: row.gateway) }
        #expect { try create(wanted, host: ["192.0.2.0/24"]) } throws: { ($0 as? Failure)?.message == row.text }
        #expect(try store.all().count == 1)
    }

    @Test("options that cannot work are refused")
    func options() throws {
        for (key, value) in [
            ("com.docker.network.bridge.name", "averylonginterfacename"), ("com.docker.network.bridge.name", "a/b"),
            ("com.docker.network.driver.mtu", "x"), ("com.docker.network.driver.mtu", "9"),
        ] {
            var wanted = request("x")
            wanted.options[key] = value
            #expect("\(value)") { try create(wanted) } throws: { ($0 as? Failure)?.kind == .invalid }
        }
        var neither = request("x")
        neither.enablesIPv4 = false
        #expect(throws: Failure(.invalid, "IPv4 or IPv6 must be enabled")) { try create(neither) }
    }

    @Test("a network in use stays, and who uses it is named")
    func inUse() throws {
        let network = try create(request("busy"))
        let id = String(repeating: "c", count: 64)
        let text = "error while removing network: network busy has active endpoints (name:\"web\" id:\"cccccccccccc\")"
        #expect { try store.remove(network) { _ throws(Failure) in [(container: "web", id: id)] } } throws: {
            ($0 as? Failure)?.message == text
        }
        #expect(try find("busy") == network)
        try store.remove(network) { _ throws(Failure) in [] }
        #expect(try store.all().isEmpty)
    }

    @Test("a damaged record is told and hides no other", arguments: ["", "{}", "{\"Id\":\"x\"}", "[1]"])
    func damaged(_ text: String) throws {
        let network = try create(request("good"))
        try Directory.open(store.path).writeFile("bad.json", Array(text.utf8))
        var told: [String] = []
        #expect(try store.all { told.append($0.message) } == [network])
        #expect(told.count == 1 && told[0].contains("bad.json"))
        #expect(throws: NetworkStore.notFound(network.shortID)) { try store.removeDamaged(network.shortID) }
        try store.removeDamaged("ba")
        #expect(try Directory.open(store.path).names().sorted() == [".lock", "\(network.id).json"])
    }

    @Test("of many that want one name at once a single one gets it")
    func race() throws {
        let store = store
        let made = Guarded(0)
        @Sendable func make() {
            let result = Result { () throws(Failure) in try store.create(NetworkRequest(name: "one")) { () throws(Failure) in [] } }
            if case .success = result { made.with { $0 += 1 } }
        }
        let first = try Thread.start(make)
        let second = try Thread.start(make)
        let third = try Thread.start(make)
        make()
        first.join()
        second.join()
        third.join()
        #expect(made.with { $0 } == 1)
        #expect(try store.all().count == 1)
    }
}
