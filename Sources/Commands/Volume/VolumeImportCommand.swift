import CommandLine
import Containers
import Layers
import LinuxSys
import Primitives
import Store

/// The files of an archive into a volume that is there already.
struct VolumeImportCommand {
    let engine: Engine
    let options: ParsedOptions

    func run(_ operands: [String]) -> Int32 {
        do throws(Failure) {
            let volumes = try engine.containers.volumes
            guard let volume = try volumes.find(operands[0]) else { throw VolumeStore.notFound(operands[0]) }
            let content = try VolumeContent.directory(of: volume, volumes)
            if operands[1] == "-", StandardStream.input.isTerminal {
                throw Failure(.invalid, "requested import from stdin, but stdin is a terminal")
            }
            return try engine.asOwner { (owners) throws(Failure) in
                try doing("importing into the volume \"\(volume.name)\"") { () throws(Failure) in
                    let input = operands[1] == "-" ? try StandardStream.input.duplicate() : try HostFile.open(operands[1])
                    let count = owners.mappedIDs
                    try VolumeContent.importArchive(
                        input, into: volume.name, content, engine.containers,
                        owners: count.map { .mapped(users: [0..<$0], groups: [0..<$0]) } ?? .single)
                }
                return ExitCode.success
            }
        } catch {
            engine.console.report(engine.explained(error))
            return ExitCode.failure
        }
    }
}
