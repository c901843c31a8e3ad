import CommandLine
import Images
import Layers
import LinuxSys
import OCI
import Primitives
import Registry
import Store

/// An image out of an archive of files: of a file, of standard input or from the web.
struct ImportCommand {
    let engine: Engine
    let options: ParsedOptions

    func run(_ operands: [String]) -> Int32 {
        do throws(Failure) {
            let origin = operands[0]
            let name = try operands.dropFirst().first.map { (text) throws(Failure) in try ImageReference(text) }
            if let name, name.digest != nil { throw Failure(.invalid, "cannot import digest reference") }
            var defaults = JSONObject()
            for text in options.strings(.change) { try ConfigChange(text).apply(to: &defaults) }
            let host = Platform(os: "linux", architecture: Host.machine)
            let wanted = options.string(.importPlatform)
            let request = ImageImporter.Request(
                platform: wanted.isEmpty ? host : try Platform.parse(wanted, host: host), defaults: defaults,
                message: options.string(.message), origin: origin)
            if origin == "-", StandardStream.input.isTerminal {
                throw Failure(.invalid, "requested import from stdin, but stdin is a terminal")
            }
            if !isWeb(origin), origin != "-", HostFile.status(origin) == nil {
                throw Failure(.invalid, "open \(origin): no such file or directory")
            }
            return try engine.asOwner { (owners) throws(Failure) in
                let console = engine.console
                let store = try engine.store
                let importer = ImageImporter(store, mappedIDs: owners.mappedIDs, cancellation: CancellationFlag()) { console.say($0) }
                try console.line(try importer.run(try archive(origin, store), request, as: name).description)
                return ExitCode.success
            }
        } catch {
            engine.console.report(engine.explained(error))
            return ExitCode.failure
        }
    }

    private func isWeb(_ origin: String) -> Bool { origin.utf8.starts(with: "http://".utf8) || origin.utf8.starts(with: "https://".utf8) }

    private func archive(_ origin: String, _ store: StoreRoot) throws(Failure) -> PlainArchive {
        try doing("\"\(origin)\"") { () throws(Failure) in
            try PlainArchive(try open(origin, store)) { () throws(Failure) in try store.area(.staging).unnamedFile() }
        }
    }

    private func open(_ origin: String, _ store: StoreRoot) throws(Failure) -> Descriptor {
        if origin == "-" { return try StandardStream.input.duplicate() }
        guard isWeb(origin) else { return try HostFile.open(origin) }
        var settings = RegistrySettings(userAgent: "proa/\(Program.version)")
        try settings.take(Process.environment)
        let file = SharedFile(try store.area(.staging).unnamedFile())
        try FileDownload(settings, cancellation: CancellationFlag()).run(origin) { (bytes) throws(Failure) in
            try file.descriptor.write(bytes)
        }
        return try file.descriptor.duplicate()
    }
}
