import LinuxSys
import Primitives
import TestSupport
import Testing

@testable import Networks

@Suite("the containers' name server")
struct NameServerTests {
    let scratch = try! Scratch("names")
    private func rig(_ count: Int = 1, limits: Upstream.Limits = Upstream.Limits(), upstream: [String]? = nil) throws -> NameRig {
        try NameRig(resolvers: count, configuration: "\(scratch.path)/resolv.conf", limits: limits, upstream: upstream)
    }

    @Test("a container's name is answered without asking anybody")
    func local() throws {
        let rig = try rig()
        let reply = try #require(try rig.ask("WeB"))
        #expect(reply.addresses == ["172.20.0.2"] && reply.identifier == 0x1234)
        #expect(reply.question?.name == DNSName("WeB"))
        #expect(try rig.ask("www.front", 28)?.records?.count == 0)
        #expect(try rig.ask("9.9.20.172.in-addr.arpa", 12)?.code == 3)
        #expect(rig.resolvers[0].asked.isEmpty)
    }

    @Test("another name is asked of the host's resolver, in a message of ours")
    func forwarded() throws {
        let rig = try rig()
        let reply = try #require(try rig.ask(Ask(name: "Example.COM", identifier: 9, payload: 4096)))
        #expect(reply.addresses == ["192.0.2.7"] && reply.identifier == 9 && reply.question?.name == DNSName("Example.COM"))
        let asked = try DNSQuery(rig.resolvers[0].asked[0].message)
        #expect(asked.edns?.payloadBytes == 1232 && asked.identifier != 9)
        #expect(rig.upstream.socketsOpen == 0 && rig.upstream.waiting == 0)
    }

    @Test("a name that does not exist is told as such")
    func missing() throws {
        let rig = try rig()
        rig.resolvers[0].behave = { [$0.code(.nameError)] }
        #expect(try rig.ask("nowhere.example")?.code == 3)
    }

    @Test("garbage, and queries that ask nothing, end in an error or in silence")
    func garbage() throws {
        let rig = try rig()
        let web = Ask(name: "web").bytes
        let replies = try rig.send([[], [0], [UInt8](repeating: 0xFF, count: 600), Array(web.prefix(12)), web], answers: 2)
        #expect(replies.map(\.code) == [1, 0])
    }

    @Test("over TCP many queries share a connection, and long answers are whole")
    func stream() throws {
        let rig = try rig()
        let many = (0..<200).map { "10.0.0.\($0)" }
        rig.resolvers[0].behave = { [$0.answer(many)] }
        let asks = [
            Ask(name: "web", identifier: 1).bytes, Ask(name: "far.example", identifier: 2).bytes, Ask(name: "www", identifier: 3).bytes,
        ]
        let replies = try rig.stream(NameRig.framed(asks), answers: 3)
        #expect(replies.map(\.identifier).sorted() == [1, 2, 3])
        #expect(replies.first { $0.identifier == 2 }?.records?.count == 200)
        #expect(rig.resolvers[0].asked.map(\.isStream) == [true])
    }

    @Test("more queries over TCP than are answered at a time are all answered")
    func pipeline() throws {
        let rig = try rig()
        let asks = (0..<500).map { Ask(name: $0 % 2 == 0 ? "web" : "n\($0).example", identifier: UInt16($0)).bytes }
        #expect(try Set(rig.stream(NameRig.framed(asks), answers: 500).map(\.identifier)).count == 500)
    }

    @Test("a stream of nonsense is closed", arguments: [[0, 3, 1, 2, 3], [0xFF, 0xFF, 0], [0, 0]] as [[UInt8]])
    func nonsense(_ bytes: [UInt8]) throws {
        let rig = try rig()
        #expect(try rig.stream(bytes, answers: 1).isEmpty)
        #expect(rig.server.streams == 0)
    }

    @Test("a client that has too many connections loses its oldest one, not the others' answers")
    func connections() throws {
        let rig = try rig()
        var open: [Int32] = []
        defer { for raw in open { _ = Descriptor(owning: raw) } }
        for _ in 0..<100 {
            open.append(try NameSocket.connected(.stream, to: SocketAddress(HostAddress("127.0.0.1")!, port: rig.port)).release())
        }
        #expect(rig.wait { rig.server.streams == 64 ? true : nil } == true)
        #expect(try rig.stream(NameRig.framed([Ask(name: "web").bytes]), answers: 1).first?.addresses == ["172.20.0.2"])
    }

    @Test("names and networks change while the container runs, and end with it")
    func changes() throws {
        let rig = try rig()
        rig.server.table.add(.init(container: "w", names: ["web"], addresses: [HostAddress("172.20.0.99")!]), to: "n1")
        #expect(try rig.ask("web")?.addresses == ["172.20.0.99"])
        rig.server.update(container: NameRig.container, .init(networks: [], extra: ["host.docker.internal": [HostAddress("10.1.1.1")!]]))
        #expect(try rig.ask("host.docker.internal")?.addresses == ["10.1.1.1"])
        #expect(try rig.ask("web")?.code == 2)
        rig.server.remove(container: NameRig.container)
        let socket = try NameSocket.connected(.stream, to: SocketAddress(HostAddress("127.0.0.1")!, port: rig.port))
        #expect(rig.wait { (try? NameSocket.send(socket.raw, [1])) == nil ? true : nil } == true)
    }

    @Test("answers that a container waits for have a limit, and its own names none")
    func limit() throws {
        let rig = try rig()
        rig.resolvers[0].behave = { _ in [] }
        let asks = (0..<1100).map { Ask(name: "n\($0).example", identifier: UInt16($0)).bytes }
        let replies = try rig.send(asks + [Ask(name: "web", identifier: 5000).bytes], answers: 77)
        #expect(replies.count == 77 && replies.dropLast().allSatisfy { $0.code == 2 })
        #expect(replies.last?.addresses == ["172.20.0.2"])
    }
}
