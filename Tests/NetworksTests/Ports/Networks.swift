import Glibc
import LinuxSys
import Primitives
import TestSupport
import Testing

/// A host with a client beside it, the namespace of the bridges and a container in it, joined by veth pairs; all of it in a
/// process of its own, which an ordinary user may make as well.
struct Networks: Sendable {
    /// The thread that calls lives on the host: 203.0.113.1 and fd00:c::1.
    let client: NamespaceWorker
    let bridges: NamespaceWorker
    let container: NamespaceWorker

    static let host = address("203.0.113.1"), hostIPv6 = address("fd00:c::1")
    static let clientAddress = address("203.0.113.9"), clientIPv6 = address("fd00:c::9")
    static let gateway = address("10.88.0.1"), gatewayIPv6 = address("fd00:88::1")
    static let target = address("10.88.0.2"), targetIPv6 = address("fd00:88::2")

    static func address(_ text: StaticString) -> HostAddress {
        HostAddress(text.description) ?? HostAddress(bytes: [0, 0, 0, 0]).unsafelyUnwrapped
    }

    /// Runs the calling test once more in namespaces of its own, and `body` there.
    static func run(_ file: String = #fileID, _ test: String = #function, _ body: (Networks) throws -> Void) throws {
        if getenv("PROA_TEST_NETWORKS") != nil { return try body(try Networks()) }
        let suite = try #require(file.split(separator: "/").last?.split(separator: ".").first)
        let user = Process.hasCapability(21 /* CAP_SYS_ADMIN */) ? [] : ["--user", "--map-root-user"]
        var command = Command(
            "unshare",
            user + [
                "--net", "--mount", Process.executablePath(), "--filter", "NetworksTests.\(suite)/\(test.prefix { $0 != "(" })\\(",
                "--testing-library", "swift-testing",
            ], timeoutSeconds: 120)
        command.environment = Dictionary(
            UserAccount.environment().compactMap { entry in
                entry.firstIndex(of: "=").map { (String(entry[..<$0]), String(entry[entry.index(after: $0)...])) }
            }, uniquingKeysWith: { $1 })
        command.environment?["PROA_TEST_NETWORKS"] = "1"
        let outcome = try command.run()
        let text = outcome.text + outcome.errorText
        #expect(outcome.status == 0 && text.contains("Test run with 1 test "), "\(text)")
    }

    private init() throws {
        DescriptorLimit.raise()
        (client, bridges, container) = (try NamespaceWorker(), try NamespaceWorker(), try NamespaceWorker())
        let names = [("C", client), ("N", bridges), ("K", container)].map { "\($0)=/proc/\(Process.current)/fd/\($1.namespace)" }
        try Command("sh", ["-euc", names.joined(separator: "\n") + "\n" + Self.script]).check()
    }

    private static let script = """
        within() { place=$1; shift; nsenter --net="$place" "$@"; }
        ip link set lo up
        for place in $C $N $K; do
            within $place ip link set lo up
        done
        ip link add hc type veth peer name ch
        ip link set ch netns $C
        ip -batch - <<.
        addr add 203.0.113.1/24 dev hc
        addr add fd00:c::1/64 dev hc nodad
        link set hc up
        route add default via 203.0.113.9
        .
        within $C ip -batch - <<.
        addr add 203.0.113.9/24 dev ch
        addr add fd00:c::9/64 dev ch nodad
        link set ch up
        .
        within $N ip link add nk type veth peer name kn
        within $N ip link set kn netns $K
        within $N ip -batch - <<.
        addr add 10.88.0.1/24 dev nk
        addr add fd00:88::1/64 dev nk nodad
        link set nk up
        rule add fwmark 0x70726f61 lookup 1900
        route add local default dev lo table 1900
        .
        within $N ip -6 rule add fwmark 0x70726f61 lookup 1900
        within $N ip -6 route add local default dev lo table 1900
        within $K ip -batch - <<.
        addr add 10.88.0.2/24 dev kn
        addr add 10.88.0.3/24 dev kn
        addr add fd00:88::2/64 dev kn nodad
        link set kn up
        route add default via 10.88.0.1
        route add default via fd00:88::1
        .
        # A device's own IPv6 address is checked for a second or two, in which it asks for no neighbours.
        address() { sed 's/.*ether \\([0-9a-f:]*\\).*/\\1/'; }
        ip neigh replace fd00:c::9 lladdr "$(within $C ip -o link show ch | address)" dev hc
        within $C ip neigh replace fd00:c::1 lladdr "$(ip -o link show hc | address)" dev ch
        within $N ip neigh replace fd00:88::2 lladdr "$(within $K ip -o link show kn | address)" dev nk
        within $K ip neigh replace fd00:88::1 lladdr "$(within $N ip -o link show nk | address)" dev kn
        within $N nft -f - <<.
        table inet test {
            chain replies {
                type filter hook prerouting priority mangle;
                socket transparent 1 meta mark set 0x70726f61
            }
        }
        .
        """

    /// What leaves the bridges goes to these sockets.
    func divert(_ streams: UInt16, _ datagrams: UInt16, ipv6: (UInt16, UInt16)) throws {
        let rules = """
            table inet uplink {
                chain out {
                    type filter hook prerouting priority mangle + 1;
                    iifname != nk accept
                    fib daddr type local accept
                    meta mark 0x70726f61 accept
                    meta nfproto ipv4 meta l4proto tcp tproxy ip to 127.0.0.1:\(streams) meta mark set 0x70726f61 accept
                    meta nfproto ipv4 meta l4proto udp tproxy ip to 127.0.0.1:\(datagrams) meta mark set 0x70726f61 accept
                    meta nfproto ipv6 meta l4proto tcp tproxy ip6 to [::1]:\(ipv6.0) meta mark set 0x70726f61 accept
                    meta nfproto ipv6 meta l4proto udp tproxy ip6 to [::1]:\(ipv6.1) meta mark set 0x70726f61 accept
                }
            }
            """
        try Command("nsenter", ["--net=/proc/\(Process.current)/fd/\(bridges.namespace)", "nft", "-f", "-"], input: rules).check()
    }
}
