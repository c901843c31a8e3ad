internal import LinuxSys
internal import Primitives
internal import Sandbox
internal import Store

/// Who a container's process is, looked up in the image's own files.
enum ContainerUser {
    /// `--group-add`: the groups of whoever starts the container, whatever they are called inside.
    static let keepGroups = "keep-groups"

    static func keepsGroups(_ record: ContainerRecord) -> Bool { record.hostConfig["GroupAdd"]?.strings == [keepGroups] }

    /// - Parameter override: `exec --user`, instead of the container's user.
    static func resolve(
        _ record: ContainerRecord, containers: ContainerStore, idMap: IdMapPlan, override: String? = nil
    ) throws(Failure) -> ResolvedUser {
        let view = try LayeredView(try containers.rootDirectories(record, singleOwner: idMap.isSingleOwner))
        let database = UserDatabase(passwd: try view.read("etc/passwd") ?? [], group: try view.read("etc/group") ?? [])
        let user = try database.resolve(
            override ?? record.config["User"]?.string ?? "",
            additionalGroups: (record.hostConfig["GroupAdd"]?.strings ?? []).filter { $0 != keepGroups })
        let hasIDs = idMap.custom.map { IdMap.own(user.uid, in: $0.users) != nil && IdMap.own(user.gid, in: $0.groups) != nil }
        for id in [user.uid, user.gid] where hasIDs.map(!) ?? (id >= idMap.mappedIDs) {
            throw Failure(
                .unsupported,
                "id \(id) does not exist in this user namespace, which has \(idMap.mappedIDs) id\(idMap.mappedIDs == 1 ? "" : "s")",
                hint: "add subordinate ids for this user to /etc/subuid and /etc/subgid")
        }
        // A single-id namespace has no further groups to give.
        return idMap.isSingleOwner ? ResolvedUser(uid: user.uid, gid: user.gid, supplementaryGroups: [], home: user.home) : user
    }
}
