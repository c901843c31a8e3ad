import OCI
import Primitives
import Testing

let digestA = "sha256:" + String(repeating: "a", count: 64)
let digestB = "sha256:" + String(repeating: "b", count: 64)

func descriptor(_ type: String, _ digest: String = digestA, size: Int = 10, more: String = "") -> String {
    #"{"mediaType":"\#(type)","digest":"\#(digest)","size":\#(size)\#(more)}"#
}
let configJSON = descriptor("application/vnd.oci.image.config.v1+json")
let layerJSON = descriptor("application/vnd.oci.image.layer.v1.tar+gzip", digestB, size: 20)

@Suite struct ManifestDocumentTests {
    func manifest(_ members: String) -> [UInt8] { Array("{\(members)}".utf8) }

    @Test("an image manifest is read with its unknown members kept")
    func image() throws {
        let text =
            #""schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":\#(configJSON),"layers":[\#(layerJSON),\#(layerJSON)],"x":7,"annotations":{"k":"v"}"#
        guard case .manifest(let image) = try ManifestDocument.parse(manifest(text), header: .ociManifest) else {
            Issue.record("not an image")
            return
        }
        #expect(image.layers.count == 2)
        #expect(image.layers[0].mediaType.layerCompression == .gzip)
        #expect(image.totalBytes == 30, "a blob that is listed twice counts once")
        #expect(image.raw["x"] == 7)
        #expect(image.annotations == ["k": "v"])
        try image.requireImage()
    }

    static let corrupt: [(String, MediaType?)] = [
        (#""schemaVersion":2"#, nil),
        (#""schemaVersion":3,"config":\#(configJSON),"layers":[]"#, nil),
        (#""config":\#(configJSON),"layers":[]"#, nil),
        (#""schemaVersion":2,"config":\#(configJSON),"layers":[],"manifests":[]"#, nil),
        (#""schemaVersion":2,"config":\#(configJSON),"manifests":[]"#, nil),
        (#""schemaVersion":2,"layers":[]"#, nil),
        (#""schemaVersion":2,"config":\#(configJSON),"layers":{}"#, nil),
        (#""schemaVersion":2,"config":\#(configJSON),"layers":[7]"#, nil),
        (#""schemaVersion":2,"config":[],"layers":[]"#, nil),
        (#""schemaVersion":2,"config":\#(configJSON),"layers":[]"#, .ociIndex),
        (#""schemaVersion":2,"config":\#(configJSON),"layers":[]"#, .dockerList),
        (#""schemaVersion":2,"manifests":[]"#, .ociManifest),
        (#""schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","config":\#(configJSON),"layers":[]"#, nil),
        (
            #""schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":\#(configJSON),"layers":[]"#,
            .dockerManifest
        ),
        (#""schemaVersion":2,"config":\#(descriptor("x", "sha256:../../etc")),"layers":[]"#, nil),
        (#""schemaVersion":2,"config":\#(descriptor("x", size: -1)),"layers":[]"#, nil),
        (#""schemaVersion":2,"config":\#(descriptor("x", size: 1 << 41)),"layers":[]"#, nil),
        (#""schemaVersion":2,"config":{"digest":"\#(digestA)"},"layers":[]"#, nil),
        (#""schemaVersion":2,"config":{"digest":"\#(digestA)","size":1.5},"layers":[]"#, nil),
        (#""schemaVersion":2,"config":{"size":1},"layers":[]"#, nil),
    ]

    @Test("a contradictory or impossible manifest is refused", arguments: corrupt)
    func refuses(_ members: String, _ header: MediaType?) {
        #expect { try ManifestDocument.parse(manifest(members), header: header) } throws: { ($0 as? Failure)?.kind == .corrupt }
    }

    @Test("10,000 layers are refused with their number")
    func manyLayers() {
        let layers = Array(repeating: layerJSON, count: 10_000).joined(separator: ",")
        let text = #""schemaVersion":2,"config":\#(configJSON),"layers":[\#(layers)]"#
        #expect(throws: Failure(.corrupt, #"image manifest: "layers" has 10000 entries, more than 127"#)) {
            try ManifestDocument.parse(manifest(text))
        }
    }

    @Test("127 layers are accepted")
    func mostLayers() throws {
        let layers = Array(repeating: layerJSON, count: 127).joined(separator: ",")
        _ = try ManifestDocument.parse(manifest(#""schemaVersion":2,"config":\#(configJSON),"layers":[\#(layers)]"#))
    }

    @Test("a manifest beyond 4 MiB is refused")
    func large() {
        let text = #""schemaVersion":2,"config":\#(configJSON),"layers":[],"x":"\#(String(repeating: "x", count: 4 << 20))""#
        #expect { try ManifestDocument.parse(manifest(text)) } throws: { ($0 as? Failure)?.kind == .corrupt }
    }

    @Test(
        "docker's schema 1 is named as not supported",
        arguments: [
            #""schemaVersion":1,"fsLayers":[]"#, #""schemaVersion":1,"config":{},"layers":[]"#,
            #""mediaType":"application/vnd.docker.distribution.manifest.v1+prettyjws""#,
        ])
    func schema1(_ members: String) {
        #expect { try ManifestDocument.parse(manifest(members)) } throws: { ($0 as? Failure)?.kind == .unsupported }
    }

    @Test("an artifact parses and is no image")
    func artifact() throws {
        let config = descriptor("application/vnd.cncf.helm.config.v1+json")
        guard case .manifest(let manifest) = try ManifestDocument.parse(manifest(#""schemaVersion":2,"config":\#(config),"layers":[]"#))
        else {
            Issue.record("not a manifest")
            return
        }
        #expect { try manifest.requireImage() } throws: { ($0 as? Failure)?.kind == .unsupported }
    }

    @Test(
        "a header's parameters and case do not matter",
        arguments: [
            ("Application/vnd.OCI.image.index.v1+json; charset=utf-8", MediaType.ociIndex), ("", MediaType("")), (" ;", MediaType("")),
        ])
    func header(_ text: String, _ type: MediaType) { #expect(MediaType(header: text) == type) }
}
