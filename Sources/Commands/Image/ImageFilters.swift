import Images
import LinuxSys
import Primitives
import Store

/// `--filter` of `images`, and its operand.
struct ImageFilters {
    private let values: FilterValues
    private let dangling: Bool?
    private var references: [ReferencePattern] = []
    /// An image must have been built before and after these.
    private var before: Timestamp?
    private var after: Timestamp?

    struct Match {
        var image: StoredImage
        /// What is shown of its names and digests.
        var names: [ImageReference]
        var digests: [String]
    }

    init(_ texts: [String], pattern: String?, engine: Engine) throws(Failure) {
        values = try FilterValues(texts, known: ["dangling", "label", "label!", "before", "since", "reference", "until"])
        dangling = try values.flag("dangling")
        for value in values["reference"] + (pattern.map { [$0] } ?? []) { references.append(try ReferencePattern(value)) }
        let images = ImageStore(try engine.store)
        for value in values["before"] {
            if let created = try Self.created(value, images) { before = min(before ?? created, created) }
        }
        for value in values["since"] {
            if let created = try Self.created(value, images) { after = max(after ?? created, created) }
        }
        if let until = try values.until() { before = min(before ?? until, until) }
    }

    private static func created(_ reference: String, _ images: ImageStore) throws(Failure) -> Timestamp? {
        try images.image(try images.find(reference), withNames: false).config.created.flatMap { try? Timestamp(rfc3339: $0) }
    }

    func apply(_ images: [StoredImage]) throws(Failure) -> [Match] { images.compactMap(match) }

    private func match(_ image: StoredImage) -> Match? {
        if before != nil || after != nil {
            guard let created = image.config.created.flatMap({ try? Timestamp(rfc3339: $0) }) else { return nil }
            if let before, !(created < before) { return nil }
            if let after, !(after < created) { return nil }
        }
        guard values.fits(labels: image.config.config.labels.map { ($0.key, $0.value) }) else { return nil }
        if let dangling, dangling != image.names.isEmpty { return nil }
        let digests = image.record.repositoryDigests
        if references.isEmpty { return Match(image: image, names: image.names, digests: digests) }
        let names = image.names.filter { name in references.contains { $0.matches(name) } }
        let known = digests.filter { text in
            guard let name = try? ImageReference(text) else { return false }
            return references.contains { $0.matches(name) }
        }
        return names.isEmpty && known.isEmpty ? nil : Match(image: image, names: names, digests: known)
    }
}
