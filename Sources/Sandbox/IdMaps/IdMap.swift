package import Primitives

/// Which ids a container has and what they are outside, where that is not the user's default map.
///
/// `own` ids are those of the user's own space: 0 is the caller, 1 and up his subordinate ids in order. For real root they
/// are the host's. Checked when built; pure.
package struct IdMap: Equatable, Sendable {
    package struct Extent: Equatable, Sendable {
        package var inside: UInt32
        package var own: UInt32
        package var count: UInt32
        package init(inside: UInt32, own: UInt32, count: UInt32) { (self.inside, self.own, self.count) = (inside, own, count) }

        var insideEnd: UInt64 { UInt64(inside) + UInt64(count) }
        var ownEnd: UInt64 { UInt64(own) + UInt64(count) }
        package var text: String { "\(inside):\(own):\(count)" }
    }

    /// What the kernel takes (user_namespaces(7)).
    package static let extentsMax = 340

    package let users: [Extent]
    package let groups: [Extent]

    /// - Throws: `.invalid` for a map that the kernel would refuse, or without a root.
    package init(users: [Extent], groups: [Extent]) throws(Failure) {
        self.users = try Self.checked(users, "UID")
        self.groups = try Self.checked(groups, "GID")
    }

    private static func checked(_ extents: [Extent], _ what: String) throws(Failure) -> [Extent] {
        if extents.isEmpty { throw Failure(.invalid, "the \(what) map is empty") }
        if extents.count > extentsMax { throw Failure(.invalid, "the \(what) map has more than \(extentsMax) lines") }
        let sorted = extents.sorted { $0.inside < $1.inside }
        for extent in extents where extent.count == 0 || extent.insideEnd > UInt64(UInt32.max) || extent.ownEnd > UInt64(UInt32.max) {
            throw Failure(.invalid, "the \(what) mapping \(extent.text) has no ids, or some that do not exist")
        }
        for (a, b) in zip(sorted, sorted.dropFirst()) where a.insideEnd > UInt64(b.inside) { throw conflict(b) }
        let outside = extents.sorted { $0.own < $1.own }
        for (a, b) in zip(outside, outside.dropFirst()) where a.ownEnd > UInt64(b.own) { throw conflict(b) }
        guard sorted[0].inside == 0 else {
            throw Failure(.unsupported, "the \(what) map has no id for the container's root: 0 must be mapped")
        }
        return sorted
    }

    private static func conflict(_ extent: Extent) -> Failure {
        Failure(
            .invalid,
            "creating container storage: the specified UID and/or GID mapping \(extent.text) conflicts with other mappings: invalid mappings specified"
        )
    }

    /// The own id of one of the container.
    package static func own(_ inside: UInt32, in extents: [Extent]) -> UInt32? {
        extents.first { $0.inside <= inside && UInt64(inside) < $0.insideEnd }.map { $0.own + (inside - $0.inside) }
    }

    /// The container's id of an own one.
    package static func inside(_ own: UInt32, in extents: [Extent]) -> UInt32? {
        extents.first { $0.own <= own && UInt64(own) < $0.ownEnd }.map { $0.inside + (own - $0.own) }
    }

    /// Whether every id of the container is the one it has in the default map: then the files of images are right as they are.
    package var keepsOwners: Bool { (users + groups).allSatisfy { $0.inside == $0.own } }

    /// Whom a file of an image belongs to on the disk. An owner that the container does not have is nobody, or else its root.
    package func fileOwner(user: UInt32, group: UInt32) -> (user: UInt32, group: UInt32) {
        func find(_ id: UInt32, _ extents: [Extent]) -> UInt32 {
            Self.own(id, in: extents) ?? Self.own(65534, in: extents) ?? Self.own(0, in: extents) ?? 0
        }
        return (find(user, users), find(group, groups))
    }

    /// Whom the container sees as the owner of a file on the disk; the overflow id for an owner it does not have.
    package func seenOwner(user: UInt32, group: UInt32) -> (user: UInt32, group: UInt32) {
        (Self.inside(user, in: users) ?? 65534, Self.inside(group, in: groups) ?? 65534)
    }

    /// How many ids from 0 on the container has without a gap.
    package var leadingIDs: UInt32 {
        func leading(_ extents: [Extent]) -> UInt64 {
            var end: UInt64 = 0
            for extent in extents where UInt64(extent.inside) == end { end = extent.insideEnd }
            return end
        }
        return UInt32(clamping: min(leading(users), leading(groups)))
    }
}

/// A stretch of the user's own ids that are consecutive outside as well.
package struct IdPiece: Equatable, Sendable {
    package var own: UInt32
    package var outside: UInt32
    package var count: UInt32
    package init(own: UInt32, outside: UInt32, count: UInt32) { (self.own, self.outside, self.count) = (own, outside, count) }
}

extension IdMap {
    /// The extents cut where the ids outside are not consecutive, and what they are there.
    /// - Throws: `.invalid` for an id that the user does not have.
    static func lines(_ extents: [Extent], _ pieces: [IdPiece], _ what: String) throws(Failure) -> [(
        inside: UInt32, own: UInt32, outside: UInt32, count: UInt32
    )] {
        var out: [(inside: UInt32, own: UInt32, outside: UInt32, count: UInt32)] = []
        for extent in extents {
            var done: UInt32 = 0
            while done < extent.count {
                let own = extent.own + done
                guard let piece = pieces.first(where: { $0.own <= own && UInt64(own) < UInt64($0.own) + UInt64($0.count) }) else {
                    throw Failure(
                        .invalid,
                        "the \(what) mapping \(extent.text) asks for id \(own), and this user has \(pieces.reduce(0) { $0 + UInt64($1.count) })",
                        hint: "add subordinate ids for this user to /etc/\(what == "UID" ? "subuid" : "subgid")")
                }
                let skipped = own - piece.own
                let count = min(extent.count - done, piece.count - skipped)
                out.append((extent.inside + done, own, piece.outside + skipped, count))
                done += count
            }
        }
        if out.count > extentsMax { throw Failure(.invalid, "the \(what) map has more than \(extentsMax) lines") }
        return out
    }
}
