import CommandLine
import Containers
import Images
import LinuxSys
import OCI
import Primitives
import Registry
import Sandbox
import Store

/// How a pull talks.
enum PullMode: String {
    /// `pull`: progress to standard output.
    case onStandardOutput
    /// `run`: progress to standard error, standard output belongs to the program.
    case onStandardError
    /// `pull -q`: the name alone.
    case quiet
    /// `run -q`: nothing.
    case silent
}

/// Starts a pull where it can give files their owners: as root in this process, else in the user's namespace.
struct PullLauncher {
    let engine: Engine
    let global: ParsedOptions

    /// The stage has said why; the caller only ends.
    static let alreadyReported = Failure(.unavailable, "the image could not be pulled")
    static let stage = "proa:pull"

    /// - Returns: the exit code.
    func pull(_ reference: ImageReference, platform: String, mode: PullMode) throws(Failure) -> Int32 {
        engine.noticeSingleOwner()
        let words = [Self.stage, engine.console.program, reference.canonical, platform, mode.rawValue, global.stringIfSet(.config) ?? ""]
        guard engine.idMap.needsUserNamespace else {
            return PullStage(words: words, mappedIDs: UInt32.max, data: try engine.places.data).run()
        }
        let owners = engine.idMap.isSingleOwner ? "single" : String(engine.idMap.mappedIDs)
        return try UserNamespaceStage.run(words + [owners], idMap: engine.idMap, places: engine.places)
    }
}

/// The pull itself, as root of whatever user namespace it was started in.
struct PullStage {
    private let console: Console
    private let reference: String
    private let platform: String
    private let mode: PullMode
    private let configuration: String
    /// `nil`: every file belongs to the caller.
    private let mappedIDs: UInt32?
    private let data: String

    init(words: [String], mappedIDs: UInt32?, data: String) {
        console = Console(program: words.count > 1 ? words[1] : "proa")
        reference = words.count > 2 ? words[2] : ""
        platform = words.count > 3 ? words[3] : ""
        mode = words.count > 4 ? PullMode(rawValue: words[4]) ?? .onStandardOutput : .onStandardOutput
        configuration = words.count > 5 ? words[5] : ""
        (self.mappedIDs, self.data) = (mappedIDs, data)
    }

    /// From the words of a stage: the last says which ids exist.
    init(stage words: [String]) {
        self.init(words: words, mappedIDs: words.last.flatMap { UInt32($0) }, data: Process.environment("PROA_DATA") ?? "")
    }

    func run() -> Int32 {
        do throws(Failure) {
            try pull()
            return ExitCode.success
        } catch {
            console.report(error)
            return ExitCode.failure
        }
    }

    private var credentialPaths: [String] {
        CredentialStore.standardPaths { name in
            name == "DOCKER_CONFIG" && !configuration.isEmpty ? configuration : Process.environment(name)
        }
    }

    private func pull() throws(Failure) {
        let reference = try ImageReference(reference)
        let host = Platform(os: "linux", architecture: Host.machine)
        let wanted = platform.isEmpty ? host : try Platform.parse(platform, host: host)
        var settings = RegistrySettings(userAgent: "proa/\(Program.version)")
        try settings.take(Process.environment)
        let progress = PullProgress(mode: mode, reference: reference)
        settings.notice = { text in progress.notice(text) }
        let client = RegistryClient(settings, credentials: CredentialStore(paths: credentialPaths))
        let store = try StoreRoot.open(path: data)
        let puller = ImagePuller(store, client: client, mappedIDs: mappedIDs, cancellation: CancellationFlag()) {
            event in
            progress.show(event)
        }
        progress.begin()
        do throws(Failure) { progress.end(try puller.pull(reference, platform: wanted, isExplicit: !platform.isEmpty)) } catch {
            throw store.explainingSpace(error)
        }
    }
}
