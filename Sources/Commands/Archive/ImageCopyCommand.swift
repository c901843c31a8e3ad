import CommandLine
import Images
import Layers
import LinuxSys
import OCI
import Primitives
import Registry
import Store

/// `image copy SOURCE DESTINATION`: an image from anywhere to anywhere, byte for byte. Only the store unpacks it.
struct ImageCopyCommand {
    let engine: Engine
    let options: ParsedOptions
    let global: ParsedOptions

    func run(_ operands: [String]) -> Int32 {
        do throws(Failure) {
            let (source, destination) = (try ImagePlace(operands[0]), try ImagePlace(operands[1]))
            guard case .store(let name) = destination else {
                try copy(source, to: destination)
                return ExitCode.success
            }
            let reference = try ImageReference(name)
            if reference.digest != nil { throw Failure(.invalid, "\"\(name)\": an image of the store is named with a tag") }
            if case .registry(let origin) = source {
                let policy = try RegistryAccess(global).policy
                try policy.refuse(origin)
                guard policy.acceptsAnything(origin) else {
                    throw Failure(
                        .denied, "\"\(origin.familiar)\": the policy demands a signature, which only a pull looks for: pull the image")
                }
            }
            // Credential helpers belong to the user, not to a stage.
            let handed = if case .registry(let origin) = source { try RegistryAccess(global).handOver(origin) } else { try HandOver(nil) }
            defer { handed.hold() }
            return try engine.asOwner(environment: handed.environment) { (owners) throws(Failure) in
                let console = engine.console
                let target = try StoreDestination(
                    try engine.store, mappedIDs: owners.mappedIDs, names: [reference], cancellation: CancellationFlag(),
                    notice: { console.say($0) }
                ) { (arrival) throws(Failure) in try console.line(arrival.id.description) }
                try run(source, to: target, names: [reference], label: nil)
                return ExitCode.success
            }
        } catch {
            engine.console.report(engine.explained(error))
            return ExitCode.failure
        }
    }

    private func copy(_ source: ImagePlace, to destination: ImagePlace) throws(Failure) {
        switch destination {
        case .registry(let reference):
            var origin: ImageReference?
            if case .registry(let reference) = source { origin = reference }
            let store = try engine.store
            let target = RegistryDestination(try client(), reference, origin: origin, cancellation: CancellationFlag()) {
                () throws(Failure) in try store.area(.staging).unnamedFile()
            }
            try run(source, to: target, names: [], label: nil)
        case .layout(let path, let label):
            try run(source, to: try DirectoryDestination(.layout, path: path, label: label), names: [], label: label)
        case .directory(let path): try run(source, to: try DirectoryDestination(.flat, path: path), names: [], label: nil)
        case .ociArchive(let path, let label):
            try OutputFile.write(path, "copy image") { (sink) throws(Failure) in
                try run(source, to: try ArchiveDestination(.oci, label: label, sink: sink), names: [], label: label)
            }
        case .dockerArchive(let path, let name):
            try OutputFile.write(path, "copy image") { (sink) throws(Failure) in
                try run(source, to: try ArchiveDestination(.docker, sink: sink), names: name.map { [$0] } ?? [], label: nil)
            }
        case .store: break
        }
    }

    private func run(_ place: ImagePlace, to destination: any ImageDestination, names: [ImageReference], label: String?) throws(Failure) {
        let (source, chosen) = try open(place)
        var top = chosen
        (top.names, top.label) = (names, label)
        let choice = options.bool(.copyAll) ? .all : try PlatformChoice.read(options)
        let digest = try ImageCopier(from: source, to: destination, choice).run(top)
        if let path = options.stringIfSet(.digestFile) {
            try OutputFile.write(path, "write digest") { (sink) throws(Failure) in
                let text = Array(digest.description.utf8)
                try text.withUnsafeBytes { bytes in Result { () throws(Failure) in try sink(bytes) } }.get()
            }
        }
    }

    private func open(_ place: ImagePlace) throws(Failure) -> (any ImageSource, SourcedDocument) {
        let source: any ImageSource
        var label: String?
        switch place {
        case .registry(let reference): source = try RegistrySource(try client(), reference, cancellation: CancellationFlag())
        case .store(let name): source = try StoreSource(try engine.images, [name])
        case .directory(let path): source = try FileSource.open(directory: path)
        case .layout(let path, let given): (source, label) = (try FileSource.open(directory: path), given)
        case .ociArchive(let path, let given): (source, label) = (try archive(path), given)
        case .dockerArchive(let path, let name): (source, label) = (try archive(path), name?.canonical)
        }
        return (source, try source.tops().chosen(label))
    }

    private func archive(_ path: String) throws(Failure) -> FileSource {
        let store = try engine.store
        return try doing("\"\(path)\"") { () throws(Failure) in
            try FileSource.open(try ArchiveFile(try HostFile.open(path)) { () throws(Failure) in try store.area(.staging).unnamedFile() })
        }
    }

    private func client() throws(Failure) -> RegistryClient {
        let console = engine.console
        return try RegistryAccess(global).client { console.say($0) }
    }
}
