import CommandLine
import Images
import Layers
import LinuxSys
import Primitives
import Registry
import Store

struct LoadCommand {
    let engine: Engine
    let options: ParsedOptions

    func run() -> Int32 {
        do throws(Failure) {
            let path = options.string(.input)
            if path.isEmpty, StandardStream.input.isTerminal {
                throw Failure(.invalid, "requested load from stdin, but stdin is empty")
            }
            let choice = try PlatformChoice.read(options)
            // Before a stage begins: the caller's own mistake.
            if !path.isEmpty, HostFile.status(path) == nil { throw Failure(.invalid, "open \(path): no such file or directory") }
            return try engine.asOwner { (owners) throws(Failure) in
                do throws(Failure) { try load(path, owners, choice) } catch {
                    // No second attempt can go on with the layers of a wrong archive.
                    if error.kind == .corrupt { try? tidyUp() }
                    throw error
                }
                return ExitCode.success
            }
        } catch {
            let failure = engine.explained(error)
            if failure.kind == .invalid { engine.console.reportPlain(failure) } else { engine.console.report(failure) }
            return ExitCode.failure
        }
    }

    private func load(_ path: String, _ owners: FileOwners, _ choice: ImageCopier.Choice) throws(Failure) {
        let store = try engine.store
        let console = engine.console
        let source = try source(path, store)
        let destination = try StoreDestination(
            store, mappedIDs: owners.mappedIDs, cancellation: CancellationFlag(), notice: { console.say($0) },
            arrived: { (arrival) throws(Failure) in
                guard let name = arrival.name else { return try console.line("Loaded image ID: \(arrival.id)") }
                if let old = arrival.replaced {
                    try console.line("The image \(name.familiar) already exists, renaming the old one with ID \(old) to empty string")
                }
                try console.line("Loaded image: \(name.familiar)")
            })
        try ImageCopier(from: source, to: destination, choice).run()
    }

    /// As root of the user's namespace, which owns the files of layers.
    private func tidyUp() throws(Failure) {
        let store = try engine.store
        _ = try store.collect(layersInUse: try engine.containers.layersInUse)
        let staging = try store.area(.staging)
        for name in try store.deadNames() { try staging.removeTree(name) }
    }

    private func source(_ path: String, _ store: StoreRoot) throws(Failure) -> FileSource {
        try doing(path.isEmpty ? "the archive" : "\"\(path)\"") { () throws(Failure) in
            if !path.isEmpty, HostFile.isDirectory(path) { return try FileSource.open(directory: path) }
            let input = path.isEmpty ? try StandardStream.input.duplicate() : try HostFile.open(path)
            return try FileSource.open(try ArchiveFile(input) { () throws(Failure) in try store.area(.staging).unnamedFile() })
        }
    }
}
