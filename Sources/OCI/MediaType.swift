/// A media type of the image specification or of docker's schema 2; an unknown one is kept as it is.
/// Spec: image-spec, media-types.md.
package struct MediaType: Hashable, Sendable, CustomStringConvertible {
    package let text: String
    package init(_ text: String) { self.text = text }
    package var description: String { text }

    /// From a `Content-Type` header: parameters cut off, lower case.
    package init(header: String) {
        let end = header.firstIndex(of: ";") ?? header.endIndex
        text = String(header[..<end].split(separator: " ").first ?? "").lowercased()
    }

    package static let ociManifest = MediaType("application/vnd.oci.image.manifest.v1+json")
    package static let ociIndex = MediaType("application/vnd.oci.image.index.v1+json")
    package static let ociConfig = MediaType("application/vnd.oci.image.config.v1+json")
    package static let ociLayer = MediaType("application/vnd.oci.image.layer.v1.tar")
    package static let ociLayerGzip = MediaType("application/vnd.oci.image.layer.v1.tar+gzip")
    package static let ociLayerZstd = MediaType("application/vnd.oci.image.layer.v1.tar+zstd")
    package static let ociEmpty = MediaType("application/vnd.oci.empty.v1+json")
    package static let dockerManifest = MediaType("application/vnd.docker.distribution.manifest.v2+json")
    package static let dockerList = MediaType("application/vnd.docker.distribution.manifest.list.v2+json")
    package static let dockerConfig = MediaType("application/vnd.docker.container.image.v1+json")
    package static let dockerLayer = MediaType("application/vnd.docker.image.rootfs.diff.tar")
    package static let dockerLayerGzip = MediaType("application/vnd.docker.image.rootfs.diff.tar.gzip")

    /// What a request for a manifest accepts, in order of preference.
    package static let accepted: [MediaType] = [.ociIndex, .dockerList, .ociManifest, .dockerManifest]

    package var isManifest: Bool { self == .ociManifest || self == .dockerManifest }
    package var isIndex: Bool { self == .ociIndex || self == .dockerList }
    package var isImageConfig: Bool { self == .ociConfig || self == .dockerConfig }
    /// Docker's schema 1, signed or not: a format without content addresses that nobody should serve any more.
    package var isSchema1: Bool { text.hasPrefix("application/vnd.docker.distribution.manifest.v1+") }

    package enum Compression: Sendable, Equatable { case uncompressed, gzip, zstd }

    /// How a file system layer is compressed; `nil` for everything that is no such layer (or an unknown one).
    package var layerCompression: Compression? {
        switch text {
        case Self.ociLayer.text, Self.dockerLayer.text, "application/vnd.oci.image.layer.nondistributable.v1.tar": .uncompressed
        case Self.ociLayerGzip.text, Self.dockerLayerGzip.text, "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip":
            .gzip
        case Self.ociLayerZstd.text, "application/vnd.oci.image.layer.nondistributable.v1.tar+zstd",
            "application/vnd.docker.image.rootfs.diff.tar.zstd":
            .zstd
        default: nil
        }
    }
}
