import CommandLine
import Containers
import Layers
import LinuxSys
import Primitives
import Store

/// The files of a volume as one archive, with the owners that containers see.
struct VolumeExportCommand {
    let engine: Engine
    let options: ParsedOptions

    func run(_ operands: [String]) -> Int32 {
        do throws(Failure) {
            let volumes = try engine.containers.volumes
            guard let volume = try volumes.find(operands[0]) else { throw VolumeStore.notFound(operands[0]) }
            let path = options.string(.output)
            if path.isEmpty, StandardStream.output.isTerminal { throw Failure(.invalid, OutputFile.refusal) }
            let content = try VolumeContent.directory(of: volume, volumes)
            return try engine.asOwner { (_) throws(Failure) in
                let tree = try MergedTree([content])
                try OutputFile.write(path, "export volume") { (sink) throws(Failure) in
                    try TreeArchiver(tree, TarWriter(sink)).run(withRoot: true)
                }
                return ExitCode.success
            }
        } catch {
            let failure = engine.explained(error)
            if failure.kind == .invalid { engine.console.reportPlain(failure) } else { engine.console.report(failure) }
            return ExitCode.failure
        }
    }
}
