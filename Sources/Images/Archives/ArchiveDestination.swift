internal import Layers
internal import LinuxSys
internal import OCI
package import Primitives

/// One tar archive with an OCI image layout in it and, for docker, the list that `docker load` reads. Blobs are written as
/// they are, so every digest stays. The same images give the same bytes.
package final class ArchiveDestination: ImageDestination {
    package enum Form: Sendable {
        /// Read by docker, podman and skopeo.
        case docker
        /// The layout alone.
        case oci
    }

    private let form: Form
    /// What the index calls an image that has no full name.
    private let label: String?
    private let tar: TarWriter
    private var written: Set<Digest> = []
    private var layout = LayoutIndex()
    private var list: [JSON] = []

    /// - Parameter sink: takes the archive's bytes in order.
    package init(_ form: Form, label: String? = nil, sink: @escaping (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        (self.form, self.label) = (form, label)
        tar = TarWriter(sink)
        for name in ["blobs/", "blobs/sha256/"] {
            var entry = TarEntry(.directory, Array(name.utf8))
            entry.mode = 0o755
            try tar.add(entry)
        }
    }

    package func add(_ image: ImageContent, from source: any ImageSource) throws(Failure) {
        for blob in [image.manifest.config] + image.manifest.layers where written.insert(blob.digest).inserted {
            try begin(FileSource.blobName(blob.digest), sizeBytes: blob.sizeBytes)
            try doing("blob \(blob.digest.short)") { () throws(Failure) in
                try source.sendVerified(blob) { (piece) throws(Failure) in try tar.write(piece) }
            }
        }
        try write(image.bytes, as: image.descriptor.digest)
        layout.add(image.descriptor, names: image.names, label: image.label ?? label, fullLabels: form == .oci)
        list.append([
            "Config": .string(FileSource.blobName(image.manifest.config.digest)),
            "RepoTags": image.names.isEmpty ? .null : .strings(image.names.map(\.canonical)),
            "Layers": .strings(image.manifest.layers.map { FileSource.blobName($0.digest) }),
        ])
    }

    package func add(index: SourcedDocument, bytes: [UInt8]) throws(Failure) {
        try write(bytes, as: index.descriptor.digest)
        layout.replace(try ManifestDocument.parse(bytes), with: index, label: index.label ?? label, fullLabels: form == .oci)
    }

    package func finish() throws(Failure) {
        try file("index.json", layout.json.bytes)
        if form == .docker { try file("manifest.json", JSON.array(list).bytes) }
        try file("oci-layout", LayoutIndex.version)
        try tar.finish()
    }

    private func write(_ bytes: [UInt8], as digest: Digest) throws(Failure) {
        if written.insert(digest).inserted { try file(FileSource.blobName(digest), bytes) }
    }

    private func begin(_ name: String, sizeBytes: UInt64) throws(Failure) {
        var entry = TarEntry(.file, Array(name.utf8))
        entry.sizeBytes = sizeBytes
        try tar.add(entry)
    }

    private func file(_ name: String, _ bytes: [UInt8]) throws(Failure) {
        try begin(name, sizeBytes: UInt64(bytes.count))
        try bytes.withUnsafeBytes { piece in Result { () throws(Failure) in try tar.write(piece) } }.get()
    }
}
