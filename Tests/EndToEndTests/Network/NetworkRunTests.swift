import LinuxSys
import Primitives
import TestSupport
import Testing

/// Containers on networks: who reaches whom, by which names.
@Suite struct NetworkRunTests {
    @Test("containers of a network reach each other by name, alias, short id and address")
    func names() throws {
        let proa = try Proa.withBusybox()
        try proa.check("network", "create", "one")
        let id = try proa.serve("web", ["--network", "one", "--network-alias", "www"])
        let address = try proa.address(of: "web")
        let script = """
            for name in web WEB www \(id.prefix(12)) \(address) web.one; do wget -qO- http://$name/ || echo no $name; done
            ping -c 1 -W 5 www | grep -c ' 0% packet loss'
            nslookup \(address) | grep -o 'name = .*'
            own=$(ip -4 -o addr show eth0 | sed 's/.*inet \\([0-9.]*\\).*/\\1/')
            grep -c "^$own.$(hostname)$" /etc/hosts
            nslookup nosuch >/dev/null || echo unknown
            """
        #expect(
            try proa.run(["--network", "one"], script).lines
                == Array(repeating: "web", count: 6) + ["1", "name = web.one", "1", "unknown"])
    }

    @Test("networks do not reach each other, and their names are their own")
    func isolation() throws {
        let proa = try Proa.withBusybox()
        for name in ["one", "two"] { try proa.check("network", "create", name) }
        try proa.serve("web", ["--network", "one"])
        let address = try proa.address(of: "web")
        for network in ["two", "bridge"] {
            let script =
                "timeout 2 wget -qO- http://\(address)/; ping -c 1 -W 1 \(address) >/dev/null; echo $?; nslookup web >/dev/null; echo $?"
            #expect(try proa.run(["--network", network], script).lines == ["1", "1"])
        }
    }

    @Test("an internal network has no way outside, yet its containers reach each other", .hostAddress, .wayOutside)
    func `internal`() throws {
        let proa = try Proa.withBusybox()
        let host = try #require(HostSide.address)
        let server = try HostServer(host, says: "the host")
        try proa.check("network", "create", "open")
        try proa.check("network", "create", "--internal", "closed")
        try proa.serve("web", ["--network", "closed"])
        let script = "ip route | grep -c default; timeout 3 wget -qO- http://\(host):\(server.port)/; echo; wget -qO- http://web/"
        #expect(try proa.run(["--network", "open"], script).lines.prefix(2) == ["1", "the host"])
        #expect(try proa.run(["--network", "closed"], script).lines == ["0", "web"])
    }

    @Test("connect and disconnect change a running container's interfaces and names, and disturb nobody")
    func changes() throws {
        let proa = try Proa.withBusybox()
        for name in ["one", "two"] { try proa.check("network", "create", name) }
        try proa.serve("far", ["--network", "two"])
        try proa.idle("near", ["--network", "one"])
        // A transfer that goes on while networks come and go.
        _ = try proa.start(["--name", "sink", "--network", "one"], "sleep 600 | nc -l -p 7 | wc -c >/count")
        try eventually("the sink listens") { try proa.inside("sink", "netstat -tln | grep -q :7").status == 0 }
        let source = "(for i in $(seq 60); do head -c 1000 /dev/zero; sleep 0.05; done) | nc sink 7"
        _ = try proa.start(["--name", "source", "--network", "one"], source)
        #expect(try proa.inside("near", "timeout 2 wget -qO- http://far/").status != 0)
        for _ in 0..<2 {
            try proa.check("network", "connect", "--alias", "other", "two", "near")
            try proa.check("network", "connect", "two", "sink")
            #expect(try proa.inside("near", "ip -o link | grep -c eth; wget -qO- http://far/").lines == ["2", "far"])
            #expect(try proa.inside("far", "ping -c 1 -W 5 other | grep -c ' 0% packet loss'").line == "1")
            #expect(try proa.addresses(of: "near").count == 2)
            try proa.check("network", "disconnect", "two", "near")
            try proa.check("network", "disconnect", "two", "sink")
            #expect(try proa.inside("near", "ip -o link | grep -c eth; timeout 2 wget -qO- http://far/").lines == ["1"])
            #expect(try proa.inside("far", "nslookup other").status != 0)
        }
        try eventually("the transfer ends") { try proa.inside("sink", "cat /count").line == "60000" }
    }

    @Test("thirty containers started at once have an address each and find each other")
    func many() throws {
        let proa = try Proa.withBusybox()
        try proa.check("network", "create", "many")
        let names = (1...30).map { "c\($0)" }
        let starting = try names.map {
            try RunningCommand(proa.command(["run", "-d", "--name", $0, "--network", "many", "busybox", "sleep", "600"]))
        }
        for command in starting {
            let outcome = try command.end()
            #expect(outcome.status == 0, "\(outcome.errorText)")
        }
        let addresses = try proa.command(
            ["inspect", "-f", "{{.NetworkSettings.Networks.many.IPAddress}}"] + names
        ).check().lines
        #expect(Set(addresses).count == 30)
        let script = "for name in \(names.joined(separator: " ")); do nslookup $name | sed -n 's/^Address: //p'; done"
        for asker in ["c1", "c17", "c30"] { #expect(try proa.inside(asker, script).lines == addresses) }
        #expect(
            try proa.inside("c9", "for a in \(addresses.joined(separator: " ")); do ping -c 1 -W 5 $a >/dev/null || echo $a; done").text
                == "")
    }

    @Test(
        "bad input is told in words that help",
        arguments: [
            ("run --rm --network nosuch busybox true", 125, "proa: network nosuch not found"),
            ("run --rm --network web --ip 198.18.5.2 busybox true", 125, "Address already in use"),
            (
                "run --rm --network web --ip 198.18.6.2 busybox true", 125,
                "Invalid address 198.18.6.2: It does not belong to any of this network's subnets"
            ),
            ("run --rm --ip 172.17.0.9 busybox true", 125, "user specified IP address is supported on user defined networks only"),
            ("run --rm --network container:nosuch busybox true", 125, "proa: No such container: nosuch"),
            ("run --rm --network container:stopped busybox true", 125, "cannot join network of a non running container: "),
            ("network create --subnet 198.18.5.0/24 x", 1, "198.18.5.0/24 and 198.18.5.0/24 of the network web"),
            ("network create --subnet 198.18.0.0/16 x", 1, "198.18.0.0/16 and 198.18.5.0/24 of the network web"),
            ("network rm web", 1, "network web has active endpoints (name:\"here\" id:\""),
            ("network connect web here", 1, "already"),
            ("network disconnect bridge here", 1, "is not connected to network bridge"),
        ])
    func refused(_ row: (line: String, status: Int32, message: String)) throws {
        let proa = try Proa.withBusybox()
        try proa.check("network", "create", "--subnet", "198.18.5.0/24", "web")
        try proa.idle("here", ["--network", "web", "--ip", "198.18.5.2"])
        try proa.check("create", "--name", "stopped", "busybox", "true")
        let outcome = try proa.command(row.line.split(separator: " ").map(String.init)).run()
        #expect(outcome.status == row.status && outcome.text == "")
        #expect(outcome.errorText.contains(row.message), "\(outcome.errorText)")
        #expect(try proa.address(of: "here") == "198.18.5.2")
    }
}
