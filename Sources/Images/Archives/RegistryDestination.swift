package import LinuxSys
internal import OCI
package import Primitives
package import Registry

/// One name at a registry. What the registry has, there or in another of its repositories, is not sent.
package final class RegistryDestination: ImageDestination {
    private let client: RegistryClient
    private let reference: ImageReference
    /// The repository the image comes from, where that is at a registry: the same one may lend its blobs.
    private let origin: ImageReference?
    private let spool: () throws(Failure) -> Descriptor
    private let cancellation: CancellationFlag
    private var top: (bytes: [UInt8], mediaType: MediaType)?

    /// - Parameters:
    ///   - reference: with the tag that the image gets; without one it goes by digest.
    ///   - spool: makes a file without a name, for one blob at a time: an upload may have to be begun again.
    package init(
        _ client: RegistryClient, _ reference: ImageReference, origin: ImageReference?, cancellation: CancellationFlag,
        spool: @escaping () throws(Failure) -> Descriptor
    ) {
        (self.client, self.reference, self.origin) = (client, reference, origin)
        (self.cancellation, self.spool) = (cancellation, spool)
    }

    package func add(_ image: ImageContent, from source: any ImageSource) throws(Failure) {
        var seen: Set<Digest> = []
        for blob in image.manifest.layers + [image.manifest.config] where seen.insert(blob.digest).inserted {
            try doing("blob \(blob.digest.short)") { () throws(Failure) in try send(blob, from: source) }
        }
        // The last one goes under the tag.
        try putTop()
        top = (image.bytes, image.manifest.mediaType)
    }

    package func add(index: SourcedDocument, bytes: [UInt8]) throws(Failure) {
        try putTop()
        top = (bytes, index.descriptor.mediaType)
    }

    package func finish() throws(Failure) {
        guard let top else { return }
        try client.putManifest(top.bytes, top.mediaType, to: reference, cancellation: cancellation)
    }

    /// A document that another one follows goes by its digest alone.
    private func putTop() throws(Failure) {
        guard let top else { return }
        try client.putManifest(top.bytes, top.mediaType, to: reference.pinned(to: SHA256.of(top.bytes)), cancellation: cancellation)
    }

    private func send(_ blob: ContentDescriptor, from source: any ImageSource) throws(Failure) {
        if try client.hasBlob(blob.digest, in: reference, cancellation: cancellation) { return }
        if let origin, try client.mountBlob(blob.digest, to: reference, from: origin, cancellation: cancellation) { return }
        let file = SharedFile(try spool())
        try source.sendVerified(blob) { (piece) throws(Failure) in
            try cancellation.check()
            try file.descriptor.write(piece)
        }
        try client.uploadBlob(blob, to: reference, from: BorrowedFile(file.descriptor), cancellation: cancellation)
    }
}
