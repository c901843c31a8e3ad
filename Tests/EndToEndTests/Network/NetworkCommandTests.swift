import LinuxSys
import Primitives
import TestSupport
import Testing

/// The commands of `network` and what is shown of networks, on records alone: nothing is started on a network here.
@Suite struct NetworkCommandTests {
    @Test("a network is made, listed, shown and removed")
    func life() throws {
        let proa = try Proa("networks")
        let id = try proa.check(
            "network", "create", "--subnet", "198.18.0.0/24", "--ip-range", "198.18.0.128/25", "--gateway", "198.18.0.9", "--aux-address",
            "router=198.18.0.3", "--internal", "--label", "tier=web", "--label", "bare", "-o", "com.docker.network.driver.mtu=1400", "web"
        ).line
        #expect(id.utf8.count == 64)
        #expect(
            try proa.check("network", "ls", "--format", "{{.Name}} {{.Driver}} {{.Scope}} {{.Internal}} {{.IPv6}} {{.Label \"tier\"}}")
                .lines == [
                    "bridge bridge local false false ", "host host local false false ", "none null local false false ",
                    "web bridge local true false web",
                ])
        #expect(try proa.check("network", "ls", "-q", "--no-trunc", "--filter", "name=web").line == id)
        let document = try JSON.parse(Array(try proa.check("network", "inspect", "web").text.utf8))
        let network = try #require(document.array?.first)
        #expect(
            network["IPAM"]?.compact()
                == #"{"Driver":"default","Options":{},"Config":[{"Subnet":"198.18.0.0/24","IPRange":"198.18.0.128/25","Gateway":"198.18.0.9","AuxiliaryAddresses":{"router":"198.18.0.3"}}]}"#
        )
        #expect(network["Options"]?.compact() == #"{"com.docker.network.driver.mtu":"1400"}"#)
        #expect(network["Labels"]?.compact() == #"{"bare":"","tier":"web"}"# && network["Internal"]?.bool == true)
        #expect(network.object?.keys.count == 16 && network["Containers"]?.object?.isEmpty == true)
        #expect(
            try proa.check("network", "inspect", String(id.prefix(5)), "-f", "{{.ID}} {{(index .IPAM.Config 0).Subnet}}").line
                == "\(id) 198.18.0.0/24")
        #expect(try proa.check("inspect", "web", "--format", "{{.EnableIPv4}}").line == "true")
        #expect(try proa.check("__complete", "networks").lines == ["bridge", "host", "none", "web"])
        #expect(try proa.check("network", "rm", "web").line == "web")
        #expect(try proa.check("network", "rm", "-f", "web").text == "")
        let gone = try proa("network", "rm", "web", "none")
        #expect(gone.status == 1)
        #expect(gone.errorText == "Error: network web not found\nError: none is a pre-defined network and cannot be removed\n")
    }

    @Test("networks that name no subnet get some that neither overlap nor are the host's, also when made at once")
    func pools() throws {
        let proa = try Proa("pools")
        let running = try (0..<6).map { try RunningCommand(proa.command(["network", "create", "--ipv6", "n\($0)"])) }
        for command in running { #expect(try command.end().status == 0) }
        let lines = try proa.check(
            "network", "inspect", "n0", "n1", "n2", "n3", "n4", "n5", "-f", "{{range .IPAM.Config}}{{.Subnet}} {{end}}"
        ).lines
        let subnets = lines.flatMap { $0.split(separator: " ") }.compactMap { IPSubnet($0) }
        #expect(subnets.count == 12)
        for (index, subnet) in subnets.enumerated() { #expect(!subnets[..<index].contains(where: subnet.overlaps)) }
        #expect(subnets.filter(\.isIPv6).allSatisfy { $0.bits == 64 && $0.address.bytes[0] == 0xFD })
    }

    @Test(
        "bad input is refused, and nothing is made",
        arguments: [
            (
                "--subnet 198.18.9.128/25 x",
                "invalid pool request: Pool overlaps with other one on this address space: 198.18.9.128/25 and 198.18.9.0/24 of the network there"
            ),
            (
                "--subnet 127.0.0.0/8 x",
                "invalid pool request: Pool overlaps with other one on this address space: 127.0.0.0/8 and 127.0.0.0/8 of this host"
            ),
            ("--subnet banana x", "invalid network config: invalid subnet banana: invalid CIDR block notation"),
            ("--gateway 1.2.3.4 x", "every ip-range or gateway must have a corresponding subnet"),
            ("--subnet 198.18.8.0/24 --gateway 198.18.7.1 x", "no matching subnet for gateway 198.18.7.1"),
            ("--subnet 198.18.8.0/24 --ip-range 198.18.7.0/25 x", "no matching subnet for range 198.18.7.0/25"),
            ("--subnet 198.18.8.0/24 --aux-address a=198.18.7.1 x", "no matching subnet for aux-address 198.18.7.1"),
            ("--subnet 198.18.8.0/24,198.18.8.0/25 x", "multiple overlapping subnet configuration is not supported"),
            ("there", "network with name there already exists"), ("bridge", "operation is not permitted on predefined bridge network"),
            ("a/b", "invalid network name \"a/b\": only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"),
            ("-d nonsense x", "plugin \"nonsense\" not found"),
            ("-d overlay x", "the driver \"overlay\" belongs to a swarm, there is none"),
        ])
    func refused(_ row: (line: String, message: String)) throws {
        let proa = try Proa("refused")
        try proa.check("network", "create", "--subnet", "198.18.9.0/24", "there")
        let outcome = try proa.command(["network", "create"] + row.line.split(separator: " ").map(String.init)).run()
        #expect(outcome.status == 1 && outcome.errorText == "Error: \(row.message)\n")
        #expect(try proa.check("network", "ls", "-q").lines.count == 4)
    }

    @Test("prune asks, shows what it would do, and keeps what the filters keep")
    func prune() throws {
        let proa = try Proa("prune")
        for name in ["a", "b"] { try proa.check("network", "create", "--label", "name=\(name)", name) }
        let question =
            "WARNING! This will remove all custom networks not used by at least one container.\nAre you sure you want to continue? [y/N] "
        #expect(try proa.check("network", "prune", input: "n\n").text == question)
        #expect(try proa.check("network", "prune", "--dry-run").text == "Deleted Networks:\na\nb\n\n")
        #expect(try proa.check("network", "prune", "-f", "--filter", "until=24h").text == "")
        #expect(try proa.check("network", "prune", "-f", "--filter", "label!=name=b").text == "Deleted Networks:\na\n\n")
        #expect(try proa.check("system", "prune", "-f", "--dry-run").text == "Deleted Networks:\nb\n\nTotal reclaimable space: 0B\n")
        #expect(try proa.check("system", "prune", "-f").text == "Deleted Networks:\nb\n\nTotal reclaimed space: 0B\n")
        #expect(try proa.check("network", "ls", "--filter", "type=custom", "-q").text == "")
    }

    @Test("a created container has everything that was asked for of networks in docker's words")
    func created() throws {
        let proa = try Proa("created")
        let image = "proa.builtin/hello"
        let id = try proa.check(
            "create", "--network", "name=web,ip=198.18.0.5,alias=db", "--network", "second", "-p", "127.0.0.1:8000-8001:80-81", "-p",
            "53/udp", "-P",
            "--expose", "90", "--mac-address", "02:42:00:00:00:05", image
        ).line
        let document = try JSON.parse(Array(try proa.check("inspect", id).text.utf8)).array?.first
        let host = document?["HostConfig"]
        #expect(host?["NetworkMode"]?.string == "web" && host?["PublishAllPorts"]?.bool == true)
        #expect(
            host?["PortBindings"]?.compact()
                == #"{"53/udp":[{"HostIp":"","HostPort":""}],"80/tcp":[{"HostIp":"127.0.0.1","HostPort":"8000"}],"81/tcp":[{"HostIp":"127.0.0.1","HostPort":"8001"}]}"#
        )
        #expect(document?["Config"]?["ExposedPorts"]?.object?.keys == ["53/udp", "80/tcp", "81/tcp", "90/tcp"])
        let networks = document?["NetworkSettings"]?["Networks"]
        #expect(
            networks?.object?.keys == ["second", "web"] && networks?["web"]?["IPAMConfig"]?.compact() == #"{"IPv4Address":"198.18.0.5"}"#)
        #expect(networks?["web"]?["Aliases"]?.strings == ["db"] && networks?["web"]?["MacAddress"]?.string == "02:42:00:00:00:05")
        #expect(document?["NetworkSettings"]?["Ports"]?.object?.isEmpty == true)
        #expect(try proa.check("ps", "-a", "--format", "{{.Networks}}|{{.Ports}}").line == "second,web|")
        #expect(try proa.check("port", id).text == "")
        let missing = try proa("port", id, "80")
        #expect(missing.status == 1 && missing.errorText == "Error: No public port '80' published for \(id)\n")
    }
}
