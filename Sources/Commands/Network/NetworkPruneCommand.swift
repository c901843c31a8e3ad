import CommandLine
import Networks
import Primitives

/// `network prune`.
struct NetworkPruneCommand {
    let engine: Engine
    let options: ParsedOptions

    func run() throws(Failure) -> Int32 {
        let question = PruneQuestion(engine: engine, options: options)
        let warning = "WARNING! This will remove all custom networks not used by at least one container."
        guard try question.isConfirmed(warning) else { return ExitCode.success }
        let lines = try NetworkPrunePart(engine: engine, filters: options.strings(.filter)).run(isDryRun: question.isDryRun)
        try question.show("Networks", lines)
        return ExitCode.success
    }
}

/// The networks' part of `network prune` and `system prune`.
struct NetworkPrunePart {
    let engine: Engine
    private let filters: FilterValues
    private let until: Timestamp?

    init(engine: Engine, filters: [String]) throws(Failure) {
        self.engine = engine
        self.filters = try FilterValues(filters, known: ["label", "label!", "until"])
        until = try self.filters.until()
    }

    /// - Returns: the names.
    func run(isDryRun: Bool) throws(Failure) -> [String] {
        var lines: [String] = []
        let users = try engine.containers.networkUsers()
        for network in try engine.networks.all(damaged: engine.noticeDamage) where isWanted(network) && users[network.id] == nil {
            do throws(Failure) {
                if !isDryRun { try engine.remove(network) }
                lines.append(network.name)
            } catch {
                // Somebody else removed it, or started a container on it in this moment.
                guard error.kind == .notFound || error.kind == .conflict else { throw error }
            }
        }
        return lines
    }

    private func isWanted(_ network: NetworkRecord) -> Bool {
        if network.isDefault || !filters.fits(labels: network.labels.map { ($0.key, $0.value) }) { return false }
        guard let until else { return true }
        return ((try? Timestamp(rfc3339: network.created)).map { $0 <= until }) ?? false
    }
}
