internal import Layers
internal import LinuxSys
internal import OCI
package import Primitives
package import Store

/// The image inside the binary: one small static program, stored like any other image.
package enum BuiltinHello {
    package static let domain = "proa.builtin"
    package static let name = "proa.builtin/hello:latest"

    /// Puts the image into the store unless it is there. Needs no network and no subordinate id.
    package static func install(_ root: StoreRoot, singleOwner: Bool) throws(Failure) -> Digest {
        let images = ImageStore(root)
        let layers = LayerStore(root, singleOwner: singleOwner)
        if let id = try images.records.resolve(name), let record = try images.records.read(id), try layers.contains(record.diffIDs[0]) {
            return id
        }
        let platform = Platform(os: "linux", architecture: Host.machine)
        guard let program = BuiltinImage.program(for: platform.architecture) else {
            throw Failure(.unsupported, "the built-in image has no program for \(platform)")
        }
        let lease = try Lease(root)
        let archive = try archive(program)
        let diffID = SHA256.of(archive)
        let config = JSON.object([
            "architecture": .string(platform.architecture), "os": "linux", "created": "2026-11-21T00:00:00Z",
            "config": ["Cmd": ["/hello"], "WorkingDir": "/"], "rootfs": ["type": "layers", "diff_ids": [.string(diffID.description)]],
            "history": [["created": "2026-11-21T00:00:00Z", "created_by": "proa"]],
        ]).bytes
        let id = SHA256.of(config)
        let manifest = JSON.object([
            "schemaVersion": 2, "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": [
                "mediaType": "application/vnd.oci.image.config.v1+json", "digest": .string(id.description),
                "size": .int(Int64(config.count)),
            ],
            "layers": [
                [
                    "mediaType": "application/vnd.oci.image.layer.v1.tar", "digest": .string(diffID.description),
                    "size": .int(Int64(archive.count)),
                ]
            ],
        ]).bytes
        try lease.protect([diffID, id, SHA256.of(manifest)])
        for blob in [archive, config, manifest] { try images.blobs.write(blob) }
        try unpack(archive, diffID, into: layers)
        try images.records.write(
            ImageRecord(
                id: id, manifest: SHA256.of(manifest), blobs: [id, diffID], diffIDs: [diffID], repositoryDigests: [],
                sizeBytes: Int64(program.count), storedAt: Timestamp(nanosecondsSinceEpoch: Clock.nowNanoseconds()).rfc3339()))
        try images.records.setName(name, to: id)
        return id
    }

    private static func archive(_ program: [UInt8]) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        let writer = TarWriter { (part) throws(Failure) in bytes.append(contentsOf: part) }
        var entry = TarEntry(.file, Array("hello".utf8))
        entry.mode = 0o755
        entry.sizeBytes = UInt64(program.count)
        try writer.add(entry)
        let result = program.withUnsafeBytes { part -> Result<Void, Failure> in Result { () throws(Failure) in try writer.write(part) } }
        try result.get()
        try writer.finish()
        return bytes
    }

    private static func unpack(_ archive: [UInt8], _ diffID: Digest, into layers: LayerStore) throws(Failure) {
        let held = try layers.lock(diffID)
        defer { held.hold() }
        if try layers.contains(diffID) { return }
        // Its one file belongs to the caller, who is uid 0 of every container.
        let pipeline = try LayerPipeline(into: try layers.stage(diffID), owners: .single, expectedDiffID: diffID)
        let result = archive.withUnsafeBytes { part -> Result<Void, Failure> in Result { () throws(Failure) in try pipeline.feed(part) } }
        try result.get()
        let summary = try pipeline.finish()
        try layers.commit(diffID, sizeBytes: Int64(summary.sizeBytes))
    }
}
