internal import LinuxSys
package import Primitives
package import Sandbox
internal import Store

/// A directory of the caller's that the container's user cannot write, though the caller can: told before the first file fails.
package enum BindAdvice {
    /// One line naming the flag that helps, or `nil`.
    package static func text(_ record: ContainerRecord, in containers: ContainerStore, idMap: IdMapPlan) throws(Failure) -> String? {
        guard case .subordinate(let caller, _, _, _, _, _) = idMap, try record.idMap == nil,
            let name = record.config["User"]?.string, !name.isEmpty
        else { return nil }
        for entry in record.proa["Mounts"]?.array ?? [] {
            let mount = try MountRecord(entry).mount
            guard case .bind(let source, _, _) = mount.kind, !mount.flags.contains(.readOnly), let status = HostFile.status(source),
                status.kind == .directory, status.owner == caller, status.mode & 0o200 != 0, status.mode & 0o002 == 0
            else { continue }
            // Only now: the image's users are looked up for it.
            let user = try ContainerUser.resolve(record, containers: containers, idMap: idMap)
            if user.uid == 0 { return nil }
            return
                "\"\(source)\" belongs to you, whom user \(user.uid) of the container is not: with --userns=keep-id:uid=\(user.uid),gid=\(user.gid) he is"
        }
        return nil
    }
}
