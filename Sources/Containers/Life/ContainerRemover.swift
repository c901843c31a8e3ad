internal import LinuxSys
package import Primitives
package import Sandbox
package import Store

extension ContainerStore {
    /// Removes a container that is not running: out of sight in one step, then its files.
    /// - Parameter idMap: files of other ids are removed from inside the user namespace.
    /// - Parameter withVolumes: the volumes that nobody named go too; those of an auto-remove container always do.
    /// - Throws: `.conflict` while it runs, unless `force`.
    package func remove(
        _ id: String, force: Bool, withVolumes: Bool = false, idMap: IdMapPlan, places: StorePlaces
    ) throws(Failure) {
        let state = try state(id)
        let record = try? record(id)  // A directory without a record is half made or half removed: it goes as well.
        if state.isRunning {
            guard force else {
                let name = record?.name ?? id
                throw Failure(
                    .conflict,
                    "cannot remove container \"/\(name)\": container is running: stop the container before removing or force remove")
            }
            do throws(Failure) { try kill(id, signal: Signals.kill) } catch {
                // It ended by itself in this moment: all the better.
                if error.kind != .conflict { throw error }
            }
        }
        let area = try root.area(.containers)
        let staging = try root.area(.staging)
        let dead = "dead-container-\(id)"
        try area.move(id, to: staging, as: dead)
        if let name = record?.name { try release(name, of: id) } else { try releaseStaleNames(of: id) }
        try removeDead(dead, idMap: idMap, places: places)
        if let record, withVolumes || record.autoRemove {
            try removeUnnamed(record.unnamedVolumes, idMap: idMap, places: places)
        }
    }

    /// Removes the files of what is out of sight (containers and layers), and what interrupted commands left: names of
    /// nobody, containers that were never finished.
    package func sweep(idMap: IdMapPlan, places: StorePlaces) throws(Failure) {
        if try root.existing(.containers) != nil {
            try releaseStaleNames()
            try removeHalfMade()
        }
        for name in try root.deadNames() { try removeDead(name, idMap: idMap, places: places) }
    }

    /// A directory without a record while nobody holds a lease: whoever was making it has ended.
    private func removeHalfMade() throws(Failure) {
        guard let area = try root.existing(.containers) else { return }
        var halfMade: [String] = []
        for id in try identifiers() where !area.contains("\(id)/config.json") && !area.contains("\(id)/summary.json") {
            halfMade.append(id)
        }
        if halfMade.isEmpty { return }
        let staging = try root.area(.staging)
        try root.whileNobodyHoldsALease { () throws(Failure) in
            for id in halfMade where area.contains(id) && !area.contains("\(id)/config.json") {
                try area.move(id, to: staging, as: "dead-container-\(id)")
                try releaseStaleNames(of: id)
            }
        }
    }

    func removeDead(_ name: String, idMap: IdMapPlan, places: StorePlaces) throws(Failure) {
        do throws(Failure) { try root.area(.staging).removeTree(name) } catch {
            // Somebody else sweeps the same files: what one of us has removed is as good as removed by the other.
            if error.kind == .notFound {
                return try root.area(.staging).contains(name) ? removeDead(name, idMap: idMap, places: places) : ()
            }
            guard case .subordinate = idMap else { throw error }
            guard Errno(error.errno ?? 0) == .accessDenied || Errno(error.errno ?? 0) == .notPermitted else { throw error }
            // Files of subordinate ids: only root of the user namespace may remove them.
            let code = try UserNamespaceStage.run(["proa:remove", name], idMap: idMap, places: places)
            if code != 0 { throw error }
        }
    }
}
