internal import Images
internal import Layers
internal import LinuxSys
package import Primitives
internal import Sandbox
package import Store

/// The first use of a volume: an empty one takes what the image has at the place where it will be mounted, with owners, modes
/// and attributes, found without leaving the image whatever its links say.
///
/// The copy is made beside the volume's content, which containers may see already, and is complete before any of it is
/// moved there: one that was interrupted is begun anew, and a move that was interrupted goes on where it was.
package enum VolumeFill {
    /// This binary as root of the user namespace whose ids the files have.
    package static let stage = "proa:fill"
    private static let lock = "fill.lock"
    private static let partial = "fill.partial"
    private static let ready = "fill.ready"

    private struct Target {
        var volume: String
        /// The directory of the host with the content.
        var content: String
        /// In the container.
        var path: String
        /// Synced before it counts.
        var isDurable: Bool
    }

    static func run(
        _ mounts: [ResolvedMount], for record: ContainerRecord, in containers: ContainerStore, idMap: IdMapPlan, places: StorePlaces
    ) throws(Failure) {
        var targets: [Target] = []
        for mount in mounts where mount.takesContent {
            guard let volume = mount.volume?.name, let content = mount.hostPath else { continue }
            targets.append(
                Target(
                    volume: volume, content: content, path: mount.request.target, isDurable: !mount.isUnnamed || !record.autoRemove))
        }
        if targets.isEmpty { return }
        let single = idMap.isSingleOwner
        let paths = try LayerStore(containers.root, singleOwner: single).paths(record.layers, in: containers.root)
        if paths.isEmpty { return }
        let tree = try MergedTree(paths)
        let volumes = VolumeStore(containers.root)
        var waiting: [Target] = []
        for target in targets where mayNeed(target, volumes, tree) { waiting.append(target) }
        if waiting.isEmpty { return }
        guard idMap.needsUserNamespace else {
            for target in waiting { try fill(target, volumes, tree) }
            return
        }
        var words = [stage, String(waiting.count)]
        for target in waiting { words += [target.volume, target.content, target.path, target.isDurable ? "durable" : "fleeting"] }
        if try UserNamespaceStage.run(words + paths, idMap: idMap, places: places) != 0 {
            throw Failure(.unavailable, "the image's files could not be copied into the new volume")
        }
    }

    /// The stage's side.
    package static func run(stage words: [String], store: StoreRoot) throws(Failure) {
        guard words.count > 2, let count = Int(words[1]), (1...1000).contains(count), words.count > 2 + 4 * count else {
            throw Failure(.invalid, "unknown words for \(stage)")
        }
        let tree = try MergedTree(Array(words[(2 + 4 * count)...]))
        for index in 0..<count {
            let at = 2 + 4 * index
            let target = Target(volume: words[at], content: words[at + 1], path: words[at + 2], isDurable: words[at + 3] == "durable")
            try fill(target, VolumeStore(store), tree)
        }
    }

    /// False only where this user sees that there is nothing to do.
    private static func mayNeed(_ target: Target, _ volumes: VolumeStore, _ tree: MergedTree) -> Bool {
        do throws(Failure) { return try needs(target, volumes, tree) } catch { return true }  // Closed to this user.
    }

    private static func needs(_ target: Target, _ volumes: VolumeStore, _ tree: MergedTree) throws(Failure) -> Bool {
        if try volumes.open(target.volume).contains(ready) { return true }
        let content = try Directory.open(target.content)
        guard try content.rawNames().isEmpty, let node = try tree.find(target.path), node.status.kind == .directory else { return false }
        let own = try content.descriptor.status()
        if node.status.userID != own.userID || node.status.groupID != own.groupID || node.status.mode != own.mode { return true }
        return try !tree.children(of: node).isEmpty
    }

    private static func fill(_ target: Target, _ volumes: VolumeStore, _ tree: MergedTree) throws(Failure) {
        try doing("copying the image's \(target.path.quoted) into the volume \"\(target.volume)\"") { () throws(Failure) in
            let directory = try volumes.open(target.volume)
            let held = try Lock.take(lock, in: directory, .exclusive)
            defer { held.hold() }
            let content = try Directory.open(target.content)
            if directory.contains(ready) { return try finish(directory, content) }
            try directory.removeTree(partial)
            // A directory that a volume stands for may lie elsewhere: nothing can be moved there in one step.
            guard try content.rawNames().isEmpty, try content.descriptor.status().device == directory.descriptor.status().device,
                let node = try tree.find(target.path), node.status.kind == .directory
            else { return }
            try directory.createDirectory(partial)
            do throws(Failure) { try tree.copy(node, into: directory.openDirectory(partial)) } catch {
                let cause = error
                do throws(Failure) { try directory.removeTree(partial) } catch { throw cause.tidyingFailed(error) }
                throw cause
            }
            if target.isDurable { try directory.descriptor.syncFileSystem() }
            try directory.rename(partial, to: ready)
            if target.isDurable { try directory.descriptor.sync() }
            try finish(directory, content)
        }
    }

    /// Moves the copy to where containers see it; what is there already stays as it is.
    private static func finish(_ directory: borrowing Directory, _ content: borrowing Directory) throws(Failure) {
        let copy = try directory.openDirectory(ready)
        for name in try copy.rawNames() where try content.status(of: name) == nil { try copy.move(name, to: content) }
        let status = try copy.descriptor.status()
        try content.descriptor.setOwner(user: status.userID, group: status.groupID)
        try content.descriptor.setMode(status.mode)
        try content.descriptor.setTimes(seconds: status.modifiedSeconds, nanoseconds: status.modifiedNanoseconds)
        try directory.removeTree(ready)
    }
}
