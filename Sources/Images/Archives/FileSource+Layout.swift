internal import OCI
internal import Primitives

/// The OCI image layout. Spec: image-spec, image-layout.md.
extension FileSource {
    static func blobName(_ digest: Digest) -> String { "blobs/\(digest.algorithm.rawValue)/\(digest.hex)" }

    static let containerdName = "io.containerd.image.name"
    static let referenceName = "org.opencontainers.image.ref.name"

    static func layout(_ files: any ImageFiles) throws(Failure) -> FileSource {
        FileSource(files, try layoutContents(files), fileName: blobName)
    }

    static func layoutContents(_ files: any ImageFiles) throws(Failure) -> Contents {
        try checkVersion(try files.document("oci-layout", limit: 4096))
        let bytes = try files.document("index.json", limit: indexBytesMax) ?? []
        let document = try doing("\"index.json\"") { () throws(Failure) in try ManifestDocument.parse(bytes) }
        guard case .index(let index) = document else { throw Failure(.corrupt, "\"index.json\": is no index") }
        var contents = Contents()
        // An image that has several names stands there several times.
        for entry in index.manifests {
            let (name, label) = try self.name(entry)
            if let known = contents.tops.firstIndex(where: { $0.descriptor.digest == entry.digest }) {
                if let name, !contents.tops[known].names.contains(name) { contents.tops[known].names.append(name) }
                if let label { contents.tops[known].labels.append(label) }
            } else {
                var top = SourcedDocument(descriptor: entry, names: name.map { [$0] } ?? [])
                top.labels = label.map { [$0] } ?? []
                contents.tops.append(top)
            }
        }
        return contents
    }

    private static func checkVersion(_ bytes: [UInt8]?) throws(Failure) {
        let version = (try doing("\"oci-layout\"") { () throws(Failure) in try JSON.parse(bytes ?? []) })["imageLayoutVersion"]?.string
        guard let version, version.utf8.starts(with: "1.".utf8) else {
            throw Failure(.unsupported, "the image layout has the version \(printable(version ?? "")), and only 1 is known")
        }
    }

    /// docker and containerd write the full name; others a full name or only a tag, which names nothing by itself.
    private static func name(_ entry: ContentDescriptor) throws(Failure) -> (ImageReference?, label: String?) {
        let label = entry.annotations[referenceName]
        let full = entry.annotations[containerdName] ?? label.flatMap { $0.utf8.contains(0x3A) || $0.utf8.contains(0x2F) ? $0 : nil }
        guard let full else { return (nil, label) }
        do throws(Failure) {
            let name = try ImageReference(full)
            return (name.digest == nil ? name : nil, label)
        } catch {
            // A layout may be labelled with anything; only containerd's key promises a name.
            if entry.annotations[containerdName] == nil { return (nil, label) }
            throw Failure(.corrupt, "\"index.json\": \(printable(full)) is no name of an image: \(error.message)")
        }
    }
}
