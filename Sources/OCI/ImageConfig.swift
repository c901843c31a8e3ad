package import Primitives

/// The configuration of an image: what it runs and of which layers it is made. Its digest is docker's image id.
/// Spec: image-spec, config.md.
package struct ImageConfig: Equatable, Sendable {
    package static let bytesMax = 8 << 20
    package static let historyMax = 4096

    /// A line of the image's history. Empty layers have none in the file system.
    package struct History: Equatable, Sendable {
        package var created: String?
        package var createdBy: String?
        package var author: String?
        package var comment: String?
        package var emptyLayer: Bool
    }

    package let platform: Platform
    /// RFC 3339, unchecked text of the image.
    package let created: String?
    package let author: String?
    package let config: ContainerDefaults
    /// Digests of the uncompressed layers, lowest first.
    package let diffIDs: [Digest]
    package let history: [History]
    /// The document as received, with members unknown to us.
    package let raw: JSON

    /// - Parameter layerCount: how many layers the manifest lists; another number of diff ids is `.corrupt`.
    package static func parse(_ bytes: [UInt8], layerCount: Int? = nil) throws(Failure) -> ImageConfig {
        guard bytes.count <= bytesMax else { throw Failure(.corrupt, "image configuration: larger than \(bytesMax) bytes") }
        let config = try ImageConfig(try doing("image configuration") { () throws(Failure) in try JSON.parse(bytes) })
        if let layerCount, layerCount != config.diffIDs.count {
            throw Failure(.corrupt, "image configuration: \(config.diffIDs.count) diff ids for \(layerCount) layers")
        }
        return config
    }

    package init(_ json: JSON) throws(Failure) {
        let fields = try Fields(json, "image configuration")
        platform = Platform(
            os: try fields.string("os") ?? "", architecture: try fields.string("architecture") ?? "",
            variant: try fields.string("variant"), osVersion: try fields.string("os.version"))
        created = try fields.string("created")
        author = try fields.string("author")
        config = try ContainerDefaults(fields["config"] ?? .object(JSONObject()))
        diffIDs = try Self.diffIDs(fields)
        history = try Self.history(fields)
        raw = json
    }

    private static func diffIDs(_ fields: Fields) throws(Failure) -> [Digest] {
        guard let rootfs = fields["rootfs"] else { throw fields.failure("rootfs", "is missing") }
        let inner = try Fields(rootfs, "image configuration: rootfs")
        guard try inner.string("type") == "layers" else { throw inner.failure("type", "is not \"layers\"") }
        var out: [Digest] = []
        for entry in try inner.array("diff_ids", max: ImageManifest.layersMax) {
            guard let digest = entry.string.flatMap({ Digest($0) }) else { throw inner.failure("diff_ids", "holds what is no digest") }
            out.append(digest)
        }
        return out
    }

    private static func history(_ fields: Fields) throws(Failure) -> [History] {
        var out: [History] = []
        for entry in try fields.array("history", max: historyMax) {
            let line = try Fields(entry, "image configuration: history")
            out.append(
                History(
                    created: try line.string("created"), createdBy: try line.string("created_by"), author: try line.string("author"),
                    comment: try line.string("comment"), emptyLayer: try line.bool("empty_layer") ?? false))
        }
        return out
    }
}
