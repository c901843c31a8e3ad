import Images
import Layers
import LinuxSys
import OCI
import Primitives
import Store
import TestSupport
import Testing

/// Archives that lie, each refused with its reason; nothing of them stays.
@Suite struct HostileArchiveTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let reason: String
        let make: @Sendable () throws -> [UInt8]
        init(_ name: String, _ reason: String, _ make: @escaping @Sendable () throws -> [UInt8]) {
            (testDescription, self.reason, self.make) = (name, reason, make)
        }
    }

    /// The files of a layout after a change.
    private static func layout(_ change: (SampleImage, inout [(String, [UInt8])]) throws -> Void) throws -> [UInt8] {
        let image = try SampleImage()
        var files = image.layout
        try change(image, &files)
        return try SampleImage.archive(files)
    }

    private static func replace(_ name: String, _ bytes: [UInt8], in files: inout [(String, [UInt8])]) {
        files[files.firstIndex { $0.0 == name }!].1 = bytes
    }

    static let rows: [Row] = [
        Row("an empty file", "the archive is empty") { [] },
        Row("no archive", "wrong checksum") { Array(String(repeating: "x", count: 1024).utf8) },
        Row("only zeros", "it holds no image") { [UInt8](repeating: 0, count: 10240) },
        Row("no image", "it holds no image") { try SampleImage.archive([("readme", [1])]) },
        Row("an archive of docker before 1.10", "docker before 1.10") { try SampleImage.archive([("repositories", Array("{}".utf8))]) },
        Row("cut in the middle of a layer", "ends too early") {
            let bytes = try SampleImage.archive(SampleImage().old)
            return Array(bytes[..<1700])
        },
        Row("a layer with another content", "should have") {
            try layout { image, files in
                var other = image.layers[1]
                other[600] ^= 1
                replace(SampleImage.blob(SHA256.of(image.layers[1])), other, in: &files)
            }
        },
        Row("a layer of another size", "bytes and should have") {
            try layout { image, files in
                replace(SampleImage.blob(SHA256.of(image.layers[1])), image.layers[1] + [UInt8](repeating: 0, count: 512), in: &files)
            }
        },
        Row("a manifest with another digest", "has the digest") {
            try layout { image, files in
                var manifest = image.manifest
                manifest[manifest.count - 3] ^= 1
                replace(SampleImage.blob(image.manifestDigest), manifest, in: &files)
            }
        },
        Row("a configuration with another digest", "has the digest") {
            var image = try SampleImage()
            let name = "\(image.id.hex).json"
            let files = image.old
            image.config += [0x20]
            return try SampleImage.archive(files.map { $0.0 == name ? (name, image.config) : $0 })
        },
        Row("a layer that is missing", "is missing") {
            try layout { image, files in files.removeAll { $0.0 == SampleImage.blob(SHA256.of(image.layers[0])) } }
        },
        Row("more layers than diff ids", "diff ids for") {
            let image = try SampleImage()
            let list: JSON = [["Config": .string("\(image.id.hex).json"), "Layers": ["a", "b", "c"]]]
            return try SampleImage.archive([("\(image.id.hex).json", image.config), ("manifest.json", list.bytes)])
        },
        Row("two lists that name different images", "contradicts itself") {
            let (image, other) = (try SampleImage(), try SampleImage(["three"]))
            return try SampleImage.archive(
                image.layout + [
                    (SampleImage.blob(other.id), other.config), (SampleImage.blob(SHA256.of(other.layers[0])), other.layers[0]),
                    ("manifest.json", other.list),
                ])
        },
        Row("two lists that give one name to two images", "is the name of two images") {
            let (image, other) = (try SampleImage(), try SampleImage(["three"]))
            let entries = [image, other].map {
                ContentDescriptor(mediaType: .ociManifest, digest: $0.manifestDigest, sizeBytes: UInt64($0.manifest.count)).json
            }
            let index = JSON.object(["schemaVersion": 2, "manifests": .array(entries)]).bytes
            let lists = try [image, other].map { try JSON.parse($0.list).array![0] }
            var files = image.layout + other.layout.filter { !["index.json", "oci-layout"].contains($0.0) }
            replace("index.json", index, in: &files)
            return try SampleImage.archive(files + [("manifest.json", JSON.array(lists).bytes)])
        },
        Row("a document that is image and index at once", "an image and an index at once") {
            let image = try SampleImage()
            var manifest = try JSON.parse(image.manifest).object!
            manifest["manifests"] = []
            var both = image
            both.manifest = JSON.object(manifest).bytes
            return try SampleImage.archive(both.layout)
        },
        Row("two entries of one name", "two entries of this name") {
            try layout { image, files in files.append(("index.json", image.index)) }
        },
        Row("the same name spelt otherwise", "two entries of this name") {
            try layout { image, files in files.append(("./blobs//sha256/\(image.id.hex)", image.config)) }
        },
        Row("an absolute name", "the name is absolute") { try layout { _, files in files.append(("/etc/passwd", [1])) } },
        Row("a name that climbs", "leads out of the archive") { try layout { _, files in files.append(("blobs/../../x", [1])) } },
        Row("a list that names an absolute layer", "the name is absolute") {
            let image = try SampleImage(["a"])
            let list: JSON = [["Config": .string("\(image.id.hex).json"), "Layers": ["/etc/passwd"]]]
            return try SampleImage.archive([("\(image.id.hex).json", image.config), ("manifest.json", list.bytes)])
        },
        Row("a list that names a configuration outside", "leads out of the archive") {
            try SampleImage.archive([("manifest.json", JSON.array([["Config": "../../etc/passwd", "Layers": []]]).bytes)])
        },
        Row("a link that leads out", "leads out of the archive") {
            try Tar.make { try $0.link("layer.tar", to: "../../etc/passwd") }
        },
        Row("an absolute link", "the link leads out") { try Tar.make { try $0.link("layer.tar", to: "/etc/passwd") } },
        Row("a hard link that leads out", "the name is absolute") { try Tar.make { try $0.link("x", to: "/etc/passwd", .hardLink) } },
        Row("links in a circle", "round in circles") {
            let image = try SampleImage(["a"])
            let list: JSON = [["Config": .string("\(image.id.hex).json"), "Layers": ["a"]]]
            return try Tar.make {
                try $0.file("\(image.id.hex).json", image.config)
                try $0.link("a", to: "b")
                try $0.link("b", to: "a")
                try $0.file("manifest.json", list.bytes)
            }
        },
        Row("a device", "neither a file nor a directory") {
            try Tar.make { try $0.writer.add(TarEntry(.characterDevice, Array("x".utf8))) }
        },
        Row("a name that moves the cursor", "the name is no text") { try Tar.make { try $0.file("\u{1B}[2J", "x") } },
        Row("a name that no reference may have", "is no name of an image") {
            var image = try SampleImage()
            image.name = "UPPER/../x"
            return try SampleImage.archive(image.layout)
        },
        Row("the name of the built-in image", "belong to built-in images") {
            let image = try SampleImage()
            let list: JSON = [
                [
                    "Config": .string("\(image.id.hex).json"), "RepoTags": ["proa.builtin/hello:latest"],
                    "Layers": .strings(image.layers.indices.map { "\(String(repeating: "\($0)", count: 64))/layer.tar" }),
                ]
            ]
            return try SampleImage.archive(image.old.map { $0.0 == "manifest.json" ? ($0.0, list.bytes) : $0 })
        },
        Row("more entries than an archive of images has", "more than 65536 entries") {
            try Tar.make { for number in 0..<65600 { try $0.file("\(number)", "") } }
        },
        Row("a list of a hundred thousand images", "lists 100000 images") {
            try SampleImage.archive([("manifest.json", Array(("[" + String(repeating: "0,", count: 99999) + "0]").utf8))])
        },
        Row("an image format of another time", "only 1 is known") {
            try layout { _, files in replace("oci-layout", Array(#"{"imageLayoutVersion":"7.0.0"}"#.utf8), in: &files) }
        },
    ]

    @Test("a wrong archive is refused with its reason, and nothing of it stays", arguments: rows, [false, true])
    func refused(_ row: Row, _ piped: Bool) throws {
        let scratch = try LoadScratch()
        let archive = try row.make()
        let failure = #expect(throws: Failure.self) { try scratch.load(archive, piped: piped) }
        #expect(failure?.message.contains(row.reason) == true, "\(failure?.message ?? "")")
        #expect(try scratch.leftovers == [])
    }

    @Test("a sparse file is refused, whatever size it claims")
    func sparse() throws {
        let scratch = try Scratch("sparse")
        try Command("/bin/sh", ["-c", "truncate -s 100G big && tar --sparse -cf x.tar big"], directory: scratch.path).check()
        let archive = try HostFile.read("\(scratch.path)/x.tar")
        let load = try LoadScratch()
        let failure = #expect(throws: Failure.self) { try load.load(archive) }
        #expect(failure?.message.contains("it is sparse") == true)
        #expect(try load.leftovers == [])
    }

    @Test("a bomb of zeros takes neither time nor room: it is the end of an archive", arguments: ["gzip -1c", "zstd -qc"])
    func zeros(_ program: String) throws {
        let scratch = try Scratch("bomb")
        try Command("/bin/sh", ["-c", "head -c 300000000 /dev/zero | \(program) >bomb"], directory: scratch.path).check()
        let load = try LoadScratch()
        let bomb = try HostFile.read("\(scratch.path)/bomb")
        let failure = #expect(throws: Failure.self) { try load.load(bomb) }
        #expect(failure?.message.contains("it holds no image") == true)
        #expect(try load.leftovers == [])
    }

    @Test("a file of the archive that unpacks without end is stopped by its ratio")
    func ratio() throws {
        let scratch = try Scratch("bomb")
        // A header that claims 64 GiB, then zeros: a little more than a GiB of them is enough to see it.
        let script = """
            truncate -s 64G big && tar -cf - big 2>/dev/null | head -c 1024 >head
            { cat head; head -c 1200000000 /dev/zero; } | zstd -q1c >bomb
            """
        try Command("/bin/sh", ["-c", script], directory: scratch.path, timeoutSeconds: 60).check()
        let load = try LoadScratch()
        let bomb = try HostFile.read("\(scratch.path)/bomb")
        let failure = #expect(throws: Failure.self) { try load.load(bomb, piped: true) }
        #expect(failure?.message.contains("unpacks to more than 500 times its size") == true, "\(failure?.message ?? "")")
        #expect(try load.leftovers == [])
    }
}
