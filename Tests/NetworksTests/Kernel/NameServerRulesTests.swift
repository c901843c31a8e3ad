import Glibc
import LinuxSys
import Networks
import Primitives
import Testing

@Suite("the rules of the name server", .enabled(if: KernelPlace.isCapable))
struct NameServerRulesTests {
    @Test("port 53 of 127.0.0.11 is the name server's, whatever a program has bound")
    func both() throws {
        let container = try NamespaceWorker()
        let (udp, tcp, program) = try container.run { () throws(Failure) in
            try RouteSocket().batch { $0.set(.name("lo"), up: true) }
            let (udp, tcp, program) = (try TestSocket(SOCK_DGRAM), try TestSocket(SOCK_STREAM), try TestSocket(SOCK_DGRAM))
            try udp.bind("127.0.0.11", 40000)
            try tcp.bind("127.0.0.11", 40001)
            try tcp.listen()
            try program.bind("0.0.0.0", 53)
            try FilterSocket().commit(NameServerRules(udpPort: 40000, tcpPort: 40001).batch(replacing: true))
            return (udp, tcp, program)
        }
        let (asking, connected, own) = try container.run { () throws(Failure) in
            let (asking, connected, own) = (try TestSocket(SOCK_DGRAM), try TestSocket(SOCK_STREAM), try TestSocket(SOCK_DGRAM))
            try asking.connect("127.0.0.11", 53)
            try connected.connect("127.0.0.11", 53)
            try own.connect("127.0.0.1", 53)
            return (asking, connected, own)
        }
        try asking.send("web?")
        let question = try udp.receiveFrom()
        #expect(question.text == "web?" && question.peer == asking.own)
        let port = try #require(UInt16(question.peer.split(separator: " ")[1]))
        try udp.send("10.9.0.2", to: "127.0.0.1", port)
        #expect(try asking.receive() == "10.9.0.2")

        let server = try tcp.accept()
        #expect(connected.peer == "127.0.0.11 53")
        // More than one packet in both directions, so that a wrong checksum or a lost offload would show.
        let long = String(repeating: "0123456789abcdef", count: 4000)
        for (from, to) in [(connected, server), (server, connected)] {
            try from.send(long)
            var got = ""
            while got.utf8.count < long.utf8.count { got += try to.receive() }
            #expect(got == long)
        }

        try own.send("mine?")
        #expect(try program.receive() == "mine?")
        #expect(try container.run { () throws(Failure) in TestNet.trackedConnections } == "0")
    }
}
