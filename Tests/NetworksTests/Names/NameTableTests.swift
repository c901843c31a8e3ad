import Primitives
import Testing

@testable import Networks

@Suite("who is called what")
struct NameTableTests {
    static func addresses(_ texts: [String]) -> [HostAddress] { texts.compactMap { HostAddress($0) } }

    static let table: NameTable = {
        var table = NameTable()
        table.set(network: "n1", name: "front", subnets: [IPSubnet("172.20.0.0/16")!, IPSubnet("fd01::/64")!])
        table.set(network: "n2", name: "back.end", subnets: [IPSubnet("172.21.0.0/16")!])
        table.set(network: "n3", name: "closed", subnets: [IPSubnet("172.22.0.0/16")!], isInternal: true)
        table.add(.init(container: "1", names: ["web", "app", "111111111111"], addresses: addresses(["172.20.0.2", "fd01::2"])), to: "n1")
        table.add(.init(container: "2", names: ["web2", "app"], addresses: addresses(["172.20.0.3"])), to: "n1")
        table.add(.init(container: "2", names: ["web2", "db.main"], addresses: addresses(["172.21.0.3"])), to: "n2")
        table.add(.init(container: "3", names: ["web", "vault"], addresses: addresses(["172.22.0.9"])), to: "n3")
        return table
    }()
    static let everywhere = NameTable.Scope(networks: ["n1", "n2", "n3"], extra: ["host.docker.internal": addresses(["10.0.0.1"])])

    @Test(
        "a name has the addresses of its containers",
        arguments: [
            ("web", ["172.20.0.2", "fd01::2"]), ("WEB", ["172.20.0.2", "fd01::2"]), ("web.", ["172.20.0.2", "fd01::2"]),
            ("app", ["172.20.0.2", "fd01::2", "172.20.0.3"]), ("web.front", ["172.20.0.2", "fd01::2"]), ("web.closed", ["172.22.0.9"]),
            ("web2.back.end", ["172.21.0.3"]), ("db.main.back.end", ["172.21.0.3"]), ("db.main", ["172.21.0.3"]),
            ("111111111111", ["172.20.0.2", "fd01::2"]), ("Host.docker.internal", ["10.0.0.1"]),
        ])
    func known(_ name: String, _ expected: [String]) {
        #expect(Self.table.addresses(of: name, for: Self.everywhere) == Self.addresses(expected))
    }

    @Test("other names are nobody's", arguments: ["", ".", "front", ".front", "web.fron", "web.back.end", "webfront", "vault.front", "x"])
    func unknown(_ name: String) { #expect(Self.table.addresses(of: name, for: Self.everywhere) == nil) }

    @Test("a container sees its own networks only, in their order")
    func scope() {
        #expect(Self.table.addresses(of: "vault", for: .init(networks: ["n1", "n2"])) == nil)
        #expect(Self.table.addresses(of: "web", for: .init(networks: ["n3", "n1"])) == Self.addresses(["172.22.0.9"]))
        #expect(Self.table.addresses(of: "web", for: .init(networks: [])) == nil)
        #expect(Self.table.addresses(of: "web", for: .init(networks: ["gone"])) == nil)
        #expect(Self.table.addresses(of: "host.docker.internal", for: .init(networks: ["n1"])) == nil)
    }

    @Test("a name without an address of the family is known all the same")
    func family() {
        #expect(Self.table.addresses(of: "web2", for: Self.everywhere) { $0.isIPv6 } == [])
        #expect(Self.table.addresses(of: "web", for: .init(networks: ["n3", "n1"])) { $0.isIPv6 } == Self.addresses(["fd01::2"]))
    }

    @Test("an address is called after its container and network")
    func reverse() throws {
        func name(_ address: String, _ networks: [String]) -> String? {
            Self.table.name(of: HostAddress(address)!, for: .init(networks: networks))
        }
        #expect(name("172.20.0.2", ["n1"]) == "web.front" && name("fd01::2", ["n2", "n1"]) == "web.front")
        #expect(name("172.21.0.3", ["n2"]) == "web2.back.end" && name("172.21.0.3", ["n1"]) == nil && name("172.20.0.9", ["n1"]) == nil)
    }

    @Test("a container that leaves takes its names along, and a changed one its old ones")
    func removal() {
        var table = Self.table
        let scope = NameTable.Scope(networks: ["n1", "n2"])
        table.remove(container: "2", from: "n1")
        #expect(table.addresses(of: "app", for: scope) == Self.addresses(["172.20.0.2", "fd01::2"]))
        #expect(table.addresses(of: "web2", for: scope) == Self.addresses(["172.21.0.3"]))
        table.add(.init(container: "1", names: ["new"], addresses: Self.addresses(["172.20.0.5"])), to: "n1")
        #expect(table.addresses(of: "web", for: scope) == nil && table.addresses(of: "app", for: scope) == nil)
        #expect(table.name(of: HostAddress("172.20.0.2")!, for: scope) == nil)
        #expect(table.name(of: HostAddress("172.20.0.5")!, for: scope) == "new.front")
        table.remove(container: "2")
        #expect(table.addresses(of: "db.main", for: scope) == nil)
        table.remove(network: "n1")
        #expect(table.addresses(of: "new", for: scope) == nil)
        table.add(.init(container: "9", names: ["late"], addresses: []), to: "n1")
        #expect(table.addresses(of: "late", for: scope) == nil)
    }

    @Test("an address that went to another container stays with that one")
    func reused() {
        var table = Self.table
        let address = Self.addresses(["172.20.0.2"])
        table.add(.init(container: "9", names: ["heir"], addresses: address), to: "n1")
        table.remove(container: "1")
        #expect(table.name(of: address[0], for: .init(networks: ["n1"])) == "heir.front")
    }

    private func decide(_ name: String, _ kind: UInt16, _ scope: NameTable.Scope = everywhere, group: UInt16 = 1, turn: Int = 0)
        throws -> NameTable.Decision
    {
        Self.table.decide(try DNSQuery(Ask(name: name, kind: kind, group: group).bytes), scope, turn: turn)
    }

    @Test("a container's name is answered here, whatever is asked about it", arguments: [1, 28, 5, 15, 16, 33, 65, 255] as [UInt16])
    func local(_ kind: UInt16) throws {
        let own = try decide("web", kind)
        let addresses = Self.addresses(["172.20.0.2", "fd01::2"])
        switch kind {
        case 1: #expect(own == .answer(.noError, [.address(addresses[0])]))
        case 28: #expect(own == .answer(.noError, [.address(addresses[1])]))
        case 255: #expect(own == .answer(.noError, addresses.map { .address($0) }))
        default: #expect(own == .answer(.noError, []))
        }
        #expect(try decide("web.example", kind) == .forward)
        #expect(try decide("example", kind) == .forward)
        #expect(try decide("web", kind, .init(networks: ["n2"])) == .forward)
    }

    @Test("a name without IPv6 is not looked for outside")
    func noSuchFamily() throws { #expect(try decide("web2", 28) == .answer(.noError, [])) }

    @Test("several addresses take turns")
    func turns() throws {
        let both = Self.addresses(["172.20.0.2", "172.20.0.3"]).map { DNSRecord.address($0) }
        #expect(try decide("app", 1, turn: 0) == .answer(.noError, both))
        #expect(try decide("app", 1, turn: 1) == .answer(.noError, both.reversed()))
    }

    @Test("nothing leaves when all networks are internal")
    func closed() throws {
        let scope = NameTable.Scope(networks: ["n3"])
        #expect(try decide("vault", 1, scope) == .answer(.noError, Self.addresses(["172.22.0.9"]).map { .address($0) }))
        #expect(try decide("example.com", 1, scope) == .answer(.serverFailure, []))
        #expect(try decide("example.com", 1, .init(networks: [])) == .answer(.serverFailure, []))
        #expect(try decide("example.com", 1, .init(networks: ["n3", "n1"])) == .forward)
    }

    @Test("an address of a network of its own is nobody else's business")
    func pointers() throws {
        #expect(try decide("2.0.20.172.in-addr.arpa", 12) == .answer(.noError, [.pointer(DNSName("web.front")!)]))
        #expect(try decide("77.0.20.172.in-addr.arpa", 12) == .answer(.nameError, []))
        #expect(try decide("2.0.22.172.in-addr.arpa", 12, .init(networks: ["n1"])) == .forward)
        #expect(try decide("2.0.20.172.in-addr.arpa", 16) == .answer(.noError, []))
        #expect(try decide("20.172.in-addr.arpa", 6) == .forward)
    }

    @Test("what nobody forwards is refused")
    func refused() throws {
        #expect(try decide("example", 252) == .answer(.refused, []) && decide("example", 251) == .answer(.refused, []))
        #expect(try decide("example", 41) == .answer(.formatError, []))
        #expect(try decide("web", 1, group: 3) == .forward)
        var query = try DNSQuery(Ask(name: "web", payload: 512).bytes)
        query.edns?.version = 1
        #expect(Self.table.decide(query, Self.everywhere, turn: 0) == .answer(.badVersion, []))
        #expect(DNSReply.make(query, .badVersion, bytesMax: 512).suffix(6) == [1, 0, 0, 0, 0, 0])
    }
}
