package import Primitives

/// What a document promises about another blob: type, digest and size. Spec: image-spec, descriptor.md.
///
/// Its `urls` are ignored on purpose: content comes from the registry that was asked, never from a host an image names.
package struct ContentDescriptor: Hashable, Sendable {
    /// No blob is larger than this (1 TiB): a larger size is a lie or a mistake.
    package static let sizeBytesMax: UInt64 = 1 << 40

    package var mediaType: MediaType
    package var digest: Digest
    package var sizeBytes: UInt64
    /// Only inside an index.
    package var platform: Platform?
    package var annotations: [String: String]

    package init(
        mediaType: MediaType, digest: Digest, sizeBytes: UInt64, platform: Platform? = nil, annotations: [String: String] = [:]
    ) {
        self.mediaType = mediaType
        self.digest = digest
        self.sizeBytes = sizeBytes
        self.platform = platform
        self.annotations = annotations
    }

    /// - Throws: `.corrupt` naming the member.
    package init(_ json: JSON, in document: String = "descriptor") throws(Failure) {
        let fields = try Fields(json, document)
        mediaType = try fields.mediaType() ?? MediaType("")
        digest = try fields.digest("digest")
        guard let size = try fields.int("size") else { throw fields.failure("size", "is missing") }
        guard size >= 0, size <= Self.sizeBytesMax else { throw fields.failure("size", "is \(size), not possible") }
        sizeBytes = UInt64(size)
        platform = try fields["platform"].map { (json) throws(Failure) in try Platform(json) }
        annotations = Dictionary(try fields.map("annotations").map { ($0.key, $0.value) }) { _, last in last }
    }

    /// As a member of a document; without annotations when there are none.
    package var json: JSON {
        var object = JSONObject()
        object["mediaType"] = .string(mediaType.text)
        object["digest"] = .string(digest.description)
        object["size"] = .int(Int64(sizeBytes))
        if let platform { object["platform"] = platform.json }
        if !annotations.isEmpty {
            object["annotations"] = .object(JSONObject(annotations.sorted { $0.key < $1.key }.map { (key: $0.key, value: $0.value) }))
        }
        return .object(object)
    }

    /// BuildKit's attestations sit in an index beside images and are none.
    package var isAttestation: Bool { annotations["vnd.docker.reference.type"] == "attestation-manifest" }
}
