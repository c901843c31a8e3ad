package import Layers
internal import LinuxSys
package import OCI
package import Primitives
package import Registry
package import Store

/// Makes an image of one layer out of an archive of files.
package struct ImageImporter {
    package struct Request: Sendable {
        package var platform: Platform
        /// The `config` member of the configuration.
        package var defaults: JSONObject
        package var message: String
        /// Where the files came from, for the history.
        package var origin: String
        package init(platform: Platform, defaults: JSONObject, message: String, origin: String) {
            (self.platform, self.defaults, self.message, self.origin) = (platform, defaults, message, origin)
        }
    }

    private let root: StoreRoot
    private let mappedIDs: UInt32?
    private let cancellation: CancellationFlag
    private let notice: @Sendable (String) -> Void

    /// - Parameter mappedIDs: ids of this user namespace; `nil`: every file belongs to the caller.
    package init(
        _ root: StoreRoot, mappedIDs: UInt32?, cancellation: CancellationFlag, notice: @escaping @Sendable (String) -> Void
    ) {
        (self.root, self.mappedIDs, self.cancellation, self.notice) = (root, mappedIDs, cancellation, notice)
    }

    /// - Parameters:
    ///   - layer: the archive, plain.
    ///   - name: given to the image.
    /// - Returns: the image's id.
    package func run(_ layer: PlainArchive, _ request: Request, as name: ImageReference?) throws(Failure) -> Digest {
        let created = Timestamp(nanosecondsSinceEpoch: Clock.nowNanoseconds()).rfc3339()
        var config = JSONObject()
        config["created"] = .string(created)
        config["architecture"] = .string(request.platform.architecture)
        if let variant = request.platform.variant { config["variant"] = .string(variant) }
        config["os"] = .string(request.platform.os)
        config["config"] = .object(request.defaults)
        config["rootfs"] = ["type": "layers", "diff_ids": [.string(layer.digest.description)]]
        var history: JSONObject = ["created": .string(created)]
        history["comment"] = .string(request.message.isEmpty ? "Imported from \(request.origin)" : request.message)
        config["history"] = [.object(history)]
        let bytes = JSON.object(config).bytes
        let layerEntry = ContentDescriptor(mediaType: .ociLayer, digest: layer.digest, sizeBytes: layer.sizeBytes)
        let configEntry = ContentDescriptor(mediaType: .ociConfig, digest: SHA256.of(bytes), sizeBytes: UInt64(bytes.count))
        let manifest = JSON.object([
            "schemaVersion": 2, "mediaType": .string(MediaType.ociManifest.text), "config": configEntry.json,
            "layers": [layerEntry.json],
        ]).bytes
        let top = ContentDescriptor(mediaType: .ociManifest, digest: SHA256.of(manifest), sizeBytes: UInt64(manifest.count))
        let place = FileRegion(file: layer.file, offset: 0, sizeBytes: layer.sizeBytes)
        let source = FileSource(
            NoFiles(),
            FileSource.Contents(
                tops: [SourcedDocument(descriptor: top, names: name.map { [$0] } ?? [])], places: [layer.digest: place],
                made: [top.digest: manifest, configEntry.digest: bytes]), fileName: FileSource.blobName)
        let destination = try StoreDestination(root, mappedIDs: mappedIDs, cancellation: cancellation, notice: notice) { _ in }
        try ImageCopier(from: source, to: destination, .all).run()
        return configEntry.digest
    }
}

/// Everything is at hand already.
private struct NoFiles: ImageFiles {
    func file(_ name: String) throws(Failure) -> FileRegion? { nil }
}
