internal import LinuxSys
package import Primitives
internal import Sandbox
internal import Store

/// `U` of `-v`: gives the files of a volume or of a directory to the container's user.
///
/// Links are given away themselves and never followed, mounts below are left alone. An ordinary user's namespace can only give
/// what is his; as real root the system's own directories are refused.
package enum VolumeOwners {
    /// This binary as root of the user namespace whose ids the files have.
    package static let stage = "proa:own"
    private static let entriesMax = 5_000_000
    private static let system: Set<String> = [
        "/", "/bin", "/boot", "/dev", "/etc", "/home", "/lib", "/lib32", "/lib64", "/mnt", "/opt", "/proc", "/root", "/run", "/sbin",
        "/srv",
        "/sys", "/tmp", "/usr", "/usr/bin", "/usr/lib", "/usr/local", "/usr/sbin", "/usr/share", "/var", "/var/lib", "/var/log", "/var/tmp",
    ]

    static func give(
        _ mounts: [ResolvedMount], of record: ContainerRecord, in containers: ContainerStore, idMap: IdMapPlan, places: StorePlaces
    ) throws(Failure) {
        let wanted = mounts.filter(\.request.chown)
        if wanted.isEmpty { return }
        let user = try ContainerUser.resolve(record, containers: containers, idMap: idMap)
        for mount in wanted {
            guard let path = mount.hostPath else {
                throw Failure(.unsupported, "U is for directories: \"\(mount.request.target)\" has none")
            }
            let real = try HostFile.resolve(path)
            if system.contains(real) || !HostFile.isDirectory(real) {
                throw Failure(.invalid, "\(path.quoted) is not given away: U is for directories of one's own")
            }
            try doing("giving \(path.quoted) to user \(user.uid) of the container") { () throws(Failure) in
                guard idMap.needsUserNamespace else { return try give(real, uid: user.uid, gid: user.gid) }
                guard HostFile.status(real)?.owner == Process.effectiveUserID || mount.volume != nil else {
                    throw Failure(.denied, "it belongs to somebody else")
                }
                let words = [stage, String(user.uid), String(user.gid), real]
                if try UserNamespaceStage.run(words, idMap: idMap, places: places) != 0 {
                    throw Failure(.denied, "some of it belongs to somebody else")
                }
            }
        }
    }

    /// Gives an empty directory of ours the owner and the mode of another one.
    static func liken(_ path: String, to other: String, idMap: IdMapPlan, places: StorePlaces) throws(Failure) {
        guard let status = HostFile.status(other) else { throw Failure(.notFound, "\(other.quoted) is not there") }
        guard idMap.needsUserNamespace, !idMap.isSingleOwner, status.owner != Process.effectiveUserID else { return try liken(path, to: other) }
        if try UserNamespaceStage.run([stage, path, other], idMap: idMap, places: places) != 0 {
            throw Failure(.denied, "an overlay cannot stand on \(other.quoted): it belongs to somebody else")
        }
    }

    private static func liken(_ path: String, to other: String) throws(Failure) {
        let status = try Directory.open(other).descriptor.status()
        let directory = try Directory.open(path)
        let own = try directory.descriptor.status()
        if own.userID != status.userID || own.groupID != status.groupID {
            do throws(Failure) { try directory.descriptor.setOwner(user: status.userID, group: status.groupID) } catch {
                // With a single id the files of others stay theirs, seen as nobody's.
                guard Process.effectiveUserID != 0 else { throw error }
            }
        }
        try directory.descriptor.setMode(status.mode)
    }

    /// The stage's side.
    package static func run(stage words: [String]) throws(Failure) {
        if words.count == 3 { return try liken(words[1], to: words[2]) }
        guard words.count == 4, let uid = UInt32(words[1]), let gid = UInt32(words[2]) else {
            throw Failure(.invalid, "unknown words for \(stage)")
        }
        try give(words[3], uid: uid, gid: gid)
    }

    private static func give(_ path: String, uid: UInt32, gid: UInt32) throws(Failure) {
        let top = try Directory.open(path)
        var entries = 0
        let own = try top.descriptor.status()
        if own.userID != uid || own.groupID != gid { try top.descriptor.setOwner(user: uid, group: gid) }
        try TreeWalk.run(top) { (directory, visit) throws(Failure) in
            guard case .name(let name, let status) = visit else { return }
            entries += 1
            if entries > entriesMax { throw Failure(.invalid, "it holds more than \(entriesMax) files") }
            // A mount point: what is mounted there is not what was named.
            guard status.device == own.device, status.userID != uid || status.groupID != gid else { return }
            // Another name of this file may lie outside, and belong to whoever owns it there.
            if status.kind != .directory, status.linkCount > 1, status.userID != own.userID, status.userID != uid {
                throw Failure(.denied, "\(printable(name)) has another name elsewhere and another owner than the directory")
            }
            try directory.setOwner(of: name, user: uid, group: gid)
        }
    }

    private static func printable(_ name: RawPath) -> String { String(decoding: name.bytes, as: UTF8.self).quoted }
}
