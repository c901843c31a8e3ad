import CommandLine
import Containers
import Networks
import Primitives

/// `network rm`.
struct NetworkRemoveCommand {
    let engine: Engine
    let options: ParsedOptions

    func run(_ operands: [String]) -> Int32 {
        engine.forEach(operands) { (operand) throws(Failure) in
            do throws(Failure) { try remove(operand) } catch {
                if error.kind == .notFound, options.bool(.forceNetwork) { return }
                throw error
            }
            try engine.console.line(operand)
        }
    }

    private func remove(_ operand: String) throws(Failure) {
        let view: NetworkView
        do throws(Failure) { view = try engine.network(operand) } catch {
            guard error.kind == .notFound else { throw error }
            // What cannot be read has no name, but an id.
            return try engine.networks.removeDamaged(operand)
        }
        guard let network = view.record else { throw NetworkStore.predefined(view.name) }
        try engine.remove(network)
    }
}

extension Engine {
    /// - Throws: `.conflict` while running containers are on it.
    func remove(_ network: NetworkRecord) throws(Failure) {
        let containers = try containers
        try networks.remove(network) { (network) throws(Failure) in
            try NetworkView(network).users(containers).map { (container: $0.name, id: $0.id) }
        }
        try NetworkLauncher(containers, places: places, idMap: idMap).forget(network.id)
    }
}
