import Images
import LinuxSys
import OCI
import Primitives
import Registry
import Store
import TestSupport
import Testing

@Suite struct PushTests {
    /// A store with an image for two platforms, as its index names them.
    struct Fixture {
        let scratch: Scratch
        let store: StoreRoot
        let id: Digest
        let manifests: [Digest]
        let index: Digest

        /// - Parameter isWhole: false leaves the second platform's layer out, as a pull for one platform does.
        init(isWhole: Bool) throws {
            scratch = try Scratch("push")
            store = try StoreRoot.open(path: "\(scratch.path)/store")
            let blobs = BlobStore(store)
            var ids: [Digest] = []
            var manifests: [Digest] = []
            var entries: [JSON] = []
            var all: [Digest] = []
            for (number, architecture) in ["amd64", "s390x"].enumerated() {
                let layer = [UInt8](repeating: UInt8(number), count: 1024)
                let config = JSON.object([
                    "architecture": .string(architecture), "os": "linux",
                    "rootfs": ["type": "layers", "diff_ids": [.string(SHA256.of(layer).description)]],
                ]).bytes
                func descriptor(_ type: String, _ bytes: [UInt8]) -> JSON {
                    ["mediaType": .string(type), "digest": .string(SHA256.of(bytes).description), "size": .int(Int64(bytes.count))]
                }
                let manifest = JSON.object([
                    "schemaVersion": 2, "mediaType": .string(MediaType.ociManifest.text),
                    "config": descriptor(MediaType.ociConfig.text, config), "layers": [descriptor(MediaType.ociLayer.text, layer)],
                ]).bytes
                if number == 0 || isWhole { try blobs.write(layer) }
                for bytes in [config, manifest] { all.append(try blobs.write(bytes)) }
                all.append(SHA256.of(layer))
                ids.append(SHA256.of(config))
                manifests.append(SHA256.of(manifest))
                var entry = descriptor(MediaType.ociManifest.text, manifest).object ?? [:]
                entry["platform"] = ["os": "linux", "architecture": .string(architecture)]
                entries.append(.object(entry))
            }
            let index = JSON.object(["schemaVersion": 2, "mediaType": .string(MediaType.ociIndex.text), "manifests": .array(entries)]).bytes
            self.index = try blobs.write(index)
            self.manifests = manifests
            id = ids[0]
            try ImageRecords(store).write(
                ImageRecord(
                    id: id, manifest: manifests[0], blobs: all + [self.index], diffIDs: [all[2]], repositoryDigests: [], sizeBytes: 1,
                    storedAt: "2026-01-01T00:00:00Z"))
        }

        func push(to registry: FakeRegistry, platform: Platform? = nil) throws -> PushedImage {
            let client = RegistryClient(RegistrySettings(userAgent: "proa/test"))
            let pusher = ImagePusher(store, client: client, cancellation: CancellationFlag()) { _ in }
            return try pusher.push(id, as: try ImageReference("\(registry.address)/app:1"), platform: platform)
        }
    }

    @Test("an index goes with everything it names")
    func index() throws {
        let registry = try FakeRegistry()
        let fixture = try Fixture(isWhole: true)
        #expect(try fixture.push(to: registry).digest == fixture.index)
        #expect(SHA256.of(try #require(registry.manifest("app:1"))) == fixture.index)
        for manifest in fixture.manifests { #expect(registry.manifest("app@\(manifest)") != nil) }
        #expect(registry.requests.last?["content-type"] == MediaType.ociIndex.text)
        // Again: nothing but the index itself.
        let before = registry.requests.count
        _ = try fixture.push(to: registry)
        #expect(registry.requests.dropFirst(before).filter { $0.method != "HEAD" && $0.path != "/v2/" }.map(\.method) == ["PUT"])
    }

    @Test("of an index that is not whole, and for one platform, the manifest goes alone")
    func single() throws {
        let registry = try FakeRegistry()
        #expect(try Fixture(isWhole: false).push(to: registry).digest == Fixture(isWhole: false).manifests[0])
        let other = try FakeRegistry()
        let fixture = try Fixture(isWhole: true)
        #expect(try fixture.push(to: other, platform: Platform(os: "linux", architecture: "s390x")).digest == fixture.manifests[1])
        #expect(other.manifest("app@\(fixture.manifests[0])") == nil)
    }

    @Test("a blob that was cut on the disk is not sent")
    func damaged() throws {
        let registry = try FakeRegistry()
        let fixture = try Fixture(isWhole: false)
        let blobs = try Directory.open("\(fixture.scratch.path)/store/blobs/sha256")
        let layer = SHA256.of([UInt8](repeating: 0, count: 1024))
        try blobs.remove(layer.hex)
        try blobs.writeFile(layer.hex, [1, 2, 3], durable: false)
        let error = #expect(throws: Failure.self) { try fixture.push(to: registry) }
        #expect(error?.kind == .corrupt)
        #expect(registry.manifest("app:1") == nil)
    }
}
