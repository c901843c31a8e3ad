import Images
import LinuxSys
import OCI
import Primitives
import Store
import TestSupport
import Testing

@Suite struct LoadTests {
    @Test(
        "every form of archive gives the same image, from a file and through a pipe", arguments: ["old", "layout", "both"], [false, true])
    func forms(_ form: String, _ piped: Bool) throws {
        let image = try SampleImage()
        let scratch = try LoadScratch()
        let files = form == "old" ? image.old : form == "layout" ? image.layout : image.layout + [("manifest.json", image.list)]
        #expect(try scratch.load(SampleImage.archive(files), piped: piped) == ["sample:1"])
        let record = try #require(try ImageRecords(scratch.store).read(image.id))
        #expect(record.diffIDs == image.layers.map { SHA256.of($0) })
        if form != "old" { #expect(record.manifest == image.manifestDigest) }
        #expect(try scratch.store.area(.staging).names() == [])
    }

    @Test("an archive is read whatever packs it", arguments: ["gzip -c", "zstd -qc", "xz -c", "bzip2 -c", "cat"])
    func packings(_ program: String) throws {
        let image = try SampleImage()
        let scratch = try LoadScratch()
        let plain = "\(scratch.scratch.path)/plain"
        try Directory.open(scratch.scratch.path).writeFile("plain", SampleImage.archive(image.layout), durable: false)
        try Command("/bin/sh", ["-c", "\(program) \(plain) >\(plain).packed"]).check()
        let packed = try HostFile.read("\(plain).packed")
        #expect(try scratch.load(packed) == ["sample:1"])
        #expect(try scratch.load(packed, piped: true) == ["sample:1"])
    }

    @Test("layers that are links to others of the archive are those, symbolic and hard", arguments: [true, false])
    func links(_ symbolic: Bool) throws {
        let image = try SampleImage(["same"])
        let layer = SHA256.of(image.layers[0]).hex
        let list: JSON = [["Config": .string("\(image.id.hex).json"), "RepoTags": .null, "Layers": ["0/layer.tar"]]]
        let archive = try Tar.make {
            try $0.file("\(layer).tar", image.layers[0])
            try $0.file("\(image.id.hex).json", image.config)
            if symbolic {
                try $0.link("0/layer.tar", to: "../\(layer).tar")
            } else {
                try $0.link("0/layer.tar", to: "\(layer).tar", .hardLink)
            }
            try $0.file("manifest.json", list.bytes)
        }
        let scratch = try LoadScratch()
        #expect(try scratch.load(archive) == [image.id.description])
    }

    @Test("the list of a layout may name other platforms than those that are there")
    func platforms() throws {
        var image = try SampleImage()
        let here = ContentDescriptor(
            mediaType: .ociManifest, digest: image.manifestDigest, sizeBytes: UInt64(image.manifest.count),
            platform: Platform(os: "linux", architecture: Host.machine))
        let there = ContentDescriptor(
            mediaType: .ociManifest, digest: SHA256.of("elsewhere"), sizeBytes: 9, platform: Platform(os: "linux", architecture: "s390x"))
        let list = JSON.object([
            "schemaVersion": 2, "mediaType": .string(MediaType.ociIndex.text), "manifests": [there.json, here.json],
        ]).bytes
        let files = image.layout + [(SampleImage.blob(SHA256.of(list)), list)]
        var top = ContentDescriptor(mediaType: .ociIndex, digest: SHA256.of(list), sizeBytes: UInt64(list.count))
        top.annotations = ["org.opencontainers.image.ref.name": "localhost/listed:3"]
        image.name = ""
        let index = JSON.object(["schemaVersion": 2, "manifests": [top.json]]).bytes
        let archive = try SampleImage.archive(files.filter { $0.0 != "index.json" } + [("index.json", index)])
        let scratch = try LoadScratch()
        #expect(try scratch.load(archive) == ["localhost/listed:3"])
        let missing = #expect(throws: Failure.self) {
            try scratch.load(archive, .platforms([Platform(os: "linux", architecture: "riscv64")]))
        }
        #expect(missing?.kind == .notFound)
    }

    @Test("an image that is here under the same manifest is not unpacked again, and only gets the name")
    func again() throws {
        var image = try SampleImage()
        let scratch = try LoadScratch()
        try scratch.load(SampleImage.archive(image.layout))
        let before = try ImageRecords(scratch.store).read(image.id)
        image.name = "other:2"
        // The same manifest stays, also when the archive knows none.
        #expect(try scratch.load(SampleImage.archive(image.old)) == ["other:2"])
        #expect(try ImageRecords(scratch.store).read(image.id) == before)
    }

    @Test("a damaged blob or a missing layer of the store is brought again")
    func repair() throws {
        let image = try SampleImage()
        let scratch = try LoadScratch()
        let archive = try SampleImage.archive(image.layout)
        try scratch.load(archive)
        let blobs = BlobStore(scratch.store)
        try blobs.remove(SHA256.of(image.layers[0]))
        let layers = LayerStore(scratch.store, singleOwner: LoadScratch.mappedIDs == nil)
        try layers.remove(SHA256.of(image.layers[1]))
        try scratch.load(archive)
        #expect(try blobs.size(SHA256.of(image.layers[0])) == Int64(image.layers[0].count))
        #expect(try layers.contains(SHA256.of(image.layers[1])))
    }

    @Test("what is saved from the store is read back with the same digests, in every form")
    func roundTrip() throws {
        let image = try SampleImage()
        let scratch = try LoadScratch()
        try scratch.load(SampleImage.archive(image.layout))
        let source = try StoreSource(ImageStore(scratch.store), ["sample:1"])
        for form in [ArchiveDestination.Form.docker, .oci] {
            let sink = Bytes()
            try ImageCopier(from: source, to: try ArchiveDestination(form) { (piece) throws(Failure) in sink.all += piece }, .all).run()
            let other = try LoadScratch()
            #expect(try other.load(sink.all) == ["sample:1"])
            #expect(try ImageRecords(other.store).read(image.id)?.manifest == image.manifestDigest)
        }
        for form in [DirectoryDestination.Form.layout, .flat] {
            let path = "\(scratch.scratch.path)/\(form)"
            try ImageCopier(from: source, to: try DirectoryDestination(form, path: path), .all).run()
            let other = try LoadScratch()
            #expect(try other.load(try FileSource.open(directory: path)) == [form == .layout ? "sample:1" : image.id.description])
            #expect(try ImageRecords(other.store).read(image.id)?.manifest == image.manifestDigest)
        }
    }
    private final class Bytes { var all: [UInt8] = [] }
}
