import CommandLine
import Containers
import Images
import Layers
import LinuxSys
import Primitives
import Store

/// The files of a container as one archive, running or not, with the owners that the container sees.
struct ExportCommand {
    let engine: Engine
    let options: ParsedOptions

    func run(_ operands: [String]) -> Int32 {
        do throws(Failure) {
            let id = try engine.containers.find(operands[0])
            let path = options.string(.output)
            if path.isEmpty, StandardStream.output.isTerminal { throw Failure(.invalid, OutputFile.refusal) }
            return try engine.asOwner { (owners) throws(Failure) in
                let tree = try tree(id, owners)
                let map = try engine.containers.record(id).idMap
                try OutputFile.write(path, "export container") { (sink) throws(Failure) in
                    try TreeArchiver(tree, TarWriter(sink)) { map?.seenOwner(user: $0, group: $1) ?? ($0, $1) }.run()
                }
                return ExitCode.success
            }
        } catch {
            let failure = engine.explained(error)
            if failure.kind == .invalid { engine.console.reportPlain(failure) } else { engine.console.report(failure) }
            return ExitCode.failure
        }
    }

    private func tree(_ id: String, _ owners: FileOwners) throws(Failure) -> MergedTree {
        let containers = try engine.containers
        return try MergedTree(try containers.rootDirectories(try containers.record(id), singleOwner: owners == .single))
    }
}
