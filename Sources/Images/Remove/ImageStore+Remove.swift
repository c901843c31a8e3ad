package import Primitives
internal import Store

extension ImageStore {
    /// What `rmi` did, in the order docker prints it.
    package enum Removal: Equatable, Sendable {
        case untagged(String)
        /// An image's id, or a layer by its chain id.
        case deleted(Digest)
    }

    /// Removes a name, and the image with its last one; or, given an id, all of it.
    /// - Parameter force: though it has several names or containers use it that do not run.
    /// - Throws: `.conflict` in docker's words.
    package func remove(_ reference: String, force: Bool, users: ImageUsers) throws(Failure) -> [Removal] {
        let id = try find(reference)
        if let place = try records.readOnlyPlace(of: id), try !records.owns(id) {
            // A name that was given here goes; the image is not ours.
            if let name = try? ImageReference(reference), try records.ownResolve(name.canonical) == id {
                try records.removeName(name.canonical)
                return [.untagged(name.familiar)]
            }
            throw Failure(
                .conflict, "image \(id.short) lies in the additional store \"\(place)\", which is only read: it cannot be removed from here"
            )
        }
        let state = try RemovalState(self, id, users: try users())
        var removed: [Removal] = []
        if Self.isPrefix(reference, of: id) {
            if state.isSingle {
                try state.requireUnused(force: force, ignoringNames: true)
            } else {
                try state.requireUnused(force: force, ignoringNames: false)
            }
        } else {
            if !force, state.isSingle, let user = state.using.first {
                throw Failure(
                    .conflict,
                    "conflict: unable to remove repository reference \"\(reference)\" (must force) - container \(user.id) is using its referenced image \(id.short)"
                )
            }
            removed = try forget(try ImageReference(reference), state)
            if !state.tags.isEmpty || !state.digests.isEmpty { return removed }
            // A running container keeps the image, which has no name now.
            if state.using.contains(where: \.isRunning) { return removed }
        }
        for text in state.references { removed.append(.untagged(text)) }
        for tag in state.tags { try records.removeName(tag.canonical) }
        return try removed + delete(id, users: users)
    }

    /// Removes an image that has no name any more, and what only it needed.
    func delete(_ id: Digest, users: ImageUsers) throws(Failure) -> [Removal] {
        var removed = [Removal.deleted(id)]
        // Of a damaged image the layers are not known; they go all the same.
        let own = (try? records.read(id))?.diffIDs ?? []
        try records.remove(id)
        var kept: Set<Digest> = []
        for record in try records.all() { kept.formUnion(ChainIDs.of(record.diffIDs)) }
        for user in try users() { kept.formUnion(ChainIDs.of(user.layers)) }
        for chain in ChainIDs.of(own).reversed() where !kept.contains(chain) { removed.append(.deleted(chain)) }
        _ = try root.collect(layersInUse: { () throws(Failure) in Set(try users().flatMap(\.layers)) })
        return removed
    }

    /// Takes one name away; with the last tag of a repository go the digests it served the image under.
    private func forget(_ name: ImageReference, _ state: RemovalState) throws(Failure) -> [Removal] {
        var gone: [String]
        if name.digest == nil {
            try records.removeName(name.canonical)
            state.tags.removeAll { $0 == name }
            let isLast = !state.tags.contains { $0.name == name.name }
            gone = isLast ? state.digests.filter { $0.hasPrefix("\(name.name)@") } : []
        } else {
            gone = ["\(name.name)@\(name.digest!)"]
        }
        var removed: [Removal] = name.digest == nil ? [.untagged(name.familiar)] : []
        removed += gone.map { .untagged(RemovalState.familiar($0)) }
        if gone.isEmpty { return removed }
        state.digests.removeAll { gone.contains($0) }
        if var record = state.record {
            record.repositoryDigests = state.digests
            try records.write(record)
        }
        return removed
    }

    /// docker takes whatever an id begins with for that id, even where it is a name too.
    static func isPrefix(_ reference: String, of id: Digest) -> Bool {
        "\(id)".utf8.starts(with: reference.utf8) || id.hex.utf8.starts(with: reference.utf8)
    }
}

/// An image on its way out: what still refers to it.
final class RemovalState {
    let id: Digest
    /// `nil` when it is damaged.
    let record: ImageRecord?
    var tags: [ImageReference]
    /// `REPOSITORY@DIGEST`, full names.
    var digests: [String]
    let using: [ImageUser]

    init(_ images: ImageStore, _ id: Digest, users: [ImageUser]) throws(Failure) {
        self.id = id
        record = try? images.records.read(id)
        tags = try images.names(of: id)
        digests = record?.repositoryDigests ?? []
        using = users.filter { $0.image == id }
    }

    /// At most one tag, and everything in its repository.
    var isSingle: Bool {
        if tags.count + digests.count <= 1 { return true }
        let repositories = Set(digests.map { $0.prefix { $0 != "@" } })
        guard let tag = tags.first else { return repositories.count == 1 }
        return tags.count == 1 && repositories.count == 1 && repositories.first.map(String.init) == tag.name
    }

    /// Every name as docker shows it, sorted.
    var references: [String] { (tags.map(\.canonical) + digests).sorted().map(Self.familiar) }

    static func familiar(_ text: String) -> String { (try? ImageReference(text).familiar) ?? text }

    /// - Throws: `.conflict` when a container uses it, or there are several names.
    func requireUnused(force: Bool, ignoringNames: Bool) throws(Failure) {
        func conflict(_ how: String, _ why: String) -> Failure {
            Failure(.conflict, "conflict: unable to delete \(id.short) (\(how)) - \(why)")
        }
        if let user = using.first(where: \.isRunning) {
            throw conflict("cannot be forced", "image is being used by running container \(user.id)")
        }
        if force { return }
        if !ignoringNames { throw conflict("must be forced", "image is referenced in multiple repositories") }
        if let user = using.first { throw conflict("must be forced", "image is being used by stopped container \(user.id)") }
    }
}
