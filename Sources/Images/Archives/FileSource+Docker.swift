internal import Layers
internal import LinuxSys
internal import OCI
internal import Primitives

/// docker's archive: `manifest.json` lists images by configuration, names and layer files.
/// Spec: moby, image/spec/v1.2.md; newer ones are an OCI layout at the same time.
extension FileSource {
    private struct Entry {
        var config: String
        var names: [ImageReference]
        var layers: [String]
    }
    private static let imagesMax = 1000

    static func dockerArchive(_ files: any ImageFiles) throws(Failure) -> FileSource {
        var contents = Contents()
        for entry in try entries(files) { try add(entry, files, &contents) }
        return FileSource(files, contents, fileName: blobName)
    }

    /// Both lists in one archive: the layout counts, because it keeps the manifests, and the other must say the same. What
    /// one reader sees, every reader sees.
    static func both(_ files: any ImageFiles) throws(Failure) -> FileSource {
        var contents = try layoutContents(files)
        let source = FileSource(files, contents, fileName: blobName)
        for entry in try entries(files) {
            var found: Int?
            for (number, top) in contents.tops.enumerated() where found == nil {
                if try source.leads(top.descriptor, to: entry) { found = number }
            }
            guard let top = found else {
                throw Failure(.corrupt, "the archive contradicts itself: \"manifest.json\" lists an image that \"index.json\" does not")
            }
            for name in entry.names where !contents.tops[top].names.contains(name) { contents.tops[top].names.append(name) }
        }
        var seen: Set<ImageReference> = []
        for name in contents.tops.flatMap(\.names) where !seen.insert(name).inserted {
            throw Failure(.corrupt, "the archive contradicts itself: \"\(name.familiar)\" is the name of two images")
        }
        return FileSource(files, contents, fileName: blobName)
    }

    private static func entries(_ files: any ImageFiles) throws(Failure) -> [Entry] {
        let bytes = try files.document("manifest.json", limit: indexBytesMax) ?? []
        return try doing("\"manifest.json\"") { () throws(Failure) in
            guard let list = try JSON.parse(bytes).array else { throw Failure(.corrupt, "is no list of images") }
            if list.isEmpty || list.count > imagesMax { throw Failure(.corrupt, "lists \(list.count) images") }
            var out: [Entry] = []
            for item in list {
                guard let config = item["Config"]?.string else { throw Failure(.corrupt, "an image has no configuration") }
                let layers = item["Layers"].map { $0.isNull ? [] : $0.strings } ?? []
                let tags = item["RepoTags"].map { $0.isNull ? [] : $0.strings } ?? []
                guard let layers, let tags else { throw Failure(.corrupt, "an image has layers or names that are no texts") }
                if layers.count > ImageManifest.layersMax { throw Failure(.corrupt, "an image has \(layers.count) layers") }
                var names: [ImageReference] = []
                for tag in tags {
                    let name = try doing("the name \(printable(tag))") { () throws(Failure) in try ImageReference(tag) }
                    if name.digest == nil { names.append(name) }
                }
                out.append(Entry(config: config, names: names, layers: layers))
            }
            return out
        }
    }

    /// Makes the manifest that such an archive does not have.
    private static func add(_ entry: Entry, _ files: any ImageFiles, _ contents: inout Contents) throws(Failure) {
        guard let place = try files.file(entry.config) else { throw missing(entry.config) }
        let bytes = try doing("\(printable(entry.config))") { () throws(Failure) in try place.read(limit: ImageConfig.bytesMax) }
        let id = SHA256.of(bytes)
        if let promised = promise(entry.config), promised != id {
            throw Failure(.corrupt, "the configuration \(printable(entry.config)) has the digest \(id)")
        }
        let config = try ImageConfig.parse(bytes, layerCount: entry.layers.count)
        contents.places[id] = place
        var layers: [JSON] = []
        for (name, diffID) in zip(entry.layers, config.diffIDs) {
            guard let place = try files.file(name) else { throw missing(name) }
            let layer = try doing("the layer \(printable(name))") { () throws(Failure) in try descriptor(place, name, diffID) }
            contents.places[layer.digest] = place
            layers.append(layer.json)
        }
        let manifest = JSON.object([
            "schemaVersion": 2, "mediaType": .string(MediaType.ociManifest.text),
            "config": ContentDescriptor(mediaType: .ociConfig, digest: id, sizeBytes: place.sizeBytes).json, "layers": .array(layers),
        ]).bytes
        let digest = SHA256.of(manifest)
        contents.made[digest] = manifest
        if let known = contents.tops.firstIndex(where: { $0.descriptor.digest == digest }) {
            contents.tops[known].names += entry.names.filter { !contents.tops[known].names.contains($0) }
        } else {
            let descriptor = ContentDescriptor(mediaType: .ociManifest, digest: digest, sizeBytes: UInt64(manifest.count))
            var top = SourcedDocument(descriptor: descriptor, names: entry.names)
            top.isMade = true
            contents.tops.append(top)
        }
    }

    /// A plain layer is its own diff id; a packed one has the digest its name says, or one that is computed here.
    private static func descriptor(_ place: FileRegion, _ name: String, _ diffID: Digest) throws(Failure) -> ContentDescriptor {
        let type: MediaType
        switch try Compression.detect(try place.head(8)) {
        case .none: return ContentDescriptor(mediaType: .ociLayer, digest: diffID, sizeBytes: place.sizeBytes)
        case .zstd: type = .ociLayerZstd
        default: type = .ociLayerGzip
        }
        if let promised = promise(name), promised != diffID {
            return ContentDescriptor(mediaType: type, digest: promised, sizeBytes: place.sizeBytes)
        }
        var hash = SHA256()
        try place.send { (piece) throws(Failure) in hash.update(piece) }
        return ContentDescriptor(mediaType: type, digest: hash.digest(), sizeBytes: place.sizeBytes)
    }

    /// The digest in a name such as `HEX.json`, `HEX.tar` or `blobs/sha256/HEX`.
    private static func promise(_ name: String) -> Digest? {
        let last = name.split(separator: "/").last ?? ""
        return Digest(hex: last.split(separator: ".", omittingEmptySubsequences: false).first ?? "")
    }

    private static func missing(_ name: String) -> Failure { Failure(.corrupt, "the archive has no file \(printable(name))") }

    /// Whether the document is, or lists, the image of a line in `manifest.json`, with the same layers.
    private func leads(_ descriptor: ContentDescriptor, to entry: Entry, depth: Int = 0) throws(Failure) -> Bool {
        guard depth < 3 else { return false }
        guard try has(descriptor) else { return false }
        switch try parsed(descriptor).document {
        case .manifest(let manifest):
            guard let id = Self.promise(entry.config), manifest.config.digest == id else { return false }
            return manifest.layers.map(\.digest) == entry.layers.compactMap { Self.promise($0) }
                && manifest.layers.count == entry.layers.count
        case .index(let index):
            for inner in index.manifests { if try leads(inner, to: entry, depth: depth + 1) { return true } }
            return false
        }
    }
}
