import CommandLine
import Containers
import Primitives
import Store

/// `volume prune`.
struct VolumePruneCommand {
    let engine: Engine
    let options: ParsedOptions

    func run() throws(Failure) -> Int32 {
        let question = PruneQuestion(engine: engine, options: options)
        let filters = options.strings(.filter)
        let all = options.bool(.pruneAllVolumes)
        if all, filters.contains(where: { $0.utf8.starts(with: "all=".utf8) }) {
            engine.console.reportPlain(Failure(.invalid, "conflicting options: cannot specify both --all and --filter all=1"))
            return ExitCode.failure
        }
        return try engine.asOwner { (_) throws(Failure) in
            let which = all ? "all" : "anonymous"
            guard try question.isConfirmed("WARNING! This will remove \(which) local volumes not used by at least one container.") else {
                return ExitCode.success
            }
            let part = try VolumePrunePart(engine: engine, all: all, filters: filters)
            let (lines, bytes) = try part.run(isDryRun: question.isDryRun)
            try question.show("Volumes", lines)
            try question.showTotal(bytes)
            return ExitCode.success
        }
    }
}

/// The volumes' part of `volume prune` and `system prune`.
struct VolumePrunePart {
    let engine: Engine
    let all: Bool
    private let filters: FilterValues

    init(engine: Engine, all: Bool, filters: [String], isSystem: Bool = false) throws(Failure) {
        self.engine = engine
        self.filters = try FilterValues(filters, known: isSystem ? SystemPruneCommand.filters : ["all", "label", "label!"])
        self.all = try self.filters.flag("all") ?? all
    }

    /// - Parameter gone: containers that would be gone by then.
    /// - Returns: the names, and the bytes on the disk.
    func run(isDryRun: Bool, gone: Set<String> = []) throws(Failure) -> (lines: [String], bytes: Int64) {
        let containers = try engine.containers
        var damage: Failure?
        let users = try containers.volumeUsers { damage = $0 }
        // Nobody knows what such a container mounts.
        if let damage { throw damage.within("looking for the volumes that containers use") }
        let volumes = containers.volumes
        var lines: [String] = []
        var bytes: Int64 = 0
        for volume in try volumes.all(damaged: engine.noticeDamage) {
            guard all || volume.isAnonymous, filters.fits(labels: volume.labelPairs),
                Set(users[volume.name] ?? []).subtracting(gone).isEmpty
            else { continue }
            let size = try volumes.diskBytes(volume.name)
            do throws(Failure) {
                if !isDryRun { try containers.removeVolume(volume.name, idMap: engine.idMap, places: engine.places) }
                lines.append(volume.name)
                bytes += size
            } catch {
                // Somebody else removed it, or uses it now.
                guard error.kind == .notFound || error.kind == .conflict else { throw error }
            }
        }
        if !isDryRun { try containers.sweep(idMap: engine.idMap, places: engine.places) }
        return (lines, bytes)
    }
}
