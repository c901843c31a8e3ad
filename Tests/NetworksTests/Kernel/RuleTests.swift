import LinuxSys
import Networks
import Primitives
import TestSupport
import Testing

/// The kernel's idea of our tables is the one it has of the same tables written by nft(8).
@Suite("packet filter tables", .enabled(if: KernelPlace.isCapable))
struct RuleTests {
    private static func list() throws(Failure) -> String {
        try Command("nft", ["-nn", "list", "ruleset"], environment: KernelPlace.environment).check().text
    }

    private static func listing(_ batches: FilterBatch...) throws -> String {
        try NamespaceWorker().run { () throws(Failure) in
            let socket = try FilterSocket()
            for batch in batches { try socket.commit(batch) }
            return try list()
        }
    }

    private static func listing(written text: String) throws -> String {
        try NamespaceWorker().run { () throws(Failure) in
            try Command("nft", ["-f", "-"], environment: KernelPlace.environment, input: text).check()
            return try list()
        }
    }

    private static func bridges(near4: String, near6: String, prerouting: String = "", forward: String = "", more: String = "") -> String {
        """
        table inet proa {
            set bridges { type ifname; flags constant; elements = { "b-1", "b-2", "b-3" } }
            set outbound { type ifname; flags constant; elements = { "b-1", "b-2" } }
            set near4 { type ipv4_addr; flags constant, interval; elements = { \(near4) } }
            set near6 { type ipv6_addr; flags constant, interval; elements = { \(near6) } }
            chain prerouting {
                type filter hook prerouting priority -300; policy accept;
                iifname != @bridges accept
                socket transparent 1 meta mark set 0x70726f61 notrack accept
                ip daddr @near4 notrack accept
                ip6 daddr @near6 notrack accept
                \(prerouting)
            }
            chain input {
                type filter hook input priority 0; policy drop;
                iifname "lo" accept
                meta mark 0x70726f61 accept
                meta l4proto icmp accept
                meta l4proto icmpv6 accept
                tcp flags & (syn | ack) == syn reject with tcp reset
                socket transparent 0 accept
                meta l4proto tcp reject with tcp reset
                reject with icmpx port-unreachable
            }
            chain forward {
                type filter hook forward priority 0; policy drop;
                iifname "b-1" oifname "b-1" accept
                iifname "b-2" oifname "b-2" accept
                iifname "b-3" oifname "b-3" accept
                \(forward)
                iifname @bridges meta l4proto tcp reject with tcp reset
                iifname @bridges reject with icmpx admin-prohibited
            }
            \(more)
        }
        """
    }

    @Test("bridges without an uplink")
    func closed() throws {
        let ours = try Self.listing(BridgeRules(BridgeRulesTests.all, uplink: .none).batch(replacing: true))
        let text = Self.bridges(near4: "10.9.0.0/23, 10.10.0.0/16", near6: "fd09::/64, fd0a::/64, fd0b::/64")
        #expect(try ours == Self.listing(written: text))
    }

    @Test("bridges with an uplink device")
    func device() throws {
        let ours = try Self.listing(BridgeRules(BridgeRulesTests.all, uplink: .device("uplink")).batch(replacing: true))
        let text = Self.bridges(
            near4: "10.9.0.0/23, 10.10.0.0/16", near6: "fd09::/64, fd0a::/64, fd0b::/64",
            forward: """
                iifname @outbound oifname "uplink" accept
                iifname "uplink" oifname @outbound ct state established,related accept
                """,
            more: """
                chain output { type filter hook output priority -300; policy accept; oifname @bridges notrack; }
                chain postrouting { type nat hook postrouting priority 100; policy accept; oifname "uplink" masquerade; }
                """)
        #expect(try ours == Self.listing(written: text))
    }

    @Test("bridges with the relay")
    func relay() throws {
        let ours = try Self.listing(BridgeRules(BridgeRulesTests.all, uplink: BridgeRulesTests.relay).batch(replacing: true))
        let rules = [("2", "ip", "127.0.0.1"), ("10", "ip6", "[::1]")].flatMap { number, word, address in
            [("tcp", 1234), ("udp", 5678)].map { transport, port in
                "iifname @outbound meta nfproto \(number) meta l4proto \(transport) "
                    + "tproxy \(word) to \(address):\(port) meta mark set 0x70726f61 notrack accept"
            }
        }
        let text = Self.bridges(
            near4: "0.0.0.0/8, 10.9.0.0/23, 10.10.0.0/16, 127.0.0.0/8, 169.254.0.0/16, 224.0.0.0/3",
            near6: "::/127, ::ffff:0:0/96, fd09::/64, fd0a::/64, fd0b::/64, fe80::/10, ff00::/8", prerouting: rules.joined(separator: "\n"))
        #expect(try ours == Self.listing(written: text))
    }

    @Test("a container's name server")
    func names() throws {
        let text = """
            table ip proa {
                chain answers {
                    type filter hook output priority -300; policy accept;
                    oif "lo" ip saddr 127.0.0.11 udp sport 40000 udp sport set 53
                    oif "lo" ip saddr 127.0.0.11 tcp sport 40001 tcp sport set 53
                }
                chain queries {
                    type filter hook output priority 300; policy accept;
                    oif "lo" ip daddr 127.0.0.11 udp dport 53 udp dport set 40000
                    oif "lo" ip daddr 127.0.0.11 tcp dport 53 tcp dport set 40001
                }
            }
            """
        #expect(try Self.listing(NameServerRules(udpPort: 40000, tcpPort: 40001).batch(replacing: true)) == Self.listing(written: text))
    }

    @Test("translations, named chains and many elements")
    func rest() throws {
        var batch = FilterBatch(.inet, table: "t")
        let subnets = (0..<1500).map { IPSubnet(HostAddress(bytes: [20, UInt8($0 / 256), UInt8($0 % 256), 0])!, bits: 25)! }
        batch.set("many", subnets: subnets, v6: false)
        batch.chain("late")
        batch.rule("late", .connection(ConnectionState.established), [.verdict(.back)])
        batch.chain("in", .prerouting, .destinationNAT, type: "nat")
        batch.rule("in", .from("b"), [.verdict(.jump("late"))])
        batch.rule(
            "in", .family(.ipv4), .transport(.tcp), .destinationPort(80), [.translateDestination(HostAddress("10.9.0.2")!, port: 8080)])
        batch.chain("out", .postrouting, .sourceNAT, type: "nat")
        batch.rule("out", .family(.ipv6), .destination(HostAddress("fd00::1")!), [.translateSource(HostAddress("fd00::2")!)])
        let elements = subnets.map(\.description).joined(separator: ", ")
        let text = """
            table inet t {
                set many { type ipv4_addr; flags constant, interval; elements = { \(elements) } }
                chain late { ct state established return; }
                chain in {
                    type nat hook prerouting priority -100; policy accept;
                    iifname "b" jump late
                    meta nfproto 2 tcp dport 80 dnat ip to 10.9.0.2:8080
                }
                chain out {
                    type nat hook postrouting priority 100; policy accept;
                    ip6 daddr fd00::1 snat ip6 to fd00::2
                }
            }
            """
        #expect(try Self.listing(batch) == Self.listing(written: text))
    }

    @Test("a table takes the place of its former self, and others stay")
    func again() throws {
        let names = NameServerRules(udpPort: 1, tcpPort: 2).batch(replacing: true)
        let twice = try Self.listing(
            names, BridgeRules([], uplink: .none).batch(replacing: true), NameServerRules(udpPort: 3, tcpPort: 4).batch(replacing: true))
        #expect(twice.contains("sport 3 ") && !twice.contains("sport 1 ") && twice.contains("table inet proa"))
        #expect(try Self.listing(names, .removing(.ipv4, table: "proa"), .removing(.ipv4, table: "proa")) == "")
    }

    @Test("a batch that the kernel refuses says which step, and changes nothing")
    func refused() throws {
        try NamespaceWorker().run { () throws(Failure) in
            let socket = try FilterSocket()
            var batch = FilterBatch(.ipv4, table: "bad")
            batch.chain("c", .postrouting, .raw)
            batch.rule("c", [.transparentProxy(HostAddress("127.0.0.1")!, port: 1)])
            var refusal: Failure?
            do throws(Failure) { try socket.commit(batch) } catch { refusal = error }
            #expect(
                refusal?.message.hasPrefix("packet filter: setting up a rule of chain \"c\": ") == true, "\(String(describing: refusal))")
            #expect(try Self.list() == "")
            try socket.commit(NameServerRules(udpPort: 1, tcpPort: 2).batch(replacing: true))
        }
    }

    @Test("hundreds of bridges and requests are no more than one send can hold")
    func many() throws {
        let bridges = (0..<600).map { BridgeRules.Bridge(name: "b-\($0)", subnets: [], isInternal: false) }
        #expect(
            try Self.listing(BridgeRules(bridges, uplink: .none).batch(replacing: true)).contains(
                "iifname \"b-599\" oifname \"b-599\" accept"))
        try NamespaceWorker().run { () throws(Failure) in
            let route = try RouteSocket()
            try route.batch { batch in
                batch.set(.index(1), up: true)
                for number in 0..<600 { batch.addRoute(IPSubnet("10.\(number / 256).\(number % 256).0/24")!, index: 1) }
            }
            #expect(try route.routes().count == 600)
            var refusal: Failure?
            do throws(Failure) {
                try route.batch { batch in
                    for number in 0..<2000 { batch.delete(.name("n\(number)")) }
                }
            } catch { refusal = error }
            #expect(refusal?.message.hasPrefix("deleting \"n0\": ") == true)
            #expect(try route.routes().count == 600)
        }
    }
}
