package import OCI
package import Primitives
package import Registry

/// What one reference names at a registry.
package struct RegistrySource: ImageSource {
    private let client: RegistryClient
    private let reference: ImageReference
    private let cancellation: CancellationFlag
    private let served: ResolvedManifest

    /// Asks the registry at once.
    package init(_ client: RegistryClient, _ reference: ImageReference, cancellation: CancellationFlag) throws(Failure) {
        (self.client, self.reference, self.cancellation) = (client, reference, cancellation)
        served = try client.resolve(reference, cancellation: cancellation)
    }

    package func tops() throws(Failure) -> [SourcedDocument] { [SourcedDocument(descriptor: served.descriptor)] }

    package func document(_ descriptor: ContentDescriptor, limit: Int) throws(Failure) -> [UInt8] {
        if descriptor.digest == served.descriptor.digest { return served.bytes }
        if descriptor.mediaType.isManifest || descriptor.mediaType.isIndex {
            return try client.resolve(reference.pinned(to: descriptor.digest), expected: descriptor, cancellation: cancellation).bytes
        }
        return try client.readBlob(descriptor, of: reference, bytesMax: limit, cancellation: cancellation)
    }

    package func has(_ descriptor: ContentDescriptor) throws(Failure) -> Bool { true }

    package func send(_ descriptor: ContentDescriptor, to sink: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        try client.fetchBlob(descriptor, of: reference, cancellation: cancellation, into: sink)
    }
}
