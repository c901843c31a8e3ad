import LinuxSys
import Primitives
import TestSupport
import Testing

/// Published ports, from the host.
@Suite struct PortTests {
    @Test("a published port answers on every address of the host, and the container sees the client's own")
    func streams() throws {
        let proa = try Proa.withBusybox()
        try proa.check("network", "create", "--subnet", "198.18.20.0/24", "--gateway", "198.18.20.1", "one")
        try proa.serve("web", ["--network", "one", "-p", "0:80"])
        let port = try proa.hostPort(of: "web", "80")
        #expect(try #require(Int(port)) > 1023)
        #expect(try proa.check("port", "web").lines == ["80/tcp -> 0.0.0.0:\(port)", "80/tcp -> [::]:\(port)"])
        #expect(try proa.inspect("web", "{{(index .NetworkSettings.Ports \"80/tcp\" 0).HostPort}}") == port)
        #expect(try proa.check("ps", "--format", "{{.Ports}}").line == "0.0.0.0:\(port)->80/tcp, [::]:\(port)->80/tcp")
        #expect(try HostSide.fetch("127.0.0.1", port) == "web\n")
        // Loopback addresses mean nothing in there.
        try eventually("the gateway stands for 127.0.0.1") { try proa.check("logs", "web").errorText.contains("::ffff:198.18.20.1]:") }
        if HostSide.hasIPv6Loopback { #expect(try HostSide.fetch("[::1]", port) == "web\n") }
        if let address = HostSide.address {
            #expect(try HostSide.fetch(address, port) == "web\n")
            try eventually("the log has the host's own address") { try proa.check("logs", "web").errorText.contains("::ffff:\(address)]:") }
        }
        try proa.check("stop", "-t", "0", "web")
        #expect(try proa.check("port", "web").text == "" && HostSide.fetch("127.0.0.1", port) == "")
        // Nobody has it any more.
        try proa.serve("next", ["-p", "127.0.0.1:\(port):80"])
        #expect(try HostSide.fetch("127.0.0.1", port) == "next\n")
        if let address = HostSide.address { #expect(try HostSide.fetch(address, port) == "") }
    }

    @Test("datagrams are published, and a program may have port 53 of every address to itself")
    func datagrams() throws {
        let proa = try Proa.withDebian()
        let program = """
            use IO::Socket::INET;
            my $socket = IO::Socket::INET->new(Proto => 'udp', LocalAddr => '0.0.0.0', LocalPort => 53) or die "bind: $!";
            $| = 1; print "ready\\n";
            while (defined $socket->recv(my $bytes, 999)) { print $socket->peerhost . "\\n"; $socket->send("echo $bytes") }
            """
        try proa.check("network", "create", "one")
        try proa.check("run", "-d", "--name", "echo", "--network", "one", "-p", "0:53/udp", "debian", "perl", "-e", program)
        try eventually("it is ready") { try proa.check("logs", "echo").text.contains("ready") }
        let port = try proa.hostPort(of: "echo", "53/udp")
        #expect(try exchange("127.0.0.1", port, "one") == "echo one")
        if HostSide.hasIPv6Loopback { #expect(try exchange("::1", port, "two") == "echo two") }
        if let address = HostSide.address {
            #expect(try exchange(address, port, "three") == "echo three")
            try eventually("the log has the host's own address") { try proa.check("logs", "echo").lines.contains(address) }
        }
        // Names resolve nevertheless.
        let own = try proa.address(of: "echo")
        #expect(try proa.check("exec", "echo", "perl", "-MSocket", "-e", "print inet_ntoa(scalar gethostbyname('echo.one'))").line == own)
    }

    @Test("whoever has a port that is asked for is named, and nothing is left of the attempt")
    func taken() throws {
        let proa = try Proa.withBusybox()
        let server = try HostServer("127.0.0.1", says: "the host")
        try proa.serve("web", ["-p", "127.0.0.1::80"])
        let port = try proa.hostPort(of: "web", "80")
        let second = try proa("run", "--name", "second", "-p", "127.0.0.1:\(port):80", "busybox", "true")
        #expect(second.status == 125)
        #expect(second.errorText.contains("Bind for 127.0.0.1:\(port) failed: port is already allocated: container \"web\" publishes it"))
        let third = try proa("run", "--rm", "--name", "third", "-p", "127.0.0.1:\(server.port):80", "busybox", "true")
        #expect(third.status == 125)
        #expect(third.errorText.contains("failed to bind host port 127.0.0.1:\(server.port)/tcp: address already in use: process \""))
        #expect(third.errorText.contains("(pid \(Process.current)) has it"))
        #expect(try HostSide.fetch("127.0.0.1", port) == "web\n" && HostSide.fetch("127.0.0.1", "\(server.port)") == "the host")
        try proa.check("rm", "-f", "web")
        #expect(try proa("start", "second").status == 0)
    }

    @Test("-P publishes what is exposed, and a range gets a port each")
    func all() throws {
        let proa = try Proa.withBusybox()
        try proa.serve("web", ["-P", "--expose", "80", "--expose", "90/udp"])
        let port = try proa.hostPort(of: "web", "80")
        #expect(try HostSide.fetch("127.0.0.1", port) == "web\n")
        #expect(try proa.check("port", "web").lines.count == 4)
        #expect(try proa.hostPort(of: "web", "90/udp") != "")
        #expect(try proa.check("ps", "-q", "--filter", "publish=\(port)").lines.count == 1)
        try proa.serve("range", ["-p", "127.0.0.1::80-82"])
        #expect(try Set(["80", "81", "82"].map { try proa.hostPort(of: "range", $0) }).count == 3)
        #expect(try HostSide.fetch("127.0.0.1", proa.hostPort(of: "range", "80")) == "range\n")
    }
}
