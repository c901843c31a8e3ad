import LinuxSys
import Primitives
import Store
import TestSupport
import Testing

@Suite struct VolumeStoreTests {
    private let scratch: Scratch
    private let volumes: VolumeStore

    init() throws {
        scratch = try Scratch("volumes")
        volumes = VolumeStore(try StoreRoot.open(path: "\(scratch.path)/data"))
    }

    private func record(_ name: String, labels: JSONObject = [:]) -> VolumeRecord {
        VolumeRecord(
            name: name, created: "2026-01-01T00:00:00Z", labels: labels, options: ["type": "tmpfs", "device": "x", "o": "size=1m"])
    }

    @Test("a volume comes back as it was made, and is made once")
    func make() throws {
        #expect(try volumes.all { _ in }.isEmpty && volumes.names().isEmpty && volumes.find("one") == nil)
        let made = try volumes.make(record("one", labels: ["b": "2", "a": ""]))
        #expect(try volumes.find("one") == made)
        #expect(made.labels.keys == ["a", "b"] && made.options.keys == ["device", "o", "type"])
        #expect(HostFile.isDirectory(volumes.dataPath("one")))
        #expect(try volumes.make(record("one")) == made)
        _ = try volumes.make(record("one10"))
        _ = try volumes.make(record("one9"))
        #expect(try volumes.all { _ in }.map(\.name) == ["one", "one9", "one10"])
    }

    @Test("what a killed command left of a volume is no volume, and goes with the next one that is made")
    func interrupted() throws {
        _ = try volumes.make(record("one"))
        try HostFile.makeDirectories("\(scratch.path)/data/volumes/.new/_data/deep")
        #expect(try volumes.names() == ["one"])
        _ = try volumes.make(record("two"))
        #expect(try volumes.names() == ["one", "two"])
        #expect(!HostFile.exists("\(scratch.path)/data/volumes/.new") && !HostFile.exists("\(volumes.dataPath("two"))/deep"))
    }

    @Test(
        "a damaged record hides no other volume",
        arguments: [
            "", "{}", "[1]", "{\"created\":1,\"labels\":{},\"options\":{}}", "{\"created\":\"x\",\"labels\":{\"a\":1},\"options\":{}}",
        ])
    func damage(_ text: String) throws {
        _ = try volumes.make(record("good"))
        _ = try volumes.make(record("torn"))
        try Directory.open(volumes.directoryPath("torn")).writeFile("volume.json", Array(text.utf8))
        var told: [String] = []
        #expect(try volumes.all { told.append($0.message) }.map(\.name) == ["good"])
        #expect(told.count == 1 && told[0].contains("\"torn\""))
        #expect(throws: Failure.self) { try volumes.find("torn") }
        #expect(try volumes.remove("torn") { () throws(Failure) in true } != nil)
        #expect(try volumes.names() == ["good"])
    }

    @Test("nobody removes a volume that is held, or that is not free", arguments: [true, false])
    func hold(_ isHeld: Bool) throws {
        _ = try volumes.make(record("one"))
        let hold = isHeld ? try volumes.hold("one") : nil
        if isHeld {
            // Whoever wants to remove it waits: the lock is taken.
            #expect(try Lock.attempt("lock", in: volumes.open("one"), .exclusive) == nil)
        } else {
            #expect(try volumes.remove("one") { () throws(Failure) in false } == nil)
        }
        #expect(try volumes.contains("one"))
        withExtendedLifetime(hold) {}
    }

    @Test("a removed volume is out of sight, and another of its name begins empty")
    func remove() throws {
        _ = try volumes.make(record("one"))
        try Directory.open(volumes.dataPath("one")).createFile("old", [], mode: 0o600)
        let dead = try #require(try volumes.remove("one") { () throws(Failure) in true })
        #expect(try volumes.find("one") == nil && volumes.hold("one") == nil)
        #expect(try volumes.root.deadNames() == [dead])
        _ = try volumes.make(record("one"))
        #expect(try Directory.open(volumes.dataPath("one")).names() == [])
        #expect(try volumes.remove("none") { () throws(Failure) in true } == nil)
    }

    @Test("names that are paths stand for nothing", arguments: ["", ".", "..", "../blobs", "a/b", ".lock", "/etc"])
    func names(_ name: String) throws {
        _ = try volumes.make(record("one"))
        #expect(try volumes.find(name) == nil && !volumes.contains(name))
        #expect(try volumes.remove(name) { () throws(Failure) in true } == nil)
    }

    @Test("volumes have a place of their own in the store's usage")
    func usage() throws {
        _ = try volumes.make(record("one"))
        try Directory.open(volumes.dataPath("one")).createFile("file", [UInt8](repeating: 1, count: 100_000), mode: 0o600)
        let usage = try volumes.root.usage()
        #expect(usage.volumes.keys.sorted() == ["one"])
        #expect(try usage.volumes["one"] == volumes.diskBytes("one") && usage.volumes["one"]! >= 100_000)
        #expect(usage.other.bytes == 0)
    }
}
