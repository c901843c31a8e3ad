import OCI
import Primitives
import TestSupport
import Testing

@Suite struct DocumentFuzzTests {
    static let digest = "sha256:" + String(repeating: "0f", count: 32)
    static let blob = #"{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip","digest":"\#(digest)","size":9,"annotations":{"a":"b"}}"#
    static let manifest = #"""
        {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"\#(digest)","size":7},"layers":[\#(blob),\#(blob)]}
        """#
    static let index = #"""
        {"schemaVersion":2,"manifests":[{"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"\#(digest)","size":9,"platform":{"os":"linux","architecture":"arm","variant":"v7","os.version":"1"}}]}
        """#
    static let config = #"""
        {"created":"2024-01-01T00:00:00Z","architecture":"amd64","os":"linux","config":{"Env":["A=b"],"Cmd":["sh"],"Entrypoint":null,"Volumes":{"/v":{}},"ExposedPorts":{"80/tcp":{}},"Labels":{"a":"b"},"Healthcheck":{"Test":["CMD","x"],"Interval":1}},"rootfs":{"type":"layers","diff_ids":["\#(digest)"]},"history":[{"created_by":"x","empty_layer":true}]}
        """#
    static let words = [
        "null", "-1", "1e400", "\"manifests\":[],", "\"layers\":[],", "\"schemaVersion\":1,", "\\u0000", "{\"a\":", "[[[[[[[[",
    ]

    @Test("a damaged manifest or index is refused or understood, in one way")
    func manifests() throws {
        Fuzz([Self.manifest, Self.index], words: Self.words).run(rounds: 4000) { bytes in
            guard let document = try? ManifestDocument.parse(bytes) else { return }
            #expect((try? ManifestDocument.parse(bytes, header: document.mediaType)) == document)
            switch document {
            case .manifest(let manifest):
                #expect(manifest.layers.count <= ImageManifest.layersMax && !document.mediaType.isIndex)
                #expect((try? JSON.parse(bytes))?["manifests"].map { $0.isNull } ?? true)
            case .index: #expect(!document.mediaType.isManifest)
            }
        }
    }

    @Test("a damaged configuration is refused or understood")
    func configurations() throws {
        Fuzz([Self.config], words: Self.words).run(rounds: 4000) { bytes in
            guard let config = try? ImageConfig.parse(bytes) else { return }
            #expect(config.diffIDs.count <= ImageManifest.layersMax && config.history.count <= ImageConfig.historyMax)
            #expect((try? ImageConfig.parse(config.raw.bytes)) != nil)
        }
    }
}
