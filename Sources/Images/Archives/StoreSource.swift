internal import LinuxSys
package import OCI
package import Primitives
internal import Store

/// Images of the store, with the manifests under which they came.
package struct StoreSource: ImageSource {
    private let images: ImageStore
    private let chosen: [SourcedDocument]

    /// - Parameter references: names or ids; an image that is meant several times is there once, with all names given.
    /// - Throws: `.notFound` for the first that is not there.
    package init(_ images: ImageStore, _ references: [String]) throws(Failure) {
        self.images = images
        var chosen: [SourcedDocument] = []
        for text in references {
            let record = try images.image(try images.find(text), withNames: false).record
            guard let size = try images.blobs.size(record.manifest) else { throw Self.damaged(text) }
            let name = try Self.name(text, of: record.id, images)
            if let known = chosen.firstIndex(where: { $0.descriptor.digest == record.manifest }) {
                if let name, !chosen[known].names.contains(name) { chosen[known].names.append(name) }
            } else {
                let descriptor = ContentDescriptor(mediaType: MediaType(""), digest: record.manifest, sizeBytes: UInt64(size))
                chosen.append(SourcedDocument(descriptor: descriptor, names: name.map { [$0] } ?? []))
            }
        }
        self.chosen = chosen
    }

    /// An image that is asked for by its id goes without a name, as in docker.
    private static func name(_ text: String, of id: Digest, _ images: ImageStore) throws(Failure) -> ImageReference? {
        guard let name = try? ImageReference(text), name.digest == nil, try images.records.resolve(name.canonical) == id else { return nil }
        return name
    }

    private static func damaged(_ name: String) -> Failure {
        Failure(.corrupt, "image \(printable(name)): its manifest in the store is missing: pull it again, or remove it with rmi")
    }

    package func tops() throws(Failure) -> [SourcedDocument] { chosen }

    package func document(_ descriptor: ContentDescriptor, limit: Int) throws(Failure) -> [UInt8] {
        try images.blobs.read(descriptor.digest, limit: limit)
    }

    package func has(_ descriptor: ContentDescriptor) throws(Failure) -> Bool { try images.blobs.size(descriptor.digest) != nil }

    package func send(_ descriptor: ContentDescriptor, to sink: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        let file = SharedFile(try images.blobs.open(descriptor.digest))
        try FileRegion(file: file, offset: 0, sizeBytes: try file.descriptor.sizeBytes()).send(sink)
    }
}
