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
    func pull(
        _ reference: ImageReference, platform: String, mode: PullMode, style: ProgressStyle = .auto, allTags: Bool = false
    ) throws(Failure) -> Int32 {
        engine.noticeSingleOwner()
        let words = [
            Self.stage, engine.console.program, allTags ? reference.name : reference.canonical, platform, mode.rawValue, style.rawValue,
            allTags ? "all-tags" : "", global.stringIfSet(.config) ?? "",
        ]
        guard engine.idMap.needsUserNamespace else {
            return PullStage(words: words, mappedIDs: UInt32.max, data: try engine.places.data).run()
        }
        let owners = engine.idMap.isSingleOwner ? "single" : String(engine.idMap.mappedIDs)
        let handed = try RegistryAccess(global).handOver(reference)
        let code = try UserNamespaceStage.run(
            words + [owners], idMap: engine.idMap, places: engine.places, environment: handed.environment)
        handed.hold()
        return code
    }
}

/// The pull itself, as root of whatever user namespace it was started in.
struct PullStage {
    private let console: Console
    private let reference: String
    private let platform: String
    private let mode: PullMode
    private let style: ProgressStyle
    private let allTags: Bool
    private let access: RegistryAccess
    /// `nil`: every file belongs to the caller.
    private let mappedIDs: UInt32?
    private let data: String

    init(words: [String], mappedIDs: UInt32?, data: String) {
        func word(_ number: Int) -> String { number < words.count ? words[number] : "" }
        console = Console(program: words.count > 1 ? words[1] : "proa")
        reference = word(2)
        platform = word(3)
        mode = PullMode(rawValue: word(4)) ?? .onStandardOutput
        style = ProgressStyle(rawValue: word(5)) ?? .auto
        allTags = word(6) == "all-tags"
        access = RegistryAccess(configuration: word(7))
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

    private func pull() throws(Failure) {
        let reference = try ImageReference(reference, defaultTag: allTags ? nil : ImageReference.defaultTag)
        let progress = PullProgress(mode: mode, style: style, reference: reference)
        let client = try access.client { text in progress.notice(text) }
        let store = try StoreRoot.open(path: data)
        do throws(Failure) {
            var isUpToDate = true
            let references =
                allTags ? try client.tags(of: reference).map { (tag) throws(Failure) in try reference.tagged(tag) } : [reference]
            for reference in references { isUpToDate = try pull(reference, client, store, progress) && isUpToDate }
            progress.end(isUpToDate: isUpToDate, shown: reference.familiar)
        } catch {
            progress.lines.object(["errorDetail": ["message": .string(error.message)], "error": .string(error.message)])
            throw store.explainingSpace(error)
        }
    }

    /// - Returns: whether it was here already.
    private func pull(_ reference: ImageReference, _ client: RegistryClient, _ store: StoreRoot, _ progress: PullProgress) throws(Failure)
        -> Bool
    {
        let host = Platform(os: "linux", architecture: Host.machine)
        let wanted = platform.isEmpty ? host : try Platform.parse(platform, host: host)
        let puller = ImagePuller(store, client: client, mappedIDs: mappedIDs, cancellation: CancellationFlag()) { event in
            progress.show(event)
        }
        progress.begin(reference)
        let pulled = try puller.pull(reference, platform: wanted, isExplicit: !platform.isEmpty)
        progress.digest(pulled)
        return pulled.isUpToDate
    }
}
