import LinuxSys
import Primitives
import TestSupport
import Testing

/// The host from inside, shared networks, and none.
@Suite struct NetworkModeTests {
    @Test("a container reaches what listens on the host's address, and not what listens on its loopback", .hostAddress, .wayOutside)
    func host() throws {
        let proa = try Proa.withBusybox()
        let address = try #require(HostSide.address)
        let (server, loopback) = (try HostServer(address, says: "open"), try HostServer("127.0.0.1", says: "closed"))
        #expect(try HostSide.fetch("127.0.0.1", "\(loopback.port)") == "closed")
        let script = """
            wget -qO- http://\(address):\(server.port)/; echo
            wget -qO- http://host.docker.internal:\(server.port)/; echo
            nslookup host.docker.internal | sed -n 's/^Address: //p'
            gateway=$(ip route | sed -n 's/^default via \\([0-9.]*\\).*/\\1/p')
            for to in 127.0.0.1 $gateway \(address) host.docker.internal 169.254.77.1 169.254.77.2; do
                timeout 1 wget -qO- http://$to:\(loopback.port)/
            done
            """
        #expect(try proa.run(script).lines == ["open", "open", address])
    }

    @Test("--network container: shares address, servers and files, and needs one that runs")
    func shared() throws {
        let proa = try Proa.withBusybox()
        try proa.check("network", "create", "one")
        try proa.serve("web", ["--network", "one", "--add-host", "there:198.51.100.7"])
        let script = "wget -qO- http://127.0.0.1/; cat /etc/hosts /etc/resolv.conf; ip -o addr; hostname; wget -qO- http://web/"
        let own = try proa.inside("web", script)
        #expect(own.lines.first == "web" && own.text.contains("198.51.100.7\tthere"))
        #expect(try proa.run(["--network", "container:web"], script) == own)
        // A server of the one who came later is the first one's too.
        try proa.check("run", "-d", "--name", "second", "--network", "container:web", "busybox", "sh", "-c", "nc -ll -p 81 -e echo second")
        try eventually("it answers") { try proa.inside("web", "nc -w 2 127.0.0.1 81 </dev/null").line == "second" }
        try proa.check("stop", "-t", "0", "web")
        let outcome = try proa("run", "--rm", "--network", "container:web", "busybox", "true")
        #expect(outcome.status == 125)
        #expect(outcome.errorText.contains("cannot join network of a non running container: \(try proa.inspect("web", "{{.Id}}"))"))
    }

    @Test("--network none has lo alone, --network host the host's interfaces")
    func extremes() throws {
        let proa = try Proa.withBusybox()
        let script = "cut -s -d: -f1 /proc/net/dev | sed 's/ //g'; ip route"
        #expect(try proa.run(["--network", "none"], script).lines == ["lo"])
        let host = try Command("sh", ["-c", "cut -s -d: -f1 /proc/net/dev | sed 's/ //g'"]).check().lines.sorted()
        #expect(try proa.run(["--network", "host"], "cut -s -d: -f1 /proc/net/dev | sed 's/ //g'").lines.sorted() == host)
        let server = try HostServer("127.0.0.1", says: "the host")
        #expect(try proa.run(["--network", "host"], "wget -qO- http://127.0.0.1:\(server.port)/").text == "the host")
    }

    @Test("another host's address stands in the log of a published port, and its name server is asked when --dns says so")
    func farAway() throws {
        let proa = try Proa.withBusybox()
        var environment = proa.environment
        environment["proa"] = try Proa.binary()
        // Who has other ids there has another store.
        try proa.check("save", "-o", "\(proa.scratch.path)/busybox.tar", "busybox")
        let isolate = Place.isRoot ? ["-n"] : ["-rn"]
        let outcome = try Command(
            "unshare", isolate + ["sh", "-euc", Self.scenario, "sh", Self.nameServer],
            environment: environment, directory: proa.scratch.path
        ).run()
        #expect(outcome.lines.prefix(2) == ["web", "203.0.113.9"], "\(outcome.text)\(outcome.errorText)")
        #expect(outcome.text.contains("[::ffff:198.51.100.2]:"), "\(outcome.text)\(outcome.errorText)")
    }

    /// The host of this is a network namespace; the other host another one, at the far end of a cable.
    private static let scenario = """
        ip link set lo up
        unshare -n sleep 60 &
        far=$!
        names=
        trap '"$proa" rm -f web >/dev/null 2>&1; kill $far $names' EXIT
        until [ "$(readlink /proc/$far/ns/net)" != "$(readlink /proc/self/ns/net)" ]; do sleep 0.02; done
        ip link add near type veth peer name far netns $far
        ip addr add 198.51.100.1/24 dev near
        ip link set near up
        nsenter -t $far -n ip addr add 198.51.100.2/24 dev far
        nsenter -t $far -n ip link set far up
        nsenter -t $far -n python3 -c "$1" &
        names=$!
        "$proa" load -q -i busybox.tar >/dev/null
        serve='mkdir /www; echo web >/www/index.html; exec httpd -f -vv -h /www'
        "$proa" run -d --name web -p 0:80 busybox sh -c "$serve" >/dev/null
        until "$proa" exec web wget -qO- http://127.0.0.1/ >/dev/null 2>&1; do sleep 0.05; done
        port=$("$proa" port web 80 | sed -n '1s/.*://p')
        nsenter -t $far -n timeout 5 busybox wget -qO- "http://198.51.100.1:$port/"
        "$proa" run --rm --dns 198.51.100.2 busybox nslookup -type=a far.example | sed -n 's/^Address: //p'
        "$proa" logs web 2>&1
        """
    /// Every name has the one address.
    private static let nameServer = """
        import socket
        s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(('198.51.100.2', 53))
        while True:
            q, a = s.recvfrom(999)
            end = q.index(0, 12) + 5
            s.sendto(q[:2] + b'\\x81\\x80\\0\\1\\0\\1\\0\\0\\0\\0' + q[12:end] + b'\\xc0\\x0c\\0\\1\\0\\1\\0\\0\\0\\x3c\\0\\4\\xcb\\0\\x71\\x09', a)
        """
}
