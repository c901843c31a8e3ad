import CommandLine
import Images
import LinuxSys
import OCI
import Primitives

struct SaveCommand {
    let engine: Engine
    let options: ParsedOptions

    func run(_ operands: [String]) -> Int32 {
        do throws(Failure) {
            let source = try StoreSource(try engine.images, operands)
            let choice = try PlatformChoice.read(options)
            let path = options.string(.output)
            switch options.string(.archiveFormat) {
            case "docker-archive": try archive(.docker, path, source, choice)
            case "oci-archive": try archive(.oci, path, source, choice)
            case "oci-dir": try directory(.layout, path, source, choice)
            case "docker-dir":
                if operands.count > 1 { throw Failure(.invalid, "the format docker-dir holds one image only") }
                try directory(.flat, path, source, choice)
            case let other: throw Failure(.invalid, "unknown format \"\(other)\": docker-archive, oci-archive, oci-dir or docker-dir")
            }
            return ExitCode.success
        } catch {
            if error.kind == .invalid { engine.console.reportPlain(error) } else { engine.console.report(error) }
            return ExitCode.failure
        }
    }

    private func archive(
        _ form: ArchiveDestination.Form, _ path: String, _ source: StoreSource, _ choice: ImageCopier.Choice
    ) throws(Failure) {
        try OutputFile.write(path, "save image") { (sink) throws(Failure) in
            try ImageCopier(from: source, to: try ArchiveDestination(form, sink: sink), choice).run()
        }
    }

    private func directory(
        _ form: DirectoryDestination.Form, _ path: String, _ source: StoreSource, _ choice: ImageCopier.Choice
    ) throws(Failure) {
        if path.isEmpty { throw Failure(.invalid, "the format is a directory: name it with --output") }
        try ImageCopier(from: source, to: try DirectoryDestination(form, path: path), choice).run()
    }
}

/// `--platform` of commands that take images out of lists.
enum PlatformChoice {
    static func read(_ options: ParsedOptions) throws(Failure) -> ImageCopier.Choice {
        let host = Platform(os: "linux", architecture: Host.machine)
        var platforms: [Platform] = []
        for text in options.strings(.archivePlatforms) { platforms.append(try Platform.parse(text, host: host)) }
        return platforms.isEmpty ? .host(host) : .platforms(platforms)
    }
}
