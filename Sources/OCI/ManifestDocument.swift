package import Primitives

/// What a reference in a registry or an image layout leads to: an image, or a list of images.
///
/// The type is decided from the content. A document with the members of both kinds, or whose content contradicts its
/// `mediaType` or the header it came with, is refused: two readers must never see two images in one digest.
package enum ManifestDocument: Equatable, Sendable {
    case manifest(ImageManifest)
    case index(ImageIndex)

    /// Spec: distribution-spec, "Pushing Manifests": registries take at least 4 MiB.
    package static let bytesMax = 4 << 20

    package var mediaType: MediaType {
        switch self {
        case .manifest(let manifest): manifest.mediaType
        case .index(let index): index.mediaType
        }
    }

    /// - Parameter header: what the transport or the referring descriptor said; `nil` or a general type says nothing.
    /// - Throws: `.corrupt`; `.unsupported` for docker's schema 1.
    package static func parse(_ bytes: [UInt8], header: MediaType? = nil) throws(Failure) -> ManifestDocument {
        guard bytes.count <= bytesMax else { throw Failure(.corrupt, "manifest: larger than \(bytesMax) bytes") }
        let json = try doing("manifest") { () throws(Failure) in try JSON.parse(bytes) }
        let fields = try Fields(json, "manifest")
        let stated = try fields.mediaType()
        if header?.isSchema1 == true || stated?.isSchema1 == true || fields["fsLayers"] != nil || fields["schemaVersion"]?.int == 1 {
            throw Failure(
                .unsupported, "docker image format schema 1 is not supported: rebuild the image or push it again with a newer tool")
        }
        guard fields["schemaVersion"]?.int == 2 else { throw fields.failure("schemaVersion", "is not 2") }
        let isIndex = fields["manifests"] != nil
        let isManifest = fields["layers"] != nil || fields["config"] != nil
        if isIndex, isManifest { throw Failure(.corrupt, "manifest: claims to be an image and an index at once") }
        guard isIndex || isManifest else { throw Failure(.corrupt, "manifest: neither an image nor an index") }
        for said in [stated, header].compactMap({ $0 }) where isIndex ? said.isManifest : said.isIndex {
            throw Failure(.corrupt, "manifest: is \(isIndex ? "an index" : "an image") but calls itself \(said)")
        }
        let known = [stated, header].compactMap { $0 }.filter { isIndex ? $0.isIndex : $0.isManifest }
        if known.count == 2, known[0] != known[1] { throw Failure(.corrupt, "manifest: is \(known[0]) but came as \(known[1])") }
        if isIndex { return .index(try ImageIndex(json, mediaType: known.first ?? .ociIndex)) }
        return .manifest(try ImageManifest(json, mediaType: known.first ?? .ociManifest))
    }
}
