package import Primitives

/// A list of manifests, one per platform (docker: manifest list). Spec: image-spec, image-index.md.
package struct ImageIndex: Equatable, Sendable {
    package static let manifestsMax = 1000

    package let mediaType: MediaType
    package let manifests: [ContentDescriptor]
    package let annotations: [String: String]
    /// The document as received, with members unknown to us.
    package let raw: JSON

    init(_ json: JSON, mediaType: MediaType) throws(Failure) {
        let fields = try Fields(json, "image index")
        var manifests: [ContentDescriptor] = []
        for entry in try fields.array("manifests", max: Self.manifestsMax) {
            manifests.append(try ContentDescriptor(entry, in: "image index: manifest"))
        }
        self.mediaType = mediaType
        self.manifests = manifests
        annotations = Dictionary(try fields.map("annotations").map { ($0.key, $0.value) }) { _, last in last }
        raw = json
    }

    /// The manifest that suits a platform best; the first of equals. Attestations never; entries that do not say their
    /// platform only when nothing else suits.
    /// - Throws: `.notFound` in docker's words.
    package func choose(for platform: Platform) throws(Failure) -> ContentDescriptor {
        var best: (rank: Int, descriptor: ContentDescriptor)?
        for descriptor in manifests where !descriptor.isAttestation && !descriptor.mediaType.isIndex {
            let rank: Int
            if let offered = descriptor.platform, !offered.os.isEmpty {
                guard let found = platform.rank(of: offered) else { continue }
                rank = found
            } else {
                rank = Int.max
            }
            if rank < best?.rank ?? Int.max || best == nil { best = (rank, descriptor) }
        }
        guard let best else {
            throw Failure(
                .notFound, "no matching manifest for \(platform) in the manifest list entries",
                hint: offeredPlatforms.isEmpty ? nil : "the image exists for \(offeredPlatforms.joined(separator: ", "))")
        }
        return best.descriptor
    }

    /// The platforms on offer, as docker prints them, each once.
    package var offeredPlatforms: [String] {
        var seen: Set<Platform> = []
        return manifests.compactMap { entry in
            guard let platform = entry.platform, !entry.isAttestation, platform.os != "unknown", !platform.os.isEmpty,
                seen.insert(platform).inserted
            else { return nil }
            return String(Fields.quoted(platform.description).dropFirst().dropLast())
        }
    }
}
