package import Layers
internal import LinuxSys
internal import OCI
internal import Primitives
internal import Registry
internal import Store

/// How layers are to be packed at a registry.
package struct LayerPacking: Equatable, Sendable {
    /// gzip or zstd.
    package var compression: Compression
    /// `nil`: the usual one, and layers that are packed so already stay as they are.
    package var level: Int?

    package init(_ compression: Compression, level: Int?) { (self.compression, self.level) = (compression, level) }
}

/// A layer as it is sent.
struct PackedLayer: Sendable {
    var descriptor: ContentDescriptor
    var file: SharedFile
}

/// Packs layers of the store anew, into files that nobody sees.
struct LayerRepacker: Sendable {
    let root: StoreRoot
    let packing: LayerPacking
    let cancellation: CancellationFlag

    /// - Returns: `nil` for a layer that is packed so already.
    /// - Throws: `.corrupt` when the stored blob does not unpack to its diff id: nothing else may get its name.
    func repack(_ layer: PushPlan.Layer) throws(Failure) -> PackedLayer? {
        let blob = try BlobStore(root).open(layer.descriptor.digest)
        let source = BorrowedFile(blob)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 512 << 10, alignment: 64)
        defer { buffer.deallocate() }
        let input = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(256 << 10)])
        let output = UnsafeMutableRawBufferPointer(rebasing: buffer[(256 << 10)...])
        let head = try source.read(into: input, at: 0)
        let found = try Compression.detect(input[..<head])
        if found == packing.compression, packing.level == nil { return nil }
        let target = SharedFile(try root.area(.staging).unnamedFile())
        let packed = Packed()
        let compressor = try Compressor(packing.compression, level: packing.level) { (bytes) throws(Failure) in
            packed.hash.update(bytes)
            packed.sizeBytes += UInt64(bytes.count)
            try target.descriptor.write(bytes)
        }
        let decompressor = try Decompressor(found, limits: LayerLimits())
        var plain = SHA256()
        var position: UInt64 = 0
        while true {
            try cancellation.check()
            let count = try source.read(into: input, at: position)
            if count == 0 { break }
            position += UInt64(count)
            var rest = UnsafeRawBufferPointer(rebasing: input[..<count])
            while true {
                var room = output
                try decompressor.step(&rest, &room)
                let made = UnsafeRawBufferPointer(rebasing: output[..<(output.count - room.count)])
                plain.update(made)
                try compressor.feed(made)
                if rest.isEmpty, !room.isEmpty { break }
            }
        }
        try decompressor.finish()
        try compressor.finish()
        guard plain.digest() == layer.diffID else { throw Failure(.corrupt, "the stored blob is damaged: pull the image again") }
        let type: MediaType =
            packing.compression == .zstd
            ? .ociLayerZstd : layer.descriptor.mediaType.text.hasPrefix("application/vnd.docker.") ? .dockerLayerGzip : .ociLayerGzip
        let descriptor = ContentDescriptor(mediaType: type, digest: packed.hash.digest(), sizeBytes: packed.sizeBytes)
        return PackedLayer(descriptor: descriptor, file: target)
    }

    private final class Packed {
        var hash = SHA256()
        var sizeBytes: UInt64 = 0
    }

    /// The manifest with the layers as they are now; docker's own form knows no zstd and becomes the specification's.
    static func manifest(_ bytes: [UInt8], _ repacked: [Digest: ContentDescriptor]) throws(Failure) -> PushPlan.Document {
        guard case .manifest(let manifest) = try ManifestDocument.parse(bytes), var root = manifest.raw.object else {
            throw Failure(.corrupt, "the image's manifest cannot be read")
        }
        let isOCI = manifest.mediaType == .ociManifest || repacked.values.contains { $0.mediaType == .ociLayerZstd }
        let type: MediaType = isOCI ? .ociManifest : .dockerManifest
        root["mediaType"] = .string(type.text)
        if isOCI, var config = root["config"]?.object {
            config["mediaType"] = .string(MediaType.ociConfig.text)
            root["config"] = .object(config)
        }
        var layers: [JSON] = []
        for (descriptor, raw) in zip(manifest.layers, root["layers"]?.array ?? []) {
            if let new = repacked[descriptor.digest] {
                // Annotations of the old one tell of its bytes.
                layers.append(new.json)
            } else if isOCI, descriptor.mediaType == .dockerLayerGzip, var object = raw.object {
                object["mediaType"] = .string(MediaType.ociLayerGzip.text)
                layers.append(.object(object))
            } else if isOCI, descriptor.mediaType == .dockerLayer, var object = raw.object {
                object["mediaType"] = .string(MediaType.ociLayer.text)
                layers.append(.object(object))
            } else {
                layers.append(raw)
            }
        }
        root["layers"] = .array(layers)
        let out = JSON.object(root).bytes
        return PushPlan.Document(digest: SHA256.of(out), bytes: out, mediaType: type)
    }
}
