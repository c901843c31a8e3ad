import LinuxSys
import Primitives
import Store
import TestSupport
import Testing

@testable import Containers

@Suite struct ContainerStoreTests {
    private let scratch: Scratch
    private let containers: ContainerStore
    private let a = String(repeating: "a", count: 64)
    private let b = "ab" + String(repeating: "b", count: 62)

    init() throws {
        scratch = try Scratch("containers")
        containers = ContainerStore(try StoreRoot.open(path: "\(scratch.path)/data"))
    }

    private func make(_ id: String, _ name: String) throws {
        let json: JSONObject = [
            "Id": .string(id), "Name": .string("/" + name), "Created": "2026-01-01T00:00:00Z", "Path": "sh", "Args": [],
            "Config": ["Image": "x"],
        ]
        _ = try containers.reserve(id)
        do { try containers.complete(ContainerRecord(json: json), files: [("hosts", "127.0.0.1 localhost\n")]) } catch {
            try containers.discard(id)
            throw error
        }
    }

    private func write(_ id: String, _ name: String, _ json: JSON) throws { try containers.open(id).writeFile(name, json.bytes) }

    private func run(pid: Int32, start: UInt64, boot: String? = nil) -> JSON {
        [
            "pid": .int(Int64(pid)), "startTime": .int(Int64(start)), "monitor": 0, "monitorStartTime": 0,
            "bootId": .string(boot ?? containers.bootIdentifier),
            "startedAt": "2026-01-02T00:00:00Z",
        ]
    }

    @Test("found by name, by id, and by a unique beginning of the id")
    func find() throws {
        try make(a, "web")
        try make(b, "db")
        for reference in ["web", "/web", a, "aa"] { #expect(try containers.find(reference) == a) }
        #expect(throws: Failure(.conflict, "Multiple IDs found with provided prefix: a")) { try containers.find("a") }
        for reference in ["", "nothing", "../web", ".names", "web/"] {
            #expect(throws: Failure.self) { try containers.find(reference) }
        }
    }

    @Test("a name is taken once; the loser leaves nothing behind")
    func nameTaken() throws {
        try make(a, "web")
        #expect(throws: Failure.self) { try make(b, "web") }
        #expect(try containers.identifiers() == [a])
        #expect(try containers.find("web") == a)
    }

    @Test("a name whose container is gone is free again")
    func staleName() throws {
        try containers.root.area(.containerNames).createLink("web", to: b)
        try make(a, "web")
        #expect(try containers.find("web") == a)
    }

    @Test("a container that never ran is created; a failed start tells why")
    func created() throws {
        try make(a, "web")
        #expect(try containers.state(a).status == .created)
        try write(a, "error.json", ["exitCode": 127, "error": "no such program"])
        let state = try containers.state(a)
        #expect(state.status == .created && state.exitCode == 127 && state.error == "no such program")
    }

    @Test("running is what the kernel says: this process, and no other of its number")
    func running() throws {
        try make(a, "web")
        let start = try #require(Process.startTime(of: Process.current))
        try write(a, "run.json", run(pid: Process.current, start: start))
        #expect(try containers.state(a).isRunning)
        try write(a, "run.json", run(pid: Process.current, start: start + 1))
        #expect(try containers.state(a).status == .exited)
        #expect(try containers.state(a).exitCode == 255)
    }

    @Test("a record of another boot means that it ended")
    func reboot() throws {
        try make(a, "web")
        let start = try #require(Process.startTime(of: Process.current))
        try write(a, "run.json", run(pid: Process.current, start: start, boot: "00000000-0000-0000-0000-000000000000"))
        let state = try containers.state(a)
        #expect(state.status == .exited && !state.error.isEmpty)
    }

    @Test("the exit record is the truth once it is there")
    func exited() throws {
        try make(a, "web")
        try write(a, "exit.json", ["exitCode": 7, "startedAt": "2026-01-02T00:00:00Z", "finishedAt": "2026-01-03T00:00:00Z"])
        let state = try containers.state(a)
        #expect(state.exitCode == 7 && state.finishedAt == "2026-01-03T00:00:00Z" && state.startedAt == "2026-01-02T00:00:00Z")
        let start = try #require(Process.startTime(of: Process.current))
        // Between the two steps of a monitor that is just ending, both are there.
        try write(a, "run.json", run(pid: Process.current, start: start))
        #expect(try containers.state(a).status == .exited)
    }

    @Test("programs are looked for along PATH, and not at all when they have a slash")
    func search() {
        #expect(ProgramSearch.candidates("sh", environment: ["PATH=/a:relative:/b"]) == ["/a/sh", "/b/sh"])
        #expect(ProgramSearch.candidates("./sh", environment: ["PATH=/a"]) == ["./sh"])
        #expect(ProgramSearch.candidates("sh", environment: []).first == "/usr/local/sbin/sh")
    }
}
