internal import Layers
internal import LinuxSys
package import Primitives
internal import Sandbox
internal import Store

/// A container's root file system as a plain copy of its layers: where the kernel refuses to mount an overlay.
///
/// It lies in the container's directory, goes with it, and is visible only when it is complete: what an interrupted copy
/// left has another name and is removed by the next one.
package enum FlatRoot {
    static let name = "flat"
    private static let partial = "flat.partial"
    private static let size = "flat.json"
    /// This binary as root of the user namespace whose ids the files have.
    package static let stage = "proa:copy"

    static func exists(_ record: ContainerRecord, in containers: ContainerStore) -> Bool {
        HostFile.exists("\(containers.root.path)/\(StoreRoot.Area.containers.path)/\(record.id)/\(name)")
    }

    static func copy(_ record: ContainerRecord, in containers: ContainerStore, idMap: IdMapPlan, places: StorePlaces) throws(Failure) {
        if idMap.base.needsUserNamespace {
            let words = [stage, record.id, idMap.isSingleOwner ? "single" : "mapped"]
            if try UserNamespaceStage.run(words, idMap: idMap.base, places: places) != 0 {
                throw Failure(.unavailable, "the root file system of \"\(record.name)\" could not be copied")
            }
        } else {
            try make(record.id, in: containers, singleOwner: false)
        }
        // Counted here and not in the stage: later counts, too, see only what this user may enter.
        let directory = try containers.open(record.id)
        let bytes = try directory.openDirectory(name).treeBytes()
        try directory.writeFile(size, JSON.object(["sizeBytes": .int(bytes)]).bytes, durable: false)
    }

    /// The work itself, as root of whatever user namespace this is.
    package static func make(_ id: String, in containers: ContainerStore, singleOwner: Bool) throws(Failure) {
        let record = try containers.record(id)
        let directory = try containers.open(id)
        let lock = try Lock.take("flat.lock", in: directory, .exclusive)
        defer { lock.hold() }
        if directory.contains(name) { return }
        try directory.removeTree(partial)
        do throws(Failure) { try fill(directory, record, LayerStore(containers.root, singleOwner: singleOwner), containers) } catch {
            let cause = error
            do throws(Failure) { try directory.removeTree(partial) } catch { throw cause.within("tidying up failed: \(error.message)") }
            throw cause.within("copying the image of \"\(record.name)\"")
        }
    }

    private static func fill(
        _ directory: borrowing Directory, _ record: ContainerRecord, _ layers: LayerStore, _ containers: ContainerStore
    ) throws(Failure) {
        try directory.createDirectory(partial, mode: 0o755)
        let map = try record.idMap
        let copier = try LayerCopier(into: directory.openDirectory(partial)) { user, group in
            map?.fileOwner(user: user, group: group) ?? (user, group)
        }
        for layer in record.layers { try copier.add(try Directory.open(try layers.path(layer))) }
        // What the container had written while it could have an overlay.
        try copier.add(try directory.openDirectory("upper"))
        try copier.finish()
        try UserEntry.add(record, to: try directory.openDirectory(partial))
        if !record.autoRemove { try directory.descriptor.syncFileSystem() }
        try directory.rename(partial, to: name)
        if !record.autoRemove { try directory.descriptor.sync() }
    }

    /// What the files have grown by since they were copied; `nil` for a container that has no copy.
    static func writtenBytes(in directory: borrowing Directory) throws(Failure) -> Int64? {
        guard directory.contains(name) else { return nil }
        // A copy whose command was killed before it counted: nothing is known to have been written.
        guard directory.contains(size), let copied = try JSON.parse(try directory.readFile(size))["sizeBytes"]?.int else { return 0 }
        return max(0, try directory.openDirectory(name).treeBytes() - copied)
    }
}
