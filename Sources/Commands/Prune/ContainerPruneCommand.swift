import CommandLine
import Containers
import LinuxSys
import Primitives

/// `container prune`.
struct ContainerPruneCommand {
    let engine: Engine
    let options: ParsedOptions

    func run() throws(Failure) -> Int32 {
        let question = PruneQuestion(engine: engine, options: options)
        return try engine.asOwner { (_) throws(Failure) in
            guard try question.isConfirmed("WARNING! This will remove all stopped containers.") else { return ExitCode.success }
            let part = try ContainerPrunePart(engine: engine, filters: options.strings(.filter))
            let (lines, bytes) = try part.run(isDryRun: question.isDryRun)
            try question.show("Containers", lines)
            try question.showTotal(bytes)
            return ExitCode.success
        }
    }
}

/// The containers' part of `container prune` and `system prune`.
struct ContainerPrunePart {
    let engine: Engine
    private let filters: FilterValues
    private let until: Timestamp?

    init(engine: Engine, filters: [String], isSystem: Bool = false) throws(Failure) {
        self.engine = engine
        self.filters = try FilterValues(filters, known: isSystem ? SystemPruneCommand.filters : ["label", "label!", "until"])
        until = try self.filters.until()
    }

    /// - Returns: the ids, and the bytes on the disk.
    func run(isDryRun: Bool) throws(Failure) -> (lines: [String], bytes: Int64) {
        let containers = try engine.containers
        var lines: [String] = []
        var bytes: Int64 = 0
        for summary in try containers.list(runningOnly: false, damaged: engine.noticeDamage) where isWanted(summary) {
            let size = try containers.diskBytes(summary.id)
            do throws(Failure) {
                if !isDryRun { try containers.remove(summary.id, force: false, idMap: engine.idMap, places: engine.places) }
                bytes += size
                lines.append(summary.id)
            } catch {
                // Somebody else removed it, or started it in this moment.
                guard error.kind == .notFound || error.kind == .conflict else { throw error }
            }
        }
        if !isDryRun { try containers.sweep(idMap: engine.idMap, places: engine.places) }
        return (lines, bytes)
    }

    private func isWanted(_ summary: ContainerSummary) -> Bool {
        // One whose records are damaged is for `rm -f` to remove.
        if summary.state.isRunning || summary.created.isEmpty || !filters.fits(labels: summary.labels) { return false }
        guard let until else { return true }
        return ((try? Timestamp(rfc3339: summary.created)).map { $0 <= until }) ?? false
    }
}
