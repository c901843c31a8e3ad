internal import LinuxSys
package import Primitives
package import Sandbox

/// Turns what was asked for into a container's id map, with the ids that this user has.
package struct UserNamespaceResolver {
    private typealias Request = UserNamespaceRequest
    private let plan: IdMapPlan
    private let containers: ContainerStore
    private let (users, groups): ([IdPiece], [IdPiece])

    package init(_ plan: IdMapPlan, in containers: ContainerStore) {
        (self.plan, self.containers) = (plan.base, containers)
        (users, groups) = plan.pieces
    }

    /// What a container gets where `--userns=auto` says no size.
    private static let autoSize: UInt32 = 1024

    /// - Returns: `nil` for the default map.
    package func map(_ request: UserNamespaceRequest) throws(Failure) -> IdMap? {
        switch request.mode {
        case .standard, .host: return nil
        default: break
        }
        if case .single(_, _, let reason) = plan {
            throw Failure(
                .unsupported, "--userns=\(request.text): \(reason), so there is a single id, which is the container's root",
                hint: "add subordinate ids for this user to /etc/subuid and /etc/subgid")
        }
        let map = try map(request.mode)
        try plan.check(map)
        return map
    }

    private func map(_ mode: UserNamespaceRequest.Mode) throws(Failure) -> IdMap {
        switch mode {
        case .keepID(let uid, let gid):
            try demandRootless("keep-id")
            return try IdMap(
                users: keeping(uid ?? Process.effectiveUserID, users), groups: keeping(gid ?? Process.effectiveGroupID, groups))
        case .nomap:
            try demandRootless("nomap")
            func all(_ pieces: [IdPiece]) -> [IdMap.Extent] { [IdMap.Extent(inside: 0, own: 1, count: count(pieces) - 1)] }
            return try IdMap(users: all(users), groups: all(groups))
        case .auto(let size, let userMaps, let groupMaps): return try auto(size ?? Self.autoSize, userMaps, groupMaps)
        case .maps(let userMaps, let groupMaps):
            // One map alone is for both.
            let forUsers = (userMaps.isEmpty ? groupMaps : userMaps).filter(\.forUsers)
            let forGroups = (groupMaps.isEmpty ? userMaps : groupMaps).filter(\.forGroups)
            return try IdMap(users: extents(forUsers, users, "UID"), groups: extents(forGroups, groups, "GID"))
        case .names(let user, let group): return try named(user ?? group ?? "", group ?? user ?? "")
        case .standard, .host: throw Failure(.invalid, "no map was asked for")
        }
    }

    /// podman's words mean the caller, who is root there already.
    private func demandRootless(_ mode: String) throws(Failure) {
        if !plan.needsUserNamespace || Process.effectiveUserID == 0 {
            throw Failure(.invalid, "\(mode) is only supported in rootless mode")
        }
    }

    private func count(_ pieces: [IdPiece]) -> UInt32 { UInt32(clamping: pieces.reduce(UInt64(0)) { $0 + UInt64($1.count) }) }

    /// The caller is `id`; the ids below and above are subordinate ones, in order.
    private func keeping(_ id: UInt32, _ pieces: [IdPiece]) -> [IdMap.Extent] {
        let rest = count(pieces) - 1
        var out: [IdMap.Extent] = []
        if min(id, rest) > 0 { out.append(IdMap.Extent(inside: 0, own: 1, count: min(id, rest))) }
        out.append(IdMap.Extent(inside: id, own: 0, count: 1))
        if id < rest { out.append(IdMap.Extent(inside: id + 1, own: id + 1, count: rest - id)) }
        return out
    }

    private func extents(_ mappings: [UserNamespaceRequest.IdMapping], _ pieces: [IdPiece], _ what: String) throws(Failure) -> [IdMap
        .Extent]
    {
        var out: [IdMap.Extent] = []
        for mapping in mappings { out.append(try extent(mapping, pieces, what)) }
        if out.isEmpty || mappings.contains(where: \.extends) { return Self.filled(out, count(pieces)) }
        return out
    }

    /// The ids that `extents` leave over, in order, for those of the container that they leave out.
    private static func filled(_ extents: [IdMap.Extent], _ count: UInt32) -> [IdMap.Extent] {
        var free = [IdMap.Extent(inside: 0, own: 0, count: count)]
        for extent in extents { free = free.flatMap { without(IdMap.Extent(inside: .max, own: extent.own, count: extent.count), $0) } }
        var out: [IdMap.Extent] = []
        var inside: UInt32 = 0
        func fill(to end: UInt32) {
            while inside < end, let first = free.first {
                let size = min(first.count, end - inside)
                out.append(IdMap.Extent(inside: inside, own: first.own, count: size))
                free[0] = IdMap.Extent(inside: 0, own: first.own + size, count: first.count - size)
                if free[0].count == 0 { free.removeFirst() }
                inside += size
            }
        }
        for extent in extents.sorted(by: { $0.inside < $1.inside }) {
            fill(to: extent.inside)
            out.append(extent)
            inside = UInt32(clamping: UInt64(extent.inside) + UInt64(extent.count))
        }
        fill(to: .max - 1)
        return out
    }

    private func extent(_ mapping: UserNamespaceRequest.IdMapping, _ pieces: [IdPiece], _ what: String) throws(Failure) -> IdMap.Extent {
        guard mapping.isHost else { return IdMap.Extent(inside: mapping.inside, own: mapping.outside, count: mapping.count) }
        let id = mapping.outside
        guard let piece = pieces.first(where: { $0.outside <= id && UInt64(id) < UInt64($0.outside) + UInt64($0.count) }) else {
            throw Failure(
                .invalid, "the \(what) mapping \(mapping.inside):@\(id):\(mapping.count): host id \(id) is not one of this user's",
                hint: "his are \(pieces.map { "\($0.outside)-\(UInt64($0.outside) + UInt64($0.count) - 1)" }.joined(separator: ", "))")
        }
        return IdMap.Extent(inside: mapping.inside, own: piece.own + (id - piece.outside), count: mapping.count)
    }

    /// What is left of `old` where `new` takes ids of the container or of the user away from it.
    private static func without(_ new: IdMap.Extent, _ old: IdMap.Extent) -> [IdMap.Extent] {
        func cut(_ extent: IdMap.Extent, _ start: UInt64, _ end: UInt64, _ from: UInt64) -> [IdMap.Extent] {
            let (first, last) = (max(start, from), min(end, from + UInt64(extent.count)))
            if first >= last { return [extent] }
            var out: [IdMap.Extent] = []
            if first > from { out.append(IdMap.Extent(inside: extent.inside, own: extent.own, count: UInt32(first - from))) }
            let left = from + UInt64(extent.count) - last
            let skipped = UInt32(last - from)
            if left > 0 { out.append(IdMap.Extent(inside: extent.inside + skipped, own: extent.own + skipped, count: UInt32(left))) }
            return out
        }
        // Nothing begins at the largest number.
        let end = { (start: UInt32) in start == .max ? UInt64(start) : UInt64(start) + UInt64(new.count) }
        return cut(old, UInt64(new.inside), end(new.inside), UInt64(old.inside)).flatMap {
            cut($0, UInt64(new.own), end(new.own), UInt64($0.own))
        }
    }

    /// Ids that no other container of this user with a map of its own has.
    private func auto(
        _ size: UInt32, _ userMaps: [UserNamespaceRequest.IdMapping], _ groupMaps: [UserNamespaceRequest.IdMapping]
    ) throws(Failure) -> IdMap {
        if plan == .root {
            throw Failure(
                .unsupported, "--userns=auto: real root has no ids of his own to divide up",
                hint: "name them: --uidmap 0:100000:65536 --gidmap 0:100000:65536")
        }
        var (takenUsers, takenGroups): ([IdMap.Extent], [IdMap.Extent]) = ([], [])
        for id in try containers.identifiers() {
            // One that cannot be read, or is on its way out, runs nothing.
            guard let map = try? containers.record(id).idMap else { continue }
            takenUsers += map.users
            takenGroups += map.groups
        }
        func free(_ taken: [IdMap.Extent], _ pieces: [IdPiece], _ given: [UserNamespaceRequest.IdMapping], _ what: String) throws(Failure)
            -> [IdMap.Extent]
        {
            let fixed = given.isEmpty ? [] : try extents(given, pieces, what)
            let all = (taken + fixed).map { (start: UInt64($0.own), end: UInt64($0.own) + UInt64($0.count)) }.sorted { $0.start < $1.start }
            var start: UInt64 = 1
            for range in all where range.end > start {
                if range.start >= start + UInt64(size) { break }
                start = range.end
            }
            guard start + UInt64(size) <= UInt64(count(pieces)) else {
                throw Failure(.unavailable, "creating container storage: could not find enough available IDs")
            }
            let base = [IdMap.Extent(inside: 0, own: UInt32(start), count: size)]
            return fixed.reduce(base) { out, new in out.flatMap { Self.without(new, $0) } } + fixed
        }
        return try IdMap(users: free(takenUsers, users, userMaps, "UID"), groups: free(takenGroups, groups, groupMaps, "GID"))
    }

    private func named(_ user: String, _ group: String) throws(Failure) -> IdMap {
        func extents(_ name: String, _ path: String, _ pieces: [IdPiece], _ what: String) throws(Failure) -> [IdMap.Extent] {
            let ranges = UserAccount.subordinateRanges(HostFile.text(path) ?? "", name: name, uid: .max)
            if ranges.isEmpty { throw Failure(.notFound, "no \(what) ranges found for user \"\(name)\" in \(path)") }
            var out: [IdMap.Extent] = []
            var inside: UInt32 = 0
            for range in ranges {
                out.append(
                    try extent(.init(inside: inside, outside: range.start, count: range.count, isHost: true), pieces, what.uppercased()))
                inside += range.count
            }
            return out
        }
        return try IdMap(
            users: extents(user, "/etc/subuid", users, "subuid"), groups: extents(group, "/etc/subgid", groups, "subgid"))
    }
}

extension ContainerRecord {
    /// The container's own map, `nil` for the default one.
    package var idMap: IdMap? {
        get throws(Failure) {
            guard let object = proa["IdMap"] else { return nil }
            func extents(_ key: String) throws(Failure) -> [IdMap.Extent] {
                var out: [IdMap.Extent] = []
                for entry in object[key]?.array ?? [] {
                    let numbers = (entry.array ?? []).compactMap { $0.int.flatMap { UInt32(exactly: $0) } }
                    guard numbers.count == 3 else { throw Failure(.corrupt, "the container's record is damaged: id map") }
                    out.append(IdMap.Extent(inside: numbers[0], own: numbers[1], count: numbers[2]))
                }
                return out
            }
            return try IdMap(users: extents("Users"), groups: extents("Groups"))
        }
    }
}

extension IdMap {
    var record: JSON {
        func list(_ extents: [Extent]) -> JSON {
            .array(extents.map { .array([.int(Int64($0.inside)), .int(Int64($0.own)), .int(Int64($0.count))]) })
        }
        return ["Users": list(users), "Groups": list(groups)]
    }

    /// As podman shows it.
    var shown: JSON { ["UidMap": .strings(users.map(\.text)), "GidMap": .strings(groups.map(\.text))] }
}
