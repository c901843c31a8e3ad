package import OCI
package import Primitives
internal import Registry

/// Something that images are taken from: a registry, the store, an archive, a directory. What it gives is hostile.
package protocol ImageSource: Sendable {
    /// What stands on top there: images or indexes.
    func tops() throws(Failure) -> [SourcedDocument]

    /// A manifest, index or configuration as a whole, of the descriptor's digest.
    func document(_ descriptor: ContentDescriptor, limit: Int) throws(Failure) -> [UInt8]

    /// Whether the document or blob can be had; a registry says yes before it is asked.
    func has(_ descriptor: ContentDescriptor) throws(Failure) -> Bool

    /// Gives every byte of a blob in order. Whoever takes them verifies the digest.
    func send(_ descriptor: ContentDescriptor, to sink: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure)
}

/// A manifest or an index, and what it is called where it lies.
package struct SourcedDocument: Sendable {
    package var descriptor: ContentDescriptor
    package var names: [ImageReference]
    /// What the layout it goes to calls it.
    package var label: String?
    /// What the layout it lies in calls it.
    var labels: [String] = []
    /// The form has no manifests: this one was made when it was read.
    package var isMade = false

    package init(descriptor: ContentDescriptor, names: [ImageReference] = [], label: String? = nil) {
        (self.descriptor, self.names, self.label) = (descriptor, names, label)
    }
}

extension ImageSource {
    /// Checks size and digest while the bytes pass.
    /// - Throws: `.corrupt` at the end when they are not what the descriptor says: what was made from them is worth nothing.
    func sendVerified(_ descriptor: ContentDescriptor, to sink: (UnsafeRawBufferPointer) throws(Failure) -> Void) throws(Failure) {
        var verifier = try BlobVerifier(descriptor)
        try send(descriptor) { (piece) throws(Failure) in
            try verifier.update(piece)
            try sink(piece)
        }
        try verifier.finish()
    }

    /// A manifest or an index, parsed.
    func parsed(_ descriptor: ContentDescriptor) throws(Failure) -> (bytes: [UInt8], document: ManifestDocument) {
        let bytes = try document(descriptor, limit: ManifestDocument.bytesMax)
        let header = descriptor.mediaType.text.isEmpty ? nil : descriptor.mediaType
        return (bytes, try ManifestDocument.parse(bytes, header: header))
    }
}

/// One image on its way from a source to a destination.
package struct ImageContent: Sendable {
    package var descriptor: ContentDescriptor
    package var bytes: [UInt8]
    package var manifest: ImageManifest
    package var config: [UInt8]
    package var names: [ImageReference]
    package var label: String?
    /// See `SourcedDocument`.
    package var isMade: Bool
}

/// Something that takes images.
package protocol ImageDestination: AnyObject {
    /// Takes an image with everything it refers to; what is there already is not asked for.
    func add(_ image: ImageContent, from source: any ImageSource) throws(Failure)
    /// Takes a list whose images were added before.
    func add(index: SourcedDocument, bytes: [UInt8]) throws(Failure)
    /// Writes what can be written only when everything is known.
    func finish() throws(Failure)
}
