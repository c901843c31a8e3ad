import Glibc
import LinuxSys
import Primitives
import TestSupport
import Testing

/// The process that serves networks is killed, or everything is.
@Suite struct NetworkServiceTests {
    @Test("after the network service was killed the next command restores addresses, ports and names")
    func killed() throws {
        let proa = try Proa.withBusybox()
        try proa.check("network", "create", "one")
        try proa.serve("before", ["--network", "one", "--network-alias", "other", "-p", "0:80"])
        try proa.idle("client", ["--network", "one"])
        let (address, port) = (try proa.address(of: "before"), try proa.hostPort(of: "before", "80"))
        for round in 1...2 {
            let services = try HostSide.services(of: proa)
            #expect(services.count == 1)
            for pid in services { kill(pid, SIGKILL) }
            try eventually("it is gone") { try Set(HostSide.services(of: proa)).isDisjoint(with: services) }
            #expect(try proa.check("ps", "-q").lines.count == round + 1)
            #expect(try HostSide.services(of: proa).count == 1)
            #expect(try proa.address(of: "before") == address && proa.hostPort(of: "before", "80") == port)
            #expect(try HostSide.fetch("127.0.0.1", port) == "before\n")
            for name in ["before", "other", address] { #expect(try proa.fetch(from: "client", name) == "before") }
            try proa.serve("after\(round)", ["--network", "one"])
            #expect(try proa.fetch(from: "after\(round)", "other") == "before")
            #expect(try proa.fetch(from: "client", "after\(round)") == "after\(round)")
        }
        #expect(try Set(["before", "client", "after1", "after2"].map { try proa.address(of: $0) }).count == 4)
    }

    @Test("after everything was killed the containers are removed, and networks work again")
    func everything() throws {
        let proa = try Proa.withBusybox()
        try proa.check("network", "create", "one")
        for name in ["first", "second"] { try proa.serve(name, ["--network", "one", "-p", "0:80"]) }
        let port = try proa.hostPort(of: "first", "80")
        var pids = try HostSide.services(of: proa)
        for name in ["first", "second"] {
            let guardians = try proa.guardians(of: name)
            pids += [guardians.monitor, guardians.keeper]
        }
        for pid in pids { kill(pid, SIGKILL) }
        #expect(try proa.check("rm", "-f", "first", "second").lines == ["first", "second"])
        try proa.check("network", "rm", "one")
        try proa.check("network", "create", "one")
        try proa.serve("third", ["--network", "one", "-p", "127.0.0.1:\(port):80"])
        #expect(try HostSide.fetch("127.0.0.1", port) == "third\n")
    }

    @Test("the network service ends after its last container, and nothing of it is left")
    func end() throws {
        let proa = try Proa.withBusybox()
        try proa.idle("only")
        #expect(try HostSide.services(of: proa).count == 1)
        try proa.check("rm", "-f", "only")
        try eventually("it ends") { try HostSide.services(of: proa).isEmpty }
        let runtime = try #require(proa.environment["XDG_RUNTIME_DIR"])
        #expect(try Fault.processes(with: runtime).isEmpty)
        #expect(!HostFile.exists("\(runtime)/proa/net.sock"))
    }
}
