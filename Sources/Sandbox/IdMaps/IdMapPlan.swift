package import LinuxSys
package import Primitives

/// How this user gets the ids of a container (user_namespaces(7)).
package indirect enum IdMapPlan: Equatable, Sendable {
    /// Real root, or root with CAP_SYS_ADMIN inside another container: no user namespace of ours.
    case root
    /// Root inside another container, without the power over namespaces: in a new user namespace every id we have ourselves
    /// stands for itself, and the container's root has all the power over its own. Maps as text for the kernel.
    case nested(uidMap: String, gidMap: String)
    /// Container id 0 is the caller, ids from 1 on are the subordinate ranges.
    case subordinate(uid: UInt32, gid: UInt32, uidRanges: [Range], gidRanges: [Range], newuidmap: String, newgidmap: String)
    /// Only id 0 exists, and is the caller. `reason` is what is missing, for one line to the user.
    case single(uid: UInt32, gid: UInt32, reason: String)
    /// A container's own map over the ids of `base`.
    case mapped(IdMap, base: IdMapPlan)

    package struct Range: Equatable, Sendable {
        package var start: UInt32
        package var count: UInt32
        package init(start: UInt32, count: UInt32) { (self.start, self.count) = (start, count) }
    }

    /// Layers unpacked in this mode have the caller as the owner of every file.
    package var isSingleOwner: Bool { if case .single = base { true } else { false } }
    /// What the user has, whatever one container's map is.
    package var base: IdMapPlan { if case .mapped(_, let base) = self { base } else { self } }
    /// The container's own map, `nil` for the default.
    package var custom: IdMap? { if case .mapped(let map, _) = self { map } else { nil } }
    package func with(_ map: IdMap?) -> IdMapPlan { map.map { .mapped($0, base: base) } ?? self }
    package var needsUserNamespace: Bool { self != .root }

    /// How many ids a container sees.
    package var mappedIDs: UInt32 {
        switch self {
        case .root, .nested: Self.ownMappedGroups
        case .single: 1
        case .mapped(let map, _): map.leadingIDs
        case .subordinate(_, _, let uidRanges, let gidRanges, _, _):
            1 + min(uidRanges.reduce(0) { $0 + $1.count }, gidRanges.reduce(0) { $0 + $1.count })
        }
    }

    /// What the kernel, or the helpers, are told.
    package var mapping: IdMapping {
        switch self {
        case .root: return .none
        case .nested(let uidMap, let gidMap): return .direct(uid: uidMap, gid: gidMap)
        case .single(let uid, let gid, _): return .direct(uid: "0 \(uid) 1\n", gid: "0 \(gid) 1\n")
        case .mapped(let map, let base): return base.mapping(of: map)
        case .subordinate(let uid, let gid, let uidRanges, let gidRanges, let newuidmap, let newgidmap):
            func line(_ program: String, _ own: UInt32, _ ranges: [Range]) -> [String] {
                var words = [program, "", "0", String(own), "1"]
                var inside: UInt32 = 1
                for range in ranges {
                    words += [String(inside), String(range.start), String(range.count)]
                    inside += range.count
                }
                return words
            }
            return .helpers(uid: line(newuidmap, uid, uidRanges), gid: line(newgidmap, gid, gidRanges))
        }
    }

    /// The same ids inside a user namespace that has this map already: each stands for itself.
    package var innerMapping: IdMapping {
        switch self {
        case .root: return .none
        case .nested(let uidMap, let gidMap): return .direct(uid: uidMap, gid: gidMap)
        case .single: return .direct(uid: "0 0 1\n", gid: "0 0 1\n")
        case .mapped(let map, let base): return base.innerMapping(of: map)
        case .subordinate(_, _, let uidRanges, let gidRanges, _, _):
            // The kernel wants each line within one line of the map around it.
            func text(_ ranges: [Range]) -> String {
                var (text, next) = ("0 0 1\n", UInt32(1))
                for range in ranges {
                    text += "\(next) \(next) \(range.count)\n"
                    next += range.count
                }
                return text
            }
            return .direct(uid: text(uidRanges), gid: text(gidRanges))
        }
    }

    /// The id on the host that a container's uid is, `nil` when it is not mapped.
    package func hostUID(_ uid: UInt32) -> UInt32? {
        switch self {
        case .root, .nested: return uid
        case .single(let own, _, _): return uid == 0 ? own : nil
        case .mapped(let map, let base): return IdMap.own(uid, in: map.users).flatMap(base.hostUID)
        case .subordinate(let own, _, let ranges, _, _, _):
            if uid == 0 { return own }
            var inside: UInt32 = 1
            for range in ranges {
                if uid < inside + range.count { return range.start + (uid - inside) }
                inside += range.count
            }
            return nil
        }
    }
}

extension IdMapPlan {
    /// The user's own ids, 0 first, and what they are outside.
    package var pieces: (users: [IdPiece], groups: [IdPiece]) {
        switch self {
        case .root:
            let all = [IdPiece(own: 0, outside: 0, count: .max)]
            return (all, all)
        case .nested(let uidMap, let gidMap):
            func pieces(_ text: String) -> [IdPiece] {
                text.split(separator: "\n").compactMap { line in
                    let numbers = line.split(separator: " ").compactMap { UInt32($0) }
                    return numbers.count == 3 ? IdPiece(own: numbers[0], outside: numbers[1], count: numbers[2]) : nil
                }
            }
            return (pieces(uidMap), pieces(gidMap))
        case .single(let uid, let gid, _):
            return ([IdPiece(own: 0, outside: uid, count: 1)], [IdPiece(own: 0, outside: gid, count: 1)])
        case .subordinate(let uid, let gid, let uidRanges, let gidRanges, _, _):
            func pieces(_ own: UInt32, _ ranges: [Range]) -> [IdPiece] {
                var out = [IdPiece(own: 0, outside: own, count: 1)]
                for range in ranges {
                    let next = out[out.count - 1].own + out[out.count - 1].count
                    out.append(IdPiece(own: next, outside: range.start, count: range.count))
                }
                return out
            }
            return (pieces(uid, uidRanges), pieces(gid, gidRanges))
        case .mapped(_, let base): return base.pieces
        }
    }

    /// - Throws: `.invalid` for ids that this user does not have.
    package func check(_ map: IdMap) throws(Failure) {
        _ = try IdMap.lines(map.users, pieces.users, "UID")
        _ = try IdMap.lines(map.groups, pieces.groups, "GID")
    }

    /// For a namespace whose parent is the host's, or the one we are in.
    private func mapping(of map: IdMap) -> IdMapping {
        // Checked when the container was made; where the user has fewer ids now, the helpers say so.
        let users = (try? IdMap.lines(map.users, pieces.users, "UID")) ?? []
        let groups = (try? IdMap.lines(map.groups, pieces.groups, "GID")) ?? []
        if case .subordinate(_, _, _, _, let newuidmap, let newgidmap) = self {
            func words(_ program: String, _ lines: [(inside: UInt32, own: UInt32, outside: UInt32, count: UInt32)]) -> [String] {
                [program, ""] + lines.flatMap { [String($0.inside), String($0.outside), String($0.count)] }
            }
            return .helpers(uid: words(newuidmap, users), gid: words(newgidmap, groups))
        }
        func text(_ lines: [(inside: UInt32, own: UInt32, outside: UInt32, count: UInt32)]) -> String {
            lines.map { "\($0.inside) \($0.outside) \($0.count)\n" }.joined()
        }
        return .direct(uid: text(users), gid: text(groups))
    }

    /// For a namespace whose parent has the user's default map: there the own ids are the ids.
    private func innerMapping(of map: IdMap) -> IdMapping {
        if self == .root { return mapping(of: map) }
        func text(_ extents: [IdMap.Extent], _ pieces: [IdPiece]) -> String {
            // The kernel wants each line within one line of the map around it.
            ((try? IdMap.lines(extents, pieces, "")) ?? []).map { "\($0.inside) \($0.own) \($0.count)\n" }.joined()
        }
        return .direct(uid: text(map.users, pieces.users), gid: text(map.groups, pieces.groups))
    }
}

extension IdMapPlan {
    /// Found out on this host: credentials, /etc/subuid, /etc/subgid, and the helpers.
    package static func detect() -> IdMapPlan {
        let (setGroups, setUsers, netAdmin, sysAdmin, setFileCapabilities) = (6, 7, 12, 21, 31)  // CAP_*
        let uid = Process.effectiveUserID
        let gid = Process.effectiveGroupID
        if uid == 0, Process.hasCapability(sysAdmin), Process.hasCapability(netAdmin) {
            // Root of a user namespace that somebody made with one id (unshare --map-root-user): nothing else can be owned.
            return hasOneID("/proc/self/uid_map") || hasOneID("/proc/self/gid_map")
                ? .single(uid: uid, gid: gid, reason: "this user namespace has a single id") : .root
        }
        if uid == 0, [setGroups, setUsers, setFileCapabilities].allSatisfy(Process.hasCapability),
            let uidMap = ownMap("/proc/self/uid_map"), let gidMap = ownMap("/proc/self/gid_map")
        {
            return .nested(uidMap: uidMap, gidMap: gidMap)
        }
        let name = UserAccount.name(of: uid)
        func ranges(_ path: String) -> [Range] {
            guard let text = HostFile.text(path) else { return [] }
            return UserAccount.subordinateRanges(text, name: name, uid: uid).map { Range(start: $0.start, count: $0.count) }
        }
        let uidRanges = ranges("/etc/subuid")
        let gidRanges = ranges("/etc/subgid")
        let who = name.map { "\"\($0)\"" } ?? "uid \(uid)"
        if uidRanges.isEmpty || gidRanges.isEmpty {
            let file = uidRanges.isEmpty ? "/etc/subuid" : "/etc/subgid"
            return .single(uid: uid, gid: gid, reason: "\(file) has no subordinate ids for \(who)")
        }
        guard let newuidmap = helper("newuidmap"), let newgidmap = helper("newgidmap") else {
            return .single(uid: uid, gid: gid, reason: "newuidmap and newgidmap are not installed (Debian: package uidmap)")
        }
        return .subordinate(uid: uid, gid: gid, uidRanges: uidRanges, gidRanges: gidRanges, newuidmap: newuidmap, newgidmap: newgidmap)
    }

    /// Our own map with every id standing for itself, line by line: the kernel wants each range within one of ours.
    /// `nil` where there is but one id.
    private static func ownMap(_ path: String) -> String? {
        if hasOneID(path) { return nil }
        let lines = (HostFile.text(path) ?? "").split(separator: "\n").map { $0.split(separator: " ") }
        return lines.isEmpty ? nil : lines.map { $0.count == 3 ? "\($0[0]) \($0[0]) \($0[2])\n" : "" }.joined()
    }

    private static func hasOneID(_ path: String) -> Bool {
        let lines = (HostFile.text(path) ?? "").split(separator: "\n")
        return lines.count == 1 && lines[0].split(separator: " ").last == "1"
    }

    /// A set-uid helper; only from the system's directories, never from the caller's PATH.
    private static func helper(_ name: String) -> String? {
        ["/usr/bin/", "/bin/", "/usr/local/bin/", "/run/wrappers/bin/"].map { $0 + name }.first(where: HostFile.isExecutable)
    }
}

extension IdMapPlan {
    /// Group ids from 0 on that the namespace we are in has: all of them, but fewer inside a rootless container.
    private static var ownMappedGroups: UInt32 {
        let lines = (HostFile.text("/proc/self/gid_map") ?? "").split(separator: "\n")
        var end: UInt64 = 0
        for line in lines {
            let numbers = line.split(separator: " ").compactMap { UInt64($0) }
            if numbers.count == 3, numbers[0] == end { end += numbers[2] }
        }
        return end == 0 ? UInt32.max : UInt32(clamping: end)
    }
}

extension CapabilitySet {
    /// What a container can be given: everything in a user namespace of its own, else what this process has. Root
    /// inside a container, or of a service that was confined, has less than all.
    package static func available(_ idMap: IdMapPlan) -> CapabilitySet {
        CapabilitySet(rawValue: idMap.needsUserNamespace ? .max : Process.effectiveCapabilities)
    }
}
