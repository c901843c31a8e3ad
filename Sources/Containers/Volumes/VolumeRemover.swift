internal import LinuxSys
package import Primitives
package import Sandbox
package import Store

/// Volumes as containers use them.
extension ContainerStore {
    package var volumes: VolumeStore { VolumeStore(root) }

    /// Which containers mount each volume, running or not.
    package func volumeUsers(damaged: (Failure) -> Void = { _ in }) throws(Failure) -> [String: [String]] {
        var users: [String: [String]] = [:]
        for container in try list(runningOnly: false, damaged: damaged) {
            for name in Set(container.mounts) where name.utf8.first != UInt8(ascii: "/") { users[name, default: []].append(container.id) }
        }
        return users
    }

    /// Removes a volume, named or not, that no container uses.
    /// - Throws: `.notFound`, `.conflict`, with docker's texts.
    package func removeVolume(_ name: String, idMap: IdMapPlan, places: StorePlaces) throws(Failure) {
        var users: [String] = []
        let dead = try volumes.remove(name) { () throws(Failure) in
            users = try volumeUsers()[name] ?? []
            return users.isEmpty
        }
        guard let dead else {
            if users.isEmpty { throw VolumeStore.notFound(name) }
            throw Failure(.conflict, "remove \(name): volume is in use - [\(users.joined(separator: ", "))]")
        }
        try removeDead(dead, idMap: idMap, places: places)
    }

    /// Volumes that go with their container, unless another one uses them too.
    func removeUnnamed(_ names: [String], idMap: IdMapPlan, places: StorePlaces) throws(Failure) {
        for name in names {
            do throws(Failure) { try removeVolume(name, idMap: idMap, places: places) } catch {
                if error.kind != .conflict, error.kind != .notFound { throw error }
            }
        }
    }
}
