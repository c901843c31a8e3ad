import LinuxSys
import Primitives
import Store
import TestSupport
import Testing

@Suite struct StoreTests {
    private let scratch: Scratch
    private let store: StoreRoot

    init() throws {
        scratch = try Scratch("store")
        store = try StoreRoot.open(path: "\(scratch.path)/data")
    }

    private func record(_ id: Digest, blobs: [Digest] = [], layers: [Digest] = [], at time: String = "2026-01-01T00:00:00Z") -> ImageRecord
    {
        ImageRecord(
            id: id, manifest: SHA256.of("manifest \(id)"), blobs: blobs, diffIDs: layers, repositoryDigests: ["x@\(id)"], sizeBytes: 7,
            storedAt: time)
    }

    @Test("a store that was never used reads as empty and stays closed to others")
    func empty() throws {
        #expect(try ImageRecords(store).all().isEmpty)
        #expect(try BlobStore(store).all().isEmpty)
        #expect(HostFile.status("\(scratch.path)/data")?.mode == 0o700)
    }

    @Test("a blob comes back as it went in, and a damaged one is noticed")
    func blobs() throws {
        let blobs = BlobStore(store)
        let digest = try blobs.write(Array("hello".utf8))
        #expect(try blobs.read(digest) == Array("hello".utf8))
        try Directory.open("\(scratch.path)/data/blobs/sha256").writeFile(digest.hex, Array("hullo".utf8))
        #expect(throws: Failure(.corrupt, "blob \(digest) in the store is damaged")) { try blobs.read(digest) }
    }

    @Test("a partial blob survives its process and becomes a blob in one step")
    func partial() throws {
        let blobs = BlobStore(store)
        let digest = SHA256.of("abcdef")
        do {
            let partial = try blobs.partial(digest)
            try partial.withDescriptor { (file) throws(Failure) in try file.write("abc") }
        }
        let partial = try blobs.partial(digest)
        let known = try partial.withDescriptor { (file) throws(Failure) in try file.readAll() }
        #expect(known == Array("abc".utf8))
        try partial.withDescriptor { (file) throws(Failure) in try file.write("def") }
        #expect(try blobs.size(digest) == nil)
        try partial.commit()
        #expect(try blobs.read(digest) == Array("abcdef".utf8))
    }

    @Test("a name moves from image to image in one step; records list newest first")
    func names() throws {
        let records = ImageRecords(store)
        let (a, b) = (SHA256.of("a"), SHA256.of("b"))
        try records.write(record(a, at: "2026-01-01T00:00:00Z"))
        try records.write(record(b, at: "2026-01-02T00:00:00Z"))
        try records.setName("docker.io/library/x:latest", to: a)
        try records.setName("docker.io/library/x:latest", to: b)
        #expect(try records.resolve("docker.io/library/x:latest") == b)
        #expect(try records.all().map(\.id) == [b, a])
        try records.removeName("docker.io/library/x:latest")
        #expect(try records.names().isEmpty)
    }

    @Test("collection removes what nothing needs and keeps images, leases and containers")
    func collect() throws {
        let blobs = BlobStore(store)
        let kept = try blobs.write([1])
        let leased = try blobs.write([2])
        let dead = try blobs.write([3])
        try ImageRecords(store).write(record(SHA256.of("i"), blobs: [kept]))
        let layers = LayerStore(store, singleOwner: false)
        for name in ["used", "unused"] {
            _ = try layers.stage(SHA256.of(name))
            try layers.commit(SHA256.of(name), sizeBytes: 1)
        }
        let lease = try Lease(store)
        try lease.protect([leased])
        let collected = try store.collect(layersInUse: { [SHA256.of("used")] })
        #expect(collected.blobs == [dead])
        #expect(collected.layers == [SHA256.of("unused")])
        #expect(try layers.contains(SHA256.of("used")))
        withExtendedLifetime(lease) {}
    }

    @Test("a lease ends with its holder, and its file goes with the next collection")
    func leaseEnds() throws {
        let blob = try BlobStore(store).write([9])
        do {
            let lease = try Lease(store)
            try lease.protect([blob])
            #expect(try store.collect(layersInUse: { [] }).blobs.isEmpty)
            withExtendedLifetime(lease) {}
        }
        // What a killed process leaves: a file that nobody locks.
        try Directory.open("\(scratch.path)/data/leases").writeFile("77-1", Array("\(blob.hex)\n".utf8))
        #expect(try store.collect(layersInUse: { [] }).blobs == [blob])
        #expect(try Directory.open("\(scratch.path)/data/leases").names() == ["collect.lock"])
    }

    @Test("an unpacked layer is visible only after its commit, and staging left by a crash is replaced")
    func layers() throws {
        let layers = LayerStore(store, singleOwner: true)
        let id = SHA256.of("layer")
        try layers.stage(id).writeFile("old", [1])
        let fresh = try layers.stage(id)
        #expect(try fresh.names().isEmpty)
        try fresh.writeFile("new", [1])
        #expect(try !layers.contains(id))
        try layers.commit(id, sizeBytes: 1)
        #expect(try layers.contains(id))
        #expect(try layers.sizeBytes(id) == 1)
        #expect(HostFile.exists("\(scratch.path)/data/\(layers.relativePath(id))/new"))
        try layers.remove(id)
        #expect(try !layers.contains(id))
    }

    @Test(
        "where the store lies",
        arguments: [
            (["PROA_DATA": "/d", "XDG_DATA_HOME": "/x"], 1000, "/d"), (["XDG_DATA_HOME": "/x"], 1000, "/x/proa"),
            (["HOME": "/h"], 1000, "/h/.local/share/proa"),
            (["XDG_DATA_HOME": "relative", "HOME": "/h"], 1000, "/h/.local/share/proa"), (["HOME": "/root"], 0, "/var/lib/proa"),
            ([:], 1000, "/home/u/.local/share/proa"),
        ] as [([String: String], UInt32, String)])
    func places(_ environment: [String: String], _ uid: UInt32, _ data: String) throws {
        #expect(try StorePlaces.standard({ environment[$0] }, uid: uid, home: { "/home/u" }).data == data)
    }
}
