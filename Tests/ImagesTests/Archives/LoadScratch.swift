import Images
import Layers
import LinuxSys
import OCI
import Primitives
import Registry
import Store
import Synchronization
import TestSupport

/// A store of its own that images are loaded into.
struct LoadScratch {
    let scratch: Scratch
    let store: StoreRoot
    /// As root files get their owners, else everything is the caller's.
    static var mappedIDs: UInt32? { Process.effectiveUserID == 0 ? UInt32.max : nil }

    init() throws {
        scratch = try Scratch("load")
        store = try StoreRoot.open(path: "\(scratch.path)/store")
    }

    /// Loads an archive. - Parameter piped: through a pipe in place of a file.
    /// - Returns: names, or ids of images without one.
    @discardableResult
    func load(
        _ archive: [UInt8], piped: Bool = false, _ choice: ImageCopier.Choice = .host(Platform(os: "linux", architecture: Host.machine))
    )
        throws -> [String]
    {
        let staging = try store.area(.staging)
        if !piped {
            try Directory.open(scratch.path).writeFile("archive", archive, durable: false)
            let input = try HostFile.open("\(scratch.path)/archive")
            return try load(try FileSource.open(try ArchiveFile(input) { () throws(Failure) in try staging.unnamedFile() }), choice)
        }
        let ends = try Pipe()
        let writer = try Thread.start { ends.feed(archive) }
        let result = Result { try load(piped: ends, staging, choice) }
        writer.join()
        return try result.get()
    }

    private func load(piped ends: Pipe, _ staging: borrowing Directory, _ choice: ImageCopier.Choice) throws -> [String] {
        let input = try ends.takeReader()
        return try load(try FileSource.open(try ArchiveFile(input) { () throws(Failure) in try staging.unnamedFile() }), choice)
    }

    @discardableResult
    func load(_ source: FileSource, _ choice: ImageCopier.Choice = .host(Platform(os: "linux", architecture: Host.machine))) throws
        -> [String]
    {
        let names = Names()
        let destination = try StoreDestination(
            store, mappedIDs: Self.mappedIDs, cancellation: CancellationFlag(), notice: { _ in },
            arrived: { (arrival) throws(Failure) in names.all.append(arrival.name?.familiar ?? arrival.id.description) })
        try ImageCopier(from: source, to: destination, choice).run()
        return names.all
    }
    private final class Names { var all: [String] = [] }

    /// Files that must not stay behind, and images.
    var leftovers: [String] {
        get throws { try store.area(.staging).names() + ImageRecords(store).all().map(\.id.description) }
    }
}

/// A pipe whose writer may find its reader gone.
final class Pipe: Sendable {
    private let reader: Mutex<Int32?>
    private let writer: Mutex<Int32?>

    init() throws {
        Signals.ignoreBrokenPipes()
        let pair = try DescriptorPair.pipe()
        let (first, second) = (try pair.first.duplicate().release(), try pair.second.duplicate().release())
        reader = Mutex(first)
        writer = Mutex(second)
    }

    func takeReader() throws -> Descriptor {
        Descriptor(owning: reader.withLock { $0.take() } ?? -1)
    }

    func feed(_ bytes: [UInt8]) {
        guard let raw = writer.withLock({ $0.take() }) else { return }
        let end = Descriptor(owning: raw)
        // The reader may stop early.
        try? end.write(bytes)
    }
}
