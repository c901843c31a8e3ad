internal import LinuxSys
internal import Primitives
internal import Sandbox
internal import Store

/// Who a container's process is, looked up in the image's own files.
enum ContainerUser {
    /// - Parameter override: `exec --user`, instead of the container's user.
    static func resolve(
        _ record: ContainerRecord, containers: ContainerStore, idMap: IdMapPlan, override: String? = nil
    ) throws(Failure) -> ResolvedUser {
        let view = try LayeredView(try containers.rootDirectories(record, singleOwner: idMap.isSingleOwner))
        let database = UserDatabase(passwd: try view.read("etc/passwd") ?? [], group: try view.read("etc/group") ?? [])
        let user = try database.resolve(
            override ?? record.config["User"]?.string ?? "", additionalGroups: record.hostConfig["GroupAdd"]?.strings ?? [])
        for id in [user.uid, user.gid] where id >= idMap.mappedIDs {
            throw Failure(
                .unsupported,
                "id \(id) does not exist in this user namespace, which has \(idMap.mappedIDs) id\(idMap.mappedIDs == 1 ? "" : "s")",
                hint: "add subordinate ids for this user to /etc/subuid and /etc/subgid")
        }
        // A single-id namespace has no further groups to give.
        return idMap.isSingleOwner ? ResolvedUser(uid: user.uid, gid: user.gid, supplementaryGroups: [], home: user.home) : user
    }
}
