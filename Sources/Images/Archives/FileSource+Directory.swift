internal import LinuxSys
internal import OCI
internal import Primitives

/// A directory as skopeo's `dir:` writes it: `manifest.json` and every blob under its digest.
extension FileSource {
    static func directory(_ files: any ImageFiles) throws(Failure) -> FileSource {
        guard let bytes = try files.document("manifest.json", limit: ManifestDocument.bytesMax) else {
            throw Failure(.notFound, "there is no manifest.json in the directory")
        }
        let document = try doing("\"manifest.json\"") { () throws(Failure) in try ManifestDocument.parse(bytes) }
        let top = ContentDescriptor(mediaType: document.mediaType, digest: SHA256.of(bytes), sizeBytes: UInt64(bytes.count))
        var contents = Contents(tops: [SourcedDocument(descriptor: top)], made: [top.digest: bytes])
        if case .index(let index) = document {
            for entry in index.manifests {
                if let place = try files.file("\(entry.digest.hex).manifest.json") { contents.places[entry.digest] = place }
            }
        }
        return FileSource(files, contents, fileName: { $0.hex })
    }
}
