import Glibc
import LinuxSys
import Primitives
import Store
import TestSupport
import Testing

@Suite struct UsageTests {
    private let scratch: Scratch

    init() throws { scratch = try Scratch("usage") }

    private func make(_ script: String) throws { try Command("/bin/sh", ["-euc", script], directory: scratch.path).check() }

    @Test("a tree is counted as du counts it: blocks, directories, holes, and a file with two names once")
    func counting() throws {
        try make(
            "mkdir -p t/a/b; seq 1 9999 >t/a/file; ln t/a/file t/again; truncate -s 100M t/sparse; ln -s nowhere t/link; mkfifo t/pipe")
        try make("d=t; for i in $(seq 1 150); do d=$d/deep; mkdir $d; done; echo end >$d/file")
        var counter = UsageCounter()
        let directory = try Directory.open(scratch.path)
        let expected = try Command("du", ["-s", "-B1", "\(scratch.path)/t"]).check().text.split(separator: "\t")[0]
        let first = try counter.usage(of: "t", in: directory)
        #expect(String(first.bytes) == expected)
        #expect(first.files > 155)
        #expect(try counter.usage(of: "nothing", in: directory) == TreeUsage())
    }

    @Test("a walk needs few descriptors and comes back out of any depth")
    func depth() throws {
        try make("mkdir t; cd t; for i in $(seq 1 1500); do mkdir d; cd d; done; echo end >file; cd /; ")
        var names = 0
        try TreeWalk.run(try Directory.open("\(scratch.path)/t")) { (_, visit) throws(Failure) in if case .name = visit { names += 1 } }
        #expect(names == 1501)
    }

    @Test(
        "a summary tells every change of a tree but that of contents",
        arguments: [
            "rm t/b/file", ": >t/new", "chmod 600 t/a", "ln -sf elsewhere t/link", "truncate -s 1 t/a", "touch -d 2001-01-01 t/a",
            "mv t/a t/c", "rm t/link; : >t/link", "mkdir t/b/empty", "chmod 700 t", "mv t/b/file t/file",
        ])
    func summary(_ change: String) throws {
        try make("umask 022; mkdir -p t/b; echo one >t/a; echo two >t/b/file; ln -s a t/link; touch -d 2020-01-01 t/a t/b/file t/b")
        let before = try TreeSummary.of(try Directory.open("\(scratch.path)/t"))
        #expect(before.entries == 5 && before.sizeBytes == 8)
        #expect(try TreeSummary.of(try Directory.open("\(scratch.path)/t")) == before)
        try make(change)
        #expect(try TreeSummary.of(try Directory.open("\(scratch.path)/t")) != before)
    }

    @Test("a layer's note keeps what was committed, and an old one only the size")
    func note() throws {
        let store = try StoreRoot.open(path: "\(scratch.path)/data", additional: [])
        let layers = LayerStore(store, singleOwner: true)
        let id = SHA256.of("layer")
        try layers.stage(id).writeFile("file", [1, 2, 3])
        try layers.commit(id, sizeBytes: 3)
        let note = try #require(try layers.note(id))
        #expect(note.sizeBytes == 3)
        #expect(try note.tree == layers.tree(id))
        try Directory.open("\(scratch.path)/data/layers-single").writeFile("\(id.hex).json", Array(#"{"sizeBytes":3}"#.utf8))
        #expect(try layers.note(id)?.tree == nil)
        #expect(try layers.sizeBytes(id) == 3)
    }

    @Test("collection removes what crashes left of writing, but nothing that a living process writes")
    func temporaries() throws {
        let store = try StoreRoot.open(path: "\(scratch.path)/data", additional: [])
        let id = SHA256.of("gone")
        _ = try store.area(.layers)
        _ = try BlobStore(store).write([1])
        try make(": >data/layers/\(id.hex).json; : >data/blobs/sha256/.x.4194305.7; : >data/blobs/sha256/.y.\(getpid()).7")
        try store.collect(layersInUse: { [] })
        #expect(try Directory.open("\(scratch.path)/data/layers").names() == [])
        #expect(try Directory.open("\(scratch.path)/data/blobs/sha256").names() == [".y.\(getpid()).7"])
    }

    @Test("what an additional store has is read there and not written here")
    func additional() throws {
        let other = try StoreRoot.open(path: "\(scratch.path)/other", additional: [])
        let blob = try BlobStore(other).write([1, 2])
        let id = SHA256.of("i")
        try ImageRecords(other).write(
            ImageRecord(
                id: id, manifest: blob, blobs: [blob], diffIDs: [], repositoryDigests: [], sizeBytes: 7, storedAt: "2026-01-01T00:00:00Z"))
        try ImageRecords(other).setName("docker.io/library/x:latest", to: id)
        let store = try StoreRoot.open(path: "\(scratch.path)/data", additional: ["\(scratch.path)/other"])
        let records = ImageRecords(store)
        #expect(try BlobStore(store).read(blob) == [1, 2] && BlobStore(store).all() == [])
        #expect(try records.all().map(\.id) == [id] && records.own() == [] && !records.owns(id))
        #expect(try records.resolve("docker.io/library/x:latest") == id)
        try records.setName("docker.io/library/x:latest", to: SHA256.of("mine"))
        #expect(try records.resolve("docker.io/library/x:latest") == SHA256.of("mine"))
        #expect(try records.names().count == 1)
        #expect(throws: Failure.self) { _ = try store.additional[0].area(.images) }
        #expect(try store.collect(layersInUse: { [] }) == Collected())
        #expect(throws: Failure.self) { try StoreRoot.open(path: "\(scratch.path)/data", additional: ["relative"]) }
    }
}
