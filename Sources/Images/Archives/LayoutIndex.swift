internal import OCI
internal import Primitives

/// The `index.json` of an image layout on its way. Spec: image-spec, image-layout.md, "index.json file".
struct LayoutIndex {
    static let version = JSON.object(["imageLayoutVersion": "1.0.0"]).bytes
    private var entries: [ContentDescriptor] = []

    init() {}

    /// What a layout has already.
    init(_ index: ImageIndex) { entries = index.manifests }

    /// One entry for each name, as docker and containerd write them.
    /// - Parameter fullLabels: the label is the whole name, which podman takes from there, else the tag alone.
    mutating func add(_ descriptor: ContentDescriptor, names: [ImageReference], label: String?, fullLabels: Bool) {
        var entry = ContentDescriptor(mediaType: descriptor.mediaType, digest: descriptor.digest, sizeBytes: descriptor.sizeBytes)
        if names.isEmpty {
            if let label { entry.annotations = [FileSource.referenceName: label] }
            insert(entry)
        }
        for name in names {
            entry.annotations = [
                FileSource.containerdName: name.canonical,
                FileSource.referenceName: label ?? (fullLabels ? name.canonical : name.tag ?? ""),
            ]
            insert(entry)
        }
    }

    /// The entries of single images give way to the list they belong to.
    mutating func replace(_ document: ManifestDocument, with index: SourcedDocument, label: String?, fullLabels: Bool) {
        if case .index(let list) = document {
            let members = Set(list.manifests.map(\.digest))
            entries.removeAll { members.contains($0.digest) && $0.annotations[FileSource.referenceName] == nil }
        }
        add(index.descriptor, names: index.names, label: label, fullLabels: fullLabels)
    }

    /// A name leads to one image: the newer one.
    private mutating func insert(_ entry: ContentDescriptor) {
        let label = entry.annotations[FileSource.referenceName]
        let name = entry.annotations[FileSource.containerdName]
        entries.removeAll { old in
            old.annotations[FileSource.containerdName] == name
                && (label == nil ? old.digest == entry.digest : old.annotations[FileSource.referenceName] == label)
        }
        entries.append(entry)
    }

    var json: JSON {
        ["schemaVersion": 2, "mediaType": .string(MediaType.ociIndex.text), "manifests": .array(entries.map(\.json))]
    }
}
