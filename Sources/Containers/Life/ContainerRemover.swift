internal import LinuxSys
package import Primitives
package import Sandbox
package import Store

extension ContainerStore {
    /// Removes a container that is not running: out of sight in one step, then its files.
    /// - Parameter idMap: files of other ids are removed from inside the user namespace.
    /// - Throws: `.conflict` while it runs, unless `force`.
    package func remove(_ id: String, force: Bool, idMap: IdMapPlan, places: StorePlaces) throws(Failure) {
        let state = try state(id)
        let record = try? record(id)  // A directory without a record is half made or half removed: it goes as well.
        if state.isRunning {
            guard force else {
                let name = record?.name ?? id
                throw Failure(
                    .conflict,
                    "cannot remove container \"/\(name)\": container is running: stop the container before removing or force remove")
            }
            try kill(id, signal: Signals.kill)
        }
        let area = try root.area(.containers)
        let staging = try root.area(.staging)
        let dead = "dead-container-\(id)"
        try area.move(id, to: staging, as: dead)
        if let name = record?.name { try release(name, of: id) }
        try removeDead(dead, idMap: idMap, places: places)
    }

    /// Finishes what an interrupted command left of removed containers.
    package func sweep(idMap: IdMapPlan, places: StorePlaces) throws(Failure) {
        guard let staging = try root.existing(.staging) else { return }
        for name in try staging.names() where name.hasPrefix("dead-container-") {
            try removeDead(name, idMap: idMap, places: places)
        }
    }

    private func removeDead(_ name: String, idMap: IdMapPlan, places: StorePlaces) throws(Failure) {
        do throws(Failure) { try root.area(.staging).removeTree(name) } catch {
            guard case .subordinate = idMap else { throw error }
            // Files of subordinate ids: only root of the user namespace may remove them.
            let code = try UserNamespaceStage.run(["proa:remove", name], idMap: idMap, places: places)
            if code != 0 { throw error }
        }
    }
}
