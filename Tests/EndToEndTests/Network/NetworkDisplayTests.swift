import LinuxSys
import Primitives
import TestSupport
import Testing

/// What is shown of a running container's networks, from the record that its start writes.
@Suite struct NetworkDisplayTests {
    private func running(_ proa: Proa, _ network: String) throws -> String {
        let image = try TestImages.pushedBusybox()
        let id = try proa.check("run", "-d", "--name", "web", "--network", "none", "--expose", "90", image, "sleep", "60").line
        let networkID = try proa.check("network", "inspect", network, "-f", "{{.ID}}").line
        let state: JSON = [
            "bootId": .string(Clock.bootIdentifier()), "sandboxId": "s",
            "endpoints": [
                [
                    "networkId": .string(networkID), "network": .string(network), "id": "e", "interface": "eth0", "ip": "198.18.0.2/24",
                    "gateway": "198.18.0.1", "mac": "02:42:c6:12:00:02",
                ]
            ],
            "ports": [
                ["transport": "tcp", "hostPort": 8080, "containerPort": 80], ["transport": "udp", "hostPort": 53, "containerPort": 53],
            ],
        ]
        let data = try #require(proa.environment["XDG_DATA_HOME"])
        try Directory.open("\(data)/proa/containers/\(id)").writeFile("network.json", state.bytes)
        return id
    }

    @Test("ps, port, inspect and network inspect tell of it while it runs, and a network in use is kept")
    func shown() throws {
        let proa = try Proa("shown")
        try proa.check("network", "create", "--subnet", "198.18.0.0/24", "mine")
        let id = try running(proa, "mine")
        #expect(
            try proa.check("ps", "--format", "{{.Networks}}|{{.Ports}}").line
                == "mine|0.0.0.0:53->53/udp, [::]:53->53/udp, 90/tcp, 0.0.0.0:8080->80/tcp, [::]:8080->80/tcp")
        #expect(
            try proa.check("port", "web").lines == [
                "53/udp -> 0.0.0.0:53", "53/udp -> [::]:53", "80/tcp -> 0.0.0.0:8080", "80/tcp -> [::]:8080",
            ])
        #expect(try proa.check("port", "web", "80").lines == ["0.0.0.0:8080", "[::]:8080"])
        #expect(
            try proa.check(
                "inspect", "web", "-f",
                "{{.NetworkSettings.Networks.mine.IPAddress}} {{(index .NetworkSettings.Ports \"80/tcp\" 0).HostPort}}"
            ).line
                == "198.18.0.2 8080")
        #expect(
            try proa.check(
                "network", "inspect", "mine", "-f", "{{range $id, $c := .Containers}}{{$id}} {{$c.Name}} {{$c.IPv4Address}}{{end}}"
            ).line
                == "\(id) web 198.18.0.2/24")
        for (filter, isFound) in [
            ("network=mine", true), ("network=other", false), ("publish=8080", true), ("publish=80", false),
            ("publish=8000-8100/tcp", true),
            ("expose=90", true), ("expose=80", true), ("expose=8080", false), ("publish=53/udp", true),
        ] { #expect(try proa.check("ps", "-q", "--filter", filter).lines.count == (isFound ? 1 : 0), "\(filter)") }
        let networkID = try proa.check("network", "ls", "-q", "--filter", "name=mine").line
        #expect(try proa.check("ps", "-q", "--filter", "network=\(networkID)").lines.count == 1)
        let busy = try proa("network", "rm", "mine")
        #expect(
            busy.errorText.hasPrefix(
                "Error: error while removing network: network mine has active endpoints (name:\"web\" id:\"\(id.prefix(12))\")\n"))
        #expect(busy.status == 1)
        #expect(try proa.check("network", "prune", "-f").text == "")
        #expect(try proa.check("network", "ls", "-q", "--filter", "dangling=true").text == "")
        try proa.check("kill", "web")
        try proa.check("wait", "web")
        #expect(try proa.check("ps", "-a", "--format", "{{.Networks}}|{{.Ports}}").line == "none|")
        #expect(try proa.check("port", "web").text == "")
        try proa.check("network", "rm", "mine")
    }

    @Test("the default network stands at the top of NetworkSettings too")
    func atTop() throws {
        let proa = try Proa("top")
        let id = try running(proa, "bridge")
        #expect(
            try proa.check(
                "inspect", id, "-f", "{{.NetworkSettings.IPAddress}} {{.NetworkSettings.Gateway}} {{.NetworkSettings.MacAddress}}"
            ).line
                == "198.18.0.2 198.18.0.1 02:42:c6:12:00:02")
        try proa.check("rm", "-f", id)
    }

    @Test(
        "filters of ports are checked",
        arguments: [
            ("publish=80:80", "filter for 'publish' should not contain ':': 80:80"),
            ("expose=x", "error while looking up for expose x: strconv.ParseUint: parsing \"x\": invalid syntax"),
            ("publish=9-8", "error while looking up for publish 9-8: invalid range specified for port: 9-8"),
        ])
    func filters(_ row: (filter: String, message: String)) throws {
        let outcome = try Proa("filters")("ps", "--filter", row.filter)
        #expect(outcome.status == 1 && outcome.errorText == "Error: \(row.message)\n")
    }
}
