import CommandLine
import Containers
import Primitives

/// `volume create`.
struct VolumeCreateCommand {
    let engine: Engine
    let options: ParsedOptions

    func run(_ operands: [String]) throws(Failure) -> Int32 {
        var name = operands.first
        if options.isSet(.volumeName) {
            if name != nil {
                engine.console.reportPlain(
                    Failure(.invalid, "conflicting options: cannot specify a volume-name through both --name and as a positional arg"))
                return ExitCode.failure
            }
            name = options.string(.volumeName)
        }
        let volume = try VolumeMaker(try engine.containers.volumes).make(
            name.flatMap { $0.isEmpty ? nil : $0 }, driver: options.string(.volumeDriverShort),
            labels: options.strings(.volumeLabel).map { KeyValue($0) },
            options: options.pairs(.volumeOption).map { KeyValue($0.key, $0.value) })
        try engine.console.line(volume.name)
        return ExitCode.success
    }
}
