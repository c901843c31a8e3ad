import Networks
import Primitives
import Testing

@Suite("addresses of a network")
struct AddressAllocatorTests {
    private func pool(_ subnet: String, gateway: String? = nil, range: String? = nil, auxiliary: [String: String] = [:]) throws
        -> AddressPool
    {
        AddressPool(
            subnet: try #require(IPSubnet(subnet)), gateway: gateway.flatMap { HostAddress($0) }, range: range.flatMap { IPSubnet($0) },
            auxiliary: try auxiliary.mapValues { try #require(HostAddress($0)) })
    }

    @Test(
        "the lowest free address is given, and never that of the network, of everybody, of the gateway or one set aside",
        arguments: [
            ("10.0.0.0/24", "10.0.0.1", nil, [], ["10.0.0.2", "10.0.0.3"]),
            ("10.0.0.0/24", "10.0.0.1", nil, ["10.0.0.2", "10.0.0.4"], ["10.0.0.3", "10.0.0.5"]),
            ("10.0.0.0/24", nil, nil, [], ["10.0.0.1", "10.0.0.2"]),
            ("10.0.0.0/24", "10.0.0.254", "10.0.0.128/25", [], ["10.0.0.128", "10.0.0.129"]),
            ("10.0.0.0/29", "10.0.0.1", nil, ["10.0.0.2", "10.0.0.3", "10.0.0.4"], ["10.0.0.5", "10.0.0.6"]),
            ("10.0.255.0/23", "10.0.254.1", "10.0.254.255/32", [], ["10.0.254.255"]),
            ("10.0.0.0/31", "10.0.0.0", nil, [], ["10.0.0.1"]), ("2001:db8::/64", "2001:db8::1", nil, [], ["2001:db8::2", "2001:db8::3"]),
            ("2001:db8::/126", "2001:db8::2", nil, [], ["2001:db8::1", "2001:db8::3"]),
        ] as [(String, String?, String?, [String], [String])])
    func next(_ row: (subnet: String, gateway: String?, range: String?, used: [String], wanted: [String])) throws {
        let pool = try pool(row.subnet, gateway: row.gateway, range: row.range)
        var allocator = AddressAllocator(pool, used: row.used.compactMap { HostAddress($0) })
        for wanted in row.wanted { #expect(try allocator.next().description == wanted) }
    }

    @Test("addresses set aside are not given")
    func auxiliary() throws {
        var allocator = AddressAllocator(try pool("10.0.0.0/24", gateway: "10.0.0.1", auxiliary: ["router": "10.0.0.2"]), used: [])
        #expect(try allocator.next().description == "10.0.0.3")
    }

    @Test("a full pool says so", arguments: ["10.0.0.0/30", "10.0.0.0/31", "10.0.0.0/32", "2001:db8::/127"])
    func full(_ subnet: String) throws {
        let pool = try pool(subnet)
        var allocator = AddressAllocator(pool, used: [])
        for _ in 0..<(subnet.hasSuffix("/32") ? 1 : 2) { _ = try allocator.next() }
        #expect { try allocator.next() } throws: { ($0 as? Failure)?.kind == .conflict }
    }

    @Test("an address of one's own is taken once, anywhere in the subnet, and nowhere else")
    func chosen() throws {
        var allocator = AddressAllocator(
            try pool("10.0.0.0/24", gateway: "10.0.0.1", range: "10.0.0.128/25", auxiliary: ["router": "10.0.0.9"]),
            used: [try #require(HostAddress("10.0.0.7"))])
        try allocator.take(try #require(HostAddress("10.0.0.5")))
        for text in ["10.0.0.5", "10.0.0.7", "10.0.0.1", "10.0.0.9", "10.0.0.0", "10.0.0.255"] {
            #expect(throws: Failure(.conflict, "Address already in use"), "\(text)") { try allocator.take(try #require(HostAddress(text))) }
        }
        for text in ["10.0.1.1", "9.255.255.255", "2001:db8::1"] {
            let failure = Failure(.invalid, "Invalid address \(text): It does not belong to any of this network's subnets")
            #expect(throws: failure, "\(text)") { try allocator.take(try #require(HostAddress(text))) }
        }
    }

    @Test("a subnet of IPv6 with more addresses than can be counted is no work")
    func huge() throws {
        var allocator = AddressAllocator(try pool("fd00::/8", gateway: "fd00::1"), used: [])
        #expect(try allocator.next().description == "fd00::2")
    }
}
