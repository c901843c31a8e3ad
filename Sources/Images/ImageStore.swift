internal import LinuxSys
package import OCI
package import Primitives
package import Store

/// An image of the store with its configuration.
package struct StoredImage: Sendable {
    package var record: ImageRecord
    package var config: ImageConfig
    /// Full names (`docker.io/library/busybox:latest`), sorted. Empty where they were not asked for.
    package var names: [ImageReference]
    package var id: Digest { record.id }
}

/// Names, ids and records of the images of one store.
package struct ImageStore: Sendable {
    package let root: StoreRoot
    let records: ImageRecords
    let blobs: BlobStore

    package init(_ root: StoreRoot) {
        self.root = root
        records = ImageRecords(root)
        blobs = BlobStore(root)
    }

    package static func notFound(_ reference: String) -> Failure { Failure(.notFound, "No such image: \(reference)") }

    /// The image that an id, a name, a `name@digest` or a unique beginning of an id stands for, in docker's order.
    package func find(_ reference: String) throws(Failure) -> Digest {
        let hex = reference.hasPrefix("sha256:") ? String(reference.dropFirst(7)) : reference
        if let id = Digest(hex: hex), try records.contains(id) { return id }
        if !reference.hasPrefix("sha256:"), let name = try? ImageReference(reference) {
            if let digest = name.digest {
                if let record = try records.all().first(where: { $0.repositoryDigests.contains("\(name.name)@\(digest)") }) {
                    return record.id
                }
            } else if let id = try records.resolve(name.canonical) {
                return id
            }
        }
        guard hex.count >= 2, hex.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x66) }) else {
            throw Self.notFound(Self.shown(reference))
        }
        let matches = try records.all().filter { $0.id.hex.hasPrefix(hex) }
        if matches.count == 1 { return matches[0].id }
        if matches.count > 1 {
            throw Failure(.conflict, "image ID prefix \(reference) is ambiguous: \(matches.count) images begin with it")
        }
        throw Self.notFound(Self.shown(reference))
    }

    /// As docker says it back: with the tag that was meant.
    private static func shown(_ reference: String) -> String { (try? ImageReference(reference).familiar) ?? reference }

    /// - Parameter withNames: reading the names costs reading every name of the store.
    package func image(_ id: Digest, withNames: Bool = true) throws(Failure) -> StoredImage {
        guard let record = try records.read(id) else { throw Self.notFound(id.description) }
        return StoredImage(record: record, config: try config(id), names: withNames ? try names(of: id) : [])
    }

    private func config(_ id: Digest) throws(Failure) -> ImageConfig {
        try doing("image \(id.short)") { () throws(Failure) in
            do throws(Failure) { return try ImageConfig.parse(try blobs.read(id)) } catch {
                guard error.kind == .corrupt || error.kind == .notFound else { throw error }
                throw Failure(.corrupt, "its configuration in the store is damaged: pull it again, or remove it with rmi")
            }
        }
    }

    private func names(of id: Digest) throws(Failure) -> [ImageReference] {
        var out: [ImageReference] = []
        for entry in try records.names() where entry.image == id { out.append(try ImageReference(entry.name)) }
        return out
    }

    /// Every image, newest build first.
    /// - Parameter damaged: told of each image that cannot be read; it does not keep the others from being listed.
    package func list(damaged: (Failure) -> Void = { _ in }) throws(Failure) -> [StoredImage] {
        let names = try records.names()
        var out: [StoredImage] = []
        for record in try records.all(damaged: { _, failure in damaged(failure) }) {
            var references: [ImageReference] = []
            for entry in names where entry.image == record.id { references.append(try ImageReference(entry.name)) }
            do throws(Failure) {
                out.append(StoredImage(record: record, config: try config(record.id), names: references))
            } catch {
                guard error.kind == .corrupt else { throw error }
                damaged(error)
            }
        }
        return out.sorted { ($0.config.created ?? "") > ($1.config.created ?? "") }
    }

    /// The tags of a repository that are here, by name.
    package func tags(of repository: ImageReference) throws(Failure) -> [(reference: ImageReference, image: Digest)] {
        var out: [(reference: ImageReference, image: Digest)] = []
        for entry in try records.names() {
            let reference = try ImageReference(entry.name)
            if reference.name == repository.name, reference.tag != nil { out.append((reference, entry.image)) }
        }
        return out
    }

    /// Gives an image another name; the name leaves the image it stood for.
    package func tag(_ id: Digest, as reference: ImageReference) throws(Failure) {
        guard reference.digest == nil else { throw Failure(.invalid, "refusing to create a tag with a digest reference") }
        try records.setName(reference.canonical, to: id)
    }

    /// What `rmi` did, in the order docker prints it.
    package enum Removal: Equatable, Sendable {
        case untagged(String)
        case deleted(Digest)
    }

    /// Removes a name, and the image with its last name.
    /// - Parameters:
    ///   - users: containers that stand on each image: short id and whether it runs.
    ///   - layersInUse: diff ids of all containers.
    package func remove(
        _ reference: String, force: Bool, users: (Digest) throws(Failure) -> [(id: String, running: Bool)],
        layersInUse: () throws(Failure) -> Set<Digest>
    ) throws(Failure) -> [Removal] {
        let id = try find(reference)
        let names = try names(of: id)
        let containers = try users(id)
        let byID = Digest(hex: reference) != nil || reference.hasPrefix("sha256:") || id.hex.hasPrefix(reference)
        let named = byID ? nil : try? ImageReference(reference)
        if let named, named.digest == nil, names.count > 1 {
            try records.removeName(named.canonical)
            return [.untagged(named.familiar)] + (try forgetDigests(of: named, id, names))
        }
        if let user = containers.first(where: \.running) {
            throw Failure(
                .conflict,
                "conflict: unable to \(byID ? "delete \(id.short)" : "remove repository reference \"\(reference)\"") (cannot be forced) - image is being used by running container \(user.id)"
            )
        }
        if let user = containers.first, !force {
            throw Failure(
                .conflict,
                byID
                    ? "conflict: unable to delete \(id.short) (must be forced) - image is being used by stopped container \(user.id)"
                    : "conflict: unable to remove repository reference \"\(reference)\" (must force) - container \(user.id) is using its referenced image \(id.short)"
            )
        }
        if byID, names.count > 1, !force {
            throw Failure(
                .conflict, "conflict: unable to delete \(id.short) (must be forced) - image is referenced in multiple repositories")
        }
        var removed: [Removal] = []
        for name in names {
            try records.removeName(name.canonical)
            removed.append(.untagged(name.familiar))
        }
        // Of a damaged image the digests are not known; it goes all the same.
        for digest in (try? records.read(id))?.repositoryDigests ?? [] {
            removed.append(.untagged((try? ImageReference(digest).familiar) ?? digest))
        }
        try records.remove(id)
        removed.append(.deleted(id))
        for layer in try root.collect(layersInUse: layersInUse).layers { removed.append(.deleted(layer)) }
        return removed
    }

    /// With the last tag of a repository go the digests it served the image under.
    private func forgetDigests(of name: ImageReference, _ id: Digest, _ names: [ImageReference]) throws(Failure) -> [Removal] {
        if names.contains(where: { $0.name == name.name && $0.canonical != name.canonical }) { return [] }
        guard var record = try records.read(id) else { return [] }
        let gone = record.repositoryDigests.filter { $0.hasPrefix("\(name.name)@") }
        if gone.isEmpty { return [] }
        record.repositoryDigests.removeAll { gone.contains($0) }
        try records.write(record)
        return gone.map { .untagged((try? ImageReference($0).familiar) ?? $0) }
    }
}
