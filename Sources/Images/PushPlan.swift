internal import OCI
internal import Primitives
internal import Store

/// What has to be at a registry before an image is complete there, from the store's documents.
struct PushPlan {
    struct Layer: Sendable {
        var descriptor: ContentDescriptor
        var diffID: Digest
    }
    struct Document {
        var digest: Digest
        var bytes: [UInt8]
        var mediaType: MediaType
    }

    /// Lowest first, each once.
    private(set) var layers: [Layer] = []
    private(set) var configs: [ContentDescriptor] = []
    /// Manifests that an index names.
    private(set) var children: [Document] = []
    /// What the tag is to name.
    let top: Document

    /// The image's index with all it names where the store has all of it, else the image's own manifest.
    /// - Parameters:
    ///   - platform: only the manifest for this one.
    ///   - isSingle: never an index.
    init(_ record: ImageRecord, _ blobs: BlobStore, platform: Platform?, isSingle: Bool = false, _ reference: ImageReference)
        throws(Failure)
    {
        let own = try Self.document(record.manifest, blobs)
        guard case .manifest(let manifest) = try ManifestDocument.parse(own.bytes) else {
            throw Failure(.corrupt, "image \(record.id.short): its manifest in the store is an index")
        }
        let index = Self.index(record, manifest, blobs)
        if let platform {
            let config = try ImageConfig.parse(try blobs.read(record.id))
            if platform.rank(of: config.platform) == nil {
                guard let index, let chosen = try? index.index.choose(for: platform), try blobs.size(chosen.digest) != nil else {
                    throw Failure(
                        .notFound,
                        "image with reference \(reference.familiar) was found but does not match the specified platform: wanted \(platform), actual: \(config.platform)"
                    )
                }
                top = try Self.document(chosen.digest, blobs)
                guard try add(top, blobs) else { throw Self.incomplete(record) }
                return
            }
        } else if let index, !isSingle {
            var whole = Self(top: index.document)
            if try whole.add(index.index, blobs) {
                self = whole
                return
            }
        }
        top = own
        guard try add(top, blobs) else { throw Self.incomplete(record) }
    }

    private init(top: Document) { self.top = top }

    private static func incomplete(_ record: ImageRecord) -> Failure {
        Failure(.corrupt, "image \(record.id.short): parts of it are not in the store: pull it again")
    }

    private static func document(_ digest: Digest, _ blobs: BlobStore) throws(Failure) -> Document {
        let bytes = try blobs.read(digest, limit: ManifestDocument.bytesMax)
        return Document(digest: digest, bytes: bytes, mediaType: try ManifestDocument.parse(bytes).mediaType)
    }

    /// The index under which the image came, if it is here.
    private static func index(_ record: ImageRecord, _ manifest: ImageManifest, _ blobs: BlobStore) -> (
        document: Document, index: ImageIndex
    )? {
        let known = Set([manifest.config.digest, record.manifest] + manifest.layers.map(\.digest))
        for digest in record.blobs where !known.contains(digest) {
            // A blob that is no index, or is damaged, is simply not it.
            guard let document = try? document(digest, blobs), case .index(let index)? = try? ManifestDocument.parse(document.bytes) else {
                continue
            }
            return (document, index)
        }
        return nil
    }

    /// - Returns: false when something that the index names is not in the store.
    private mutating func add(_ index: ImageIndex, _ blobs: BlobStore) throws(Failure) -> Bool {
        for entry in index.manifests {
            guard entry.digest.algorithm == .sha256, try blobs.size(entry.digest) != nil else { return false }
            let child = try Self.document(entry.digest, blobs)
            guard try add(child, blobs) else { return false }
            children.append(child)
        }
        return !children.isEmpty
    }

    private mutating func add(_ document: Document, _ blobs: BlobStore) throws(Failure) -> Bool {
        guard case .manifest(let manifest) = try ManifestDocument.parse(document.bytes) else { return false }
        for blob in [manifest.config] + manifest.layers where try blobs.size(blob.digest) == nil { return false }
        let config = try? ImageConfig.parse(try blobs.read(manifest.config.digest), layerCount: manifest.layers.count)
        configs.append(manifest.config)
        // An attestation has no diff ids: its layers go by their own digests.
        for (number, descriptor) in manifest.layers.enumerated()
        where !layers.contains(where: { $0.descriptor.digest == descriptor.digest }) {
            layers.append(Layer(descriptor: descriptor, diffID: config?.diffIDs[number] ?? descriptor.digest))
        }
        return true
    }
}
