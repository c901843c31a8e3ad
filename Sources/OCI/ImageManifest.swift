package import Primitives

/// One image: its configuration and its layers, lowest first. Spec: image-spec, manifest.md.
package struct ImageManifest: Equatable, Sendable {
    /// docker's own limit; overlayfs on every kernel we run on takes more.
    package static let layersMax = 127

    package let mediaType: MediaType
    package let config: ContentDescriptor
    package let layers: [ContentDescriptor]
    package let annotations: [String: String]
    /// Set for artifacts that are no images.
    package let artifactType: String?
    /// The document as received, with members unknown to us.
    package let raw: JSON

    init(_ json: JSON, mediaType: MediaType) throws(Failure) {
        let fields = try Fields(json, "image manifest")
        guard let config = fields["config"] else { throw fields.failure("config", "is missing") }
        var layers: [ContentDescriptor] = []
        for entry in try fields.array("layers", max: Self.layersMax) {
            layers.append(try ContentDescriptor(entry, in: "image manifest: layer"))
        }
        self.mediaType = mediaType
        self.config = try ContentDescriptor(config, in: "image manifest: config")
        self.layers = layers
        annotations = Dictionary(try fields.map("annotations").map { ($0.key, $0.value) }) { _, last in last }
        artifactType = try fields.string("artifactType")
        raw = json
    }

    /// The bytes all distinct blobs have together, configuration included.
    package var totalBytes: UInt64 {
        var seen: Set<Digest> = []
        return ([config] + layers).reduce(0) { seen.insert($1.digest).inserted ? $0 + $1.sizeBytes : $0 }
    }

    /// - Throws: `.unsupported` when this is an artifact (a chart, a signature) or has layers we cannot unpack.
    package func requireImage() throws(Failure) {
        guard config.mediaType.isImageConfig else {
            throw Failure(
                .unsupported, "this is no container image: its configuration has the type \(Fields.quoted(config.mediaType.text))")
        }
        for layer in layers where layer.mediaType.layerCompression == nil {
            throw Failure(.unsupported, "layer \(layer.digest.short) has the unknown type \(Fields.quoted(layer.mediaType.text))")
        }
    }
}
