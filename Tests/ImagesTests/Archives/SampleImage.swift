import Layers
import LinuxSys
import OCI
import Primitives

/// An image of small layers in memory, and the archives that it may come in.
struct SampleImage {
    var layers: [[UInt8]]
    var config: [UInt8]
    var manifest: [UInt8]
    var name = "sample:1"

    var id: Digest { SHA256.of(config) }
    var manifestDigest: Digest { SHA256.of(manifest) }

    /// - Parameter texts: content of `file` in each layer.
    init(_ texts: [String] = ["one", "two"]) throws {
        layers = try texts.map { text in
            try Tar.make { try $0.file("file", text) }
        }
        let diffIDs = layers.map { JSON.string(SHA256.of($0).description) }
        config =
            JSON.object([
                "architecture": .string(Platform(os: "linux", architecture: Host.machine).architecture), "os": "linux",
                "config": ["Cmd": ["true"]], "rootfs": ["type": "layers", "diff_ids": .array(diffIDs)],
            ]).bytes
        manifest = []
        manifest = makeManifest()
    }

    func makeManifest() -> [UInt8] {
        JSON.object([
            "schemaVersion": 2, "mediaType": .string(MediaType.ociManifest.text),
            "config": ContentDescriptor(mediaType: .ociConfig, digest: id, sizeBytes: UInt64(config.count)).json,
            "layers": .array(
                layers.map { ContentDescriptor(mediaType: .ociLayer, digest: SHA256.of($0), sizeBytes: UInt64($0.count)).json }),
        ]).bytes
    }

    static func blob(_ digest: Digest) -> String { "blobs/sha256/\(digest.hex)" }

    /// `index.json` with this image under its name.
    var index: [UInt8] {
        var entry = ContentDescriptor(mediaType: .ociManifest, digest: manifestDigest, sizeBytes: UInt64(manifest.count))
        entry.annotations = ["io.containerd.image.name": "docker.io/library/\(name)"]
        return JSON.object(["schemaVersion": 2, "manifests": [entry.json]]).bytes
    }

    static let layoutVersion = Array(#"{"imageLayoutVersion":"1.0.0"}"#.utf8)

    /// docker's list, with layers where a layout has them.
    var list: [UInt8] {
        JSON.array([
            [
                "Config": .string(Self.blob(id)), "RepoTags": [.string(name)],
                "Layers": .strings(layers.map { Self.blob(SHA256.of($0)) }),
            ]
        ]).bytes
    }

    /// The files of an OCI layout, in order.
    var layout: [(String, [UInt8])] {
        [(Self.blob(id), config)] + layers.map { (Self.blob(SHA256.of($0)), $0) } + [
            (Self.blob(manifestDigest), manifest), ("index.json", index), ("oci-layout", Self.layoutVersion),
        ]
    }

    /// The files of an archive of docker before 25.
    var old: [(String, [UInt8])] {
        let names = layers.indices.map { "\(String(repeating: "\($0)", count: 64))/layer.tar" }
        let list: JSON = [["Config": .string("\(id.hex).json"), "RepoTags": [.string(name)], "Layers": .strings(names)]]
        return zip(names, layers).map { ($0, $1) } + [("\(id.hex).json", config), ("manifest.json", list.bytes)]
    }

    static func archive(_ files: [(String, [UInt8])]) throws -> [UInt8] {
        try Tar.make { for (name, bytes) in files { try $0.file(name, bytes) } }
    }
}

/// Writes small archives.
struct Tar {
    let writer: TarWriter

    static func make(_ build: (Tar) throws -> Void) throws -> [UInt8] {
        let sink = Sink()
        let tar = Tar(writer: TarWriter { (piece) throws(Failure) in sink.bytes += piece })
        try build(tar)
        try tar.writer.finish()
        return sink.bytes
    }
    private final class Sink { var bytes: [UInt8] = [] }

    func file(_ name: String, _ text: String) throws { try file(name, Array(text.utf8)) }
    func file(_ name: String, _ bytes: [UInt8]) throws {
        var entry = TarEntry(.file, Array(name.utf8))
        entry.sizeBytes = UInt64(bytes.count)
        try writer.add(entry)
        try bytes.withUnsafeBytes { piece in Result { () throws(Failure) in try writer.write(piece) } }.get()
    }
    func link(_ name: String, to target: String, _ kind: TarEntry.Kind = .symbolicLink) throws {
        var entry = TarEntry(kind, Array(name.utf8))
        entry.linkTarget = Array(target.utf8)
        try writer.add(entry)
    }
    func directory(_ name: String) throws { try writer.add(TarEntry(.directory, Array(name.utf8))) }
}
