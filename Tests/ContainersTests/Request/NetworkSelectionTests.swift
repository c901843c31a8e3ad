import Networks
import Primitives
import Testing

@testable import Containers

@Suite("the networks of a container")
struct NetworkSelectionTests {
    /// Words as on the command line: `--ip X`.
    private func select(_ line: String) throws -> NetworkSelection {
        var networks: [String] = []
        var flags = NetworkSelection.Flags()
        var words = line.split(separator: " ").map(String.init)[...]
        while let option = words.popFirst(), let value = words.popFirst() {
            let value = value == "''" ? "" : value
            switch option {
            case "-n": networks.append(value)
            case "--alias": flags.aliases.append(value)
            case "--ip": flags.ip = value
            case "--ip6": flags.ip6 = value
            case "--mac": flags.mac = value
            case "--link": flags.links.append(value)
            case "--ll": flags.linkLocalIPs.append(value)
            default: Issue.record("\(option)")
            }
        }
        let selection = try NetworkSelection(networks: networks, flags)
        try selection.checkMode()
        return selection
    }

    @Test(
        "every mode is read and written again",
        arguments: [
            ("default", NetworkMode.bridge, "bridge"), ("bridge", .bridge, "bridge"), ("none", .none, "none"), ("host", .host, "host"),
            ("container:web", .container("web"), "container:web"), ("ns:/run/netns/x", .namespace(path: "/run/netns/x"), "ns:/run/netns/x"),
            ("pasta", .pasta(options: []), "pasta"), ("pasta:-T,8080", .pasta(options: ["-T", "8080"]), "pasta:-T,8080"),
            ("slirp4netns:mtu=1500", .slirp4netns(options: ["mtu=1500"]), "slirp4netns:mtu=1500"), ("web", .network("web"), "web"),
            ("container", .network("container"), "container"), ("hosts", .network("hosts"), "hosts"),
        ])
    func mode(_ row: (text: String, mode: NetworkMode, wanted: String)) {
        #expect(NetworkMode(row.text) == row.mode)
        #expect(row.mode.text == row.wanted && NetworkMode(row.wanted) == row.mode)
    }

    @Test("without a flag it is the default network, and what is no network has none")
    func standard() throws {
        #expect(try select("") == NetworkSelection())
        #expect(try select("").attachments.map(\.network) == ["bridge"])
        for mode in ["none", "host", "container:x", "ns:/x", "pasta"] { #expect(try select("-n \(mode)").attachments.isEmpty) }
    }

    @Test("the long form says everything of one network, and the flags belong to the first")
    func long() throws {
        let selection = try select(
            "-n name=web,ip=10.0.0.5,ip6=fd00::5,alias=a,alias=b,mac-address=02:42:00:00:00:05,link-local-ip=169.254.1.1,driver-opt=k=v,gw-priority=7 -n second --link db:x"
        )
        var web = NetworkAttachment(network: "web")
        (web.ip, web.ip6, web.mac) = (HostAddress("10.0.0.5"), HostAddress("fd00::5"), MACAddress("02:42:00:00:00:05"))
        (web.aliases, web.linkLocal) = (["a", "b"], [HostAddress("169.254.1.1")].compactMap { $0 })
        (web.driverOptions, web.gatewayPriority, web.links) = ([KeyValue("k", "v")], 7, ["db:x"])
        #expect(selection.attachments == [web, NetworkAttachment(network: "second")])
        #expect(selection.mode == .network("web") && selection.links.isEmpty)
        for attachment in selection.attachments { #expect(NetworkAttachment(json: attachment.json) == attachment) }
    }

    @Test("a link on the default network is the container's, with its name as alias")
    func links() throws { #expect(try select("--link db --link cache:c").links == ["db:db", "cache:c"]) }

    @Test(
        "what does not go together is refused with docker's words",
        arguments: [
            ("-n a -n a", "network \"a\" is specified multiple times"),
            ("-n a -n host", "conflicting options: cannot attach both user-defined and non-user-defined network-modes"),
            ("-n host -n none", "conflicting options: cannot attach both user-defined and non-user-defined network-modes"),
            ("-n name=a,ip=10.0.0.5 --ip 10.0.0.6", "conflicting options: cannot specify both --ip and per-network IPv4 address"),
            ("-n name=a,ip6=fd00::5 --ip6 fd00::6", "conflicting options: cannot specify both --ip6 and per-network IPv6 address"),
            ("-n name=a,alias=x --alias y", "conflicting options: cannot specify both --network-alias and per-network alias"),
            (
                "-n name=a,mac-address=02:42:00:00:00:05 --mac 02:42:00:00:00:06",
                "conflicting options: cannot specify both --mac-address and per-network MAC address"
            ),
            (
                "-n name=a,link-local-ip=169.254.1.1 --ll 169.254.1.2",
                "conflicting options: cannot specify both --link-local-ip and per-network link-local IP addresses"
            ),
            ("--alias x", "network-scoped aliases are only supported for user-defined networks"),
            ("-n host --alias x", "network-scoped aliases are only supported for user-defined networks"),
            ("--mac banana", "banana is not a valid mac address"),
            ("--mac 01:00:5e:00:00:01", "01:00:5e:00:00:01 is not a valid mac address"),
            ("-n name=a,mac-address=x", "x is not a valid mac address"), ("-n ''", "no name set for network"),
            ("-n a --ip banana", "invalid IPv4 address: banana"), ("-n a --ip fd00::1", "invalid IPv4 address: fd00::1"),
            ("-n a --ip6 10.0.0.1", "invalid IPv6 address: 10.0.0.1"), ("-n a --ll x", "invalid link-local IP address: x"),
            ("--ip 10.0.0.5", "user specified IP address is supported on user defined networks only"),
            ("-n host --ip 10.0.0.5", "user specified IP address is supported on user defined networks only"),
            ("-n container:", "invalid network mode: invalid container format container:<name|id>"),
            ("-n container:a --mac 02:42:00:00:00:05", "conflicting options: mac-address and the network mode"),
            ("-n host --mac 02:42:00:00:00:05", "conflicting options: mac-address and the network mode"),
            (
                "-n container:a --link b",
                "conflicting options: container type network can't be used with links. This would result in undefined behavior"
            ),
            (
                "-n host --link b",
                "conflicting options: host type networking can't be used with links. This would result in undefined behavior"
            ),
            ("-n ns:x", "invalid network namespace \"x\": it needs to be an absolute path"),
            ("--link a:b:c", "bad format for links: a:b:c"),
            ("-n a --link :b", "bad format for links: :b"), ("-n a --alias a\nb", "invalid network alias \"a\\nb\""),
        ])
    func refused(_ row: (line: String, message: String)) {
        #expect(throws: Failure(.invalid, row.message)) { try select(row.line) }
    }

    @Test(
        "flags of a container that has another's network are refused, and ports of the host's are warned of",
        arguments: [
            ("hostname", "conflicting options: hostname and the network mode"), ("dns", "conflicting options: dns and the network mode"),
            ("hosts", "conflicting options: custom host-to-IP mapping and the network mode"),
            ("ports", "conflicting options: port publishing and the container type network mode"),
            ("all", "conflicting options: port publishing and the container type network mode"),
            ("expose", "conflicting options: port exposing and the container type network mode"),
        ])
    func modes(_ row: (flag: String, message: String)) throws {
        var request = CreateRequest()
        request.selection = try select("-n container:x")
        #expect(try request.checkNetwork().isEmpty)
        switch row.flag {
        case "hostname": request.hostname = "x"
        case "dns": request.dns = ["1.1.1.1"]
        case "hosts": request.extraHosts = ["a:1.1.1.1"]
        case "ports": request.ports = try PortRequest.parse("80")
        case "all": request.publishAll = true
        default: request.exposed = ["80/tcp"]
        }
        #expect(throws: Failure(.invalid, row.message)) { try request.checkNetwork() }
        request.selection = try select("-n host")
        let warnings = row.flag == "ports" ? ["Published ports are discarded when using host network mode"] : []
        #expect(try request.checkNetwork() == warnings)
    }

    @Test("a container's names on a network are told once each, on the default one none")
    func names() {
        var attachment = NetworkAttachment(network: "web")
        attachment.aliases = ["db", "c1"]
        let id = String(repeating: "ab", count: 32)
        #expect(attachment.dnsNames(name: "c1", id: id, hostname: "abababababab") == ["c1", "db", "abababababab"])
        #expect(NetworkAttachment(network: "bridge").dnsNames(name: "c1", id: id, hostname: "h").isEmpty)
    }
}
