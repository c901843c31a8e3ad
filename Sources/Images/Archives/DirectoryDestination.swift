internal import LinuxSys
internal import OCI
package import Primitives

/// A directory of files: an OCI image layout, which may hold other images already, or one image as skopeo's `dir:`.
/// Every file appears whole under its name; the lists are written last.
package final class DirectoryDestination: ImageDestination {
    package enum Form: Sendable { case layout, flat }

    private let form: Form
    private let label: String?
    private let root: Directory
    private let blobs: Directory
    private var layout = LayoutIndex()
    private var top: [UInt8] = []
    private var written: Set<Digest> = []

    /// - Parameters:
    ///   - path: made when missing.
    ///   - label: what the layout calls the image.
    package init(_ form: Form, path: String, label: String? = nil) throws(Failure) {
        (self.form, self.label) = (form, label)
        try HostFile.makeDirectories(path, mode: 0o755)
        root = try Directory.open(path)
        switch form {
        case .flat: blobs = try root.duplicate()
        case .layout:
            blobs = try root.makeDirectory("blobs", mode: 0o755).makeDirectory("sha256", mode: 0o755)
            if let bytes = try DirectoryFiles(path: path).document("index.json", limit: FileSource.indexBytesMax),
                case .index(let index) = try doing("\"\(path)/index.json\"", { () throws(Failure) in try ManifestDocument.parse(bytes) })
            {
                layout = LayoutIndex(index)
            }
        }
    }

    package func add(_ image: ImageContent, from source: any ImageSource) throws(Failure) {
        for blob in [image.manifest.config] + image.manifest.layers where written.insert(blob.digest).inserted {
            if try blobs.status(blob.digest.hex)?.sizeBytes == Int64(clamping: blob.sizeBytes) { continue }
            try doing("blob \(blob.digest.short)") { () throws(Failure) in
                try write(blob.digest.hex, in: blobs) { (file) throws(Failure) in
                    try source.sendVerified(blob) { (piece) throws(Failure) in try file.write(piece) }
                }
            }
        }
        switch form {
        case .layout:
            try write(image.bytes, as: image.descriptor.digest.hex, in: blobs)
            layout.add(image.descriptor, names: image.names, label: image.label ?? label, fullLabels: true)
        case .flat:
            top = image.bytes
            try write(image.bytes, as: "\(image.descriptor.digest.hex).manifest.json", in: root)
        }
    }

    package func add(index: SourcedDocument, bytes: [UInt8]) throws(Failure) {
        top = bytes
        guard form == .layout else { return }
        try write(bytes, as: index.descriptor.digest.hex, in: blobs)
        layout.replace(try ManifestDocument.parse(bytes), with: index, label: index.label ?? label, fullLabels: true)
    }

    package func finish() throws(Failure) {
        switch form {
        case .layout:
            try write(LayoutIndex.version, as: "oci-layout", in: root)
            try write(layout.json.bytes, as: "index.json", in: root)
        case .flat:
            // One image is the manifest itself.
            try root.remove("\(SHA256.of(top).hex).manifest.json")
            try write(Array("Directory Transport Version: 1.1\n".utf8), as: "version", in: root)
            try write(top, as: "manifest.json", in: root)
        }
    }

    private func write(_ bytes: [UInt8], as name: String, in directory: borrowing Directory) throws(Failure) {
        try write(name, in: directory) { (file) throws(Failure) in try file.write(bytes) }
    }

    private func write(
        _ name: String, in directory: borrowing Directory, _ fill: (borrowing Descriptor) throws(Failure) -> Void
    ) throws(Failure) {
        let temporary = ".\(name).\(Process.current).\(Clock.monotonicNanoseconds())"
        let file = try directory.createPublicFile(temporary)
        do throws(Failure) {
            try fill(file)
            try file.close()
            try directory.rename(temporary, to: name)
        } catch {
            // The first failure is the one to tell.
            try? directory.remove(temporary)
            throw error
        }
    }
}
