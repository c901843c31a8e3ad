import LinuxSys
import Primitives
import Testing

@testable import Networks

@Suite("opening published ports") struct PortListenersTests {
    @Test("no address is every address of both families, with one port", arguments: [PortBinding.Transport.tcp, .udp])
    func both(_ transport: PortBinding.Transport) throws {
        let bindings = try PortListeners().open([PortBinding(transport, containerPort: 80)]).map(\.binding)
        #expect(bindings.map { $0.hostAddress?.description } == (HostFile.exists("/proc/net/if_inet6") ? ["0.0.0.0", "::"] : ["0.0.0.0"]))
        #expect(Set(bindings.map(\.hostPort)).count == 1 && bindings.allSatisfy { $0.hostPort != 0 && $0.containerPort == 80 })
    }

    @Test("an address is that one only")
    func one() throws {
        let loopback = try #require(HostAddress("127.0.0.1"))
        let listener = try #require(try PortListeners().open([PortBinding(.tcp, hostAddress: loopback, containerPort: 80)]).first)
        #expect(Socket.localAddress(of: listener.descriptor.raw) == SocketAddress(loopback, port: listener.binding.hostPort))
    }

    @Test("a taken port names the process that has it", arguments: [PortBinding.Transport.tcp, .udp])
    func taken(_ transport: PortBinding.Transport) throws {
        let held = try PortListeners().open([PortBinding(transport, containerPort: 80)])
        let port = try #require(held.first).binding.hostPort
        let name = try #require(HostFile.text("/proc/self/comm")).filter { $0 != "\n" }
        #expect(
            throws: Failure(
                .conflict,
                "failed to bind host port 0.0.0.0:\(port)/\(transport.rawValue): address already in use: process \"\(name)\" (pid \(Process.current)) has it"
            )
        ) { try PortListeners().open([PortBinding(transport, hostPort: port, containerPort: 81)]) }
    }

    @Test("a port of ours names the container")
    func ours() throws {
        let loopback = try #require(HostAddress("127.0.0.1"))
        let held = try PortListeners().open([PortBinding(.tcp, hostAddress: loopback, containerPort: 80)])
        let port = try #require(held.first).binding.hostPort
        let listeners = PortListeners { $0.hostPort == port && $0.transport == .tcp ? "web" : nil }
        #expect(
            throws: Failure(
                .conflict, "Bind for 127.0.0.1:\(port) failed: port is already allocated: container \"web\" publishes it")
        ) { try listeners.open([PortBinding(.tcp, hostAddress: loopback, hostPort: port, containerPort: 80)]) }
    }

    @Test("an address of somebody else is refused by name")
    func notOurs() throws {
        let other = try #require(HostAddress("198.51.100.77"))
        #expect(
            throws: Failure(
                .invalid,
                "failed to bind host port 198.51.100.77:1/udp: cannot assign requested address: \"198.51.100.77\" is no address of this host"
            )
        ) { try PortListeners().open([PortBinding(.udp, hostAddress: other, hostPort: 1, containerPort: 1)]) }
    }

    @Test("a port for root names the setting and the ways around it")
    func privileged() throws {
        let problem = PortProblem(PortBinding(.tcp, hostPort: 80, containerPort: 80), 13, container: nil, firstFreePort: 1024) { nil }
            .failure
        #expect(problem.kind == .denied)
        #expect(
            problem.message
                == "failed to bind host port 0.0.0.0:80/tcp: permission denied: ports below 1024 (net.ipv4.ip_unprivileged_port_start) are for root"
        )
        #expect(problem.hint?.contains("sudo sysctl net.ipv4.ip_unprivileged_port_start=80") == true)
        #expect(problem.hint?.contains("ListenStream=") == true)
    }

    @Test("one that fails leaves none open")
    func allOrNone() throws {
        let loopback = try #require(HostAddress("127.0.0.1"))
        let held = try PortListeners().open([PortBinding(.tcp, hostAddress: loopback, containerPort: 80)])
        let taken = try #require(held.first).binding
        let free = try #require(try PortListeners().open([PortBinding(.tcp, hostAddress: loopback, containerPort: 80)]).first).binding
        #expect(throws: Failure.self) { try PortListeners().open([free, taken]) }
        // A child of another test may hold a copy of the descriptor until it has become its program.
        try eventually { (try? PortListeners().open([free]).map(\.binding)) == [free] }
    }

    @Test("without descriptors the limit is told")
    func shortage() {
        let problem = PortProblem(PortBinding(.tcp, hostPort: 80, containerPort: 80), 24, container: nil, firstFreePort: 0) { nil }.failure
        #expect(problem.message == "failed to bind host port 0.0.0.0:80/tcp: too many open files (EMFILE)")
        #expect(problem.hint?.contains("ulimit -Hn") == true)
    }
}

@Suite("sockets passed by a service manager") struct PassedSocketsTests {
    private let loopback = HostAddress("127.0.0.1")

    private func listener() throws -> PortListener {
        try #require(try PortListeners(passed: .none).open([PortBinding(.tcp, hostAddress: loopback, containerPort: 0)]).first)
    }

    @Test("one with the address and port is used instead of opening, once")
    func used() throws {
        let held = try listener()
        let copy = try held.descriptor.duplicate().release()
        let passed = PassedSockets(processText: "7", countText: "1", process: 7, first: copy)
        let wanted = PortBinding(.tcp, hostAddress: loopback, hostPort: held.binding.hostPort, containerPort: 80)
        let got = try PortListeners(passed: passed).open([wanted])
        #expect(got.map(\.binding) == [wanted] && got.first?.descriptor.raw == copy)
        #expect(throws: Failure.self) { try PortListeners(passed: passed).open([wanted]) }
    }

    @Test(
        "those of another process, and what is no listening socket, are left alone",
        arguments: [("8", "1"), ("7", "0"), ("7", "-1"), ("7", "x")])
    func others(_ row: (String, String)) throws {
        let held = try listener()
        let passed = PassedSockets(processText: row.0, countText: row.1, process: 7, first: held.descriptor.raw)
        #expect(try passed.take(.tcp, SocketAddress(try #require(loopback), port: held.binding.hostPort)) == nil)
    }

    @Test("one for both families is each of them")
    func dual() throws {
        let socket = try Socket.make(.stream, ipv6: true)
        #expect(Socket.bind(socket.raw, SocketAddress(anyIPv6: true, port: 0)) == 0 && Socket.listen(socket.raw, backlog: 5) == 0)
        let port = try #require(Socket.localAddress(of: socket.raw)).port
        let passed = PassedSockets(processText: "7", countText: "1", process: 7, first: try socket.duplicate().release())
        let got = try PortListeners(passed: passed).open([PortBinding(.tcp, hostPort: port, containerPort: 80)])
        #expect(got.map { $0.binding.hostAddress?.description } == ["0.0.0.0", "::"] && got.allSatisfy { $0.binding.hostPort == port })
    }
}
