import CommandLine
import Containers
import LinuxSys
import Primitives

/// The command line from its words to an exit code.
package enum Program {
    package static let version = "0.1.0"

    /// - Parameter words: with argv[0], whose last component is the program's name.
    package static func run(_ words: [String], startedNanoseconds: Int64) -> Int32 {
        _ = FileModeMask.callers
        let called = words.first?.split(separator: "/").last.map(String.init) ?? "proa"
        if called.hasPrefix("proa:") { return Stage.run(words) }
        return run(words, called: called, startedNanoseconds: startedNanoseconds)
    }

    /// - Parameter stageOwners: the ids of the user's namespace, where this is a command's second process.
    static func run(_ words: [String], called: String, startedNanoseconds: Int64, stageOwners: FileOwners? = nil) -> Int32 {
        let console = Console(program: called == "docker" ? "docker" : "proa")
        let invocation = Parser(program: console.program).parse(Array(words.dropFirst()))
        for notice in invocation.notices { console.say(notice) }
        let engine = Engine(console: console, startedNanoseconds: startedNanoseconds)
        (engine.words, engine.stageOwners) = (words, stageOwners)
        do throws(Failure) {
            switch invocation.action {
            case .help(let text, let onStandardError):
                if onStandardError { console.say(text.hasSuffix("\n") ? String(text.dropLast()) : text) } else { try console.data(text) }
                return ExitCode.success
            case .version:
                try console.line(VersionCommand.oneLine(console))
                return ExitCode.success
            case .usageError(let text, let code):
                console.say(text.hasSuffix("\n") ? String(text.dropLast()) : text)
                return code
            case .run(let command, let options, let operands):
                for notice in options.notices { console.say(notice) }
                return try dispatch(command, options, operands, engine, global: invocation.global)
            }
        } catch {
            console.report(engine.explained(error))
            return ExitCode.failure
        }
    }

    private static func dispatch(
        _ command: CommandSpec, _ options: ParsedOptions, _ operands: [String], _ engine: Engine, global: ParsedOptions
    ) throws(Failure) -> Int32 {
        let name = command.path.joined(separator: " ")
        if command.verb?.needsNetworks ?? false { engine.restoreNetworks() }
        let manifests = ManifestAccess(engine: engine, options: options, global: global)
        return switch command.verb {
        case .containerRun: RunCommand(engine: engine, options: options, command: name, global: global).run(operands)
        case .containerCreate: RunCommand(engine: engine, options: options, command: name, global: global).create(operands)
        case .containerStart: try StartCommand(engine: engine, options: options).run(operands)
        case .containerStop: StopCommand(engine: engine, options: options).stop(operands)
        case .containerRestart: StopCommand(engine: engine, options: options).restart(operands)
        case .containerKill: try StopCommand(engine: engine, options: options).kill(operands)
        case .containerRemove: RemoveCommand(engine: engine, options: options).run(operands)
        case .containerPrune: try ContainerPruneCommand(engine: engine, options: options).run()
        case .containerList: try ListCommand(engine: engine, options: options).run()
        case .containerLogs: try LogsCommand(engine: engine, options: options).run(operands)
        case .containerExec: ExecCommand(engine: engine, options: options, command: name).run(operands)
        case .containerAttach: try StartCommand(engine: engine, options: options).attach(operands)
        case .containerWait: StopCommand(engine: engine, options: options).wait(operands)
        case .containerTop: try TopCommand(engine: engine).run(operands)
        case .containerRename: try RenameCommand(engine: engine).run(operands)
        case .containerPort: PortCommand(engine: engine).run(operands)
        case .networkConnect: try NetworkConnectCommand(engine: engine, options: options).connect(operands)
        case .networkDisconnect: try NetworkConnectCommand(engine: engine, options: options).disconnect(operands)
        case .networkCreate: try NetworkCreateCommand(engine: engine, options: options).run(operands[0])
        case .networkInspect: try InspectCommand(engine: engine, options: options).run(operands, kinds: [.network])
        case .networkList: try NetworkListCommand(engine: engine, options: options).run()
        case .networkPrune: try NetworkPruneCommand(engine: engine, options: options).run()
        case .networkRemove: NetworkRemoveCommand(engine: engine, options: options).run(operands)
        case .containerInspect: try InspectCommand(engine: engine, options: options).run(operands, kinds: [.container])
        case .imagePull: PullCommand(engine: engine, options: options, global: global).run(operands)
        case .imagePush: try PushCommand(engine: engine, options: options, global: global).run(operands)
        case .imageList: try ImageListCommand(engine: engine, options: options).run(operands)
        case .imageRemove: ImageRemoveCommand(engine: engine, options: options).run(operands)
        case .imageInspect: try InspectCommand(engine: engine, options: options).run(operands, kinds: [.image])
        case .imageHistory: try HistoryCommand(engine: engine, options: options).run(operands)
        case .systemPrune: try SystemPruneCommand(engine: engine, options: options).run()
        case .systemDiskUsage: try DiskUsageCommand(engine: engine, options: options).run()
        case .systemCheck: try CheckCommand(engine: engine, options: options, global: global).run()
        case .imageTag: try ImageTagCommand(engine: engine).run(operands)
        case .imageReferrers: try ReferrersCommand(engine: engine, options: options, global: global).run(operands)
        case .search: try SearchCommand(engine: engine, options: options, global: global).run(operands)
        case .manifestCreate: ManifestCreateCommand(access: manifests).create(operands)
        case .manifestAdd: ManifestCreateCommand(access: manifests).add(operands)
        case .manifestAnnotate: ManifestAnnotateCommand(access: manifests).run(operands)
        case .manifestInspect: ManifestInspectCommand(access: manifests).run(operands)
        case .manifestPush: ManifestPushCommand(access: manifests).run(operands)
        case .manifestRemove: ManifestRemoveCommand(access: manifests).run(operands)
        case .volumeCreate: try VolumeCreateCommand(engine: engine, options: options).run(operands)
        case .volumeInspect: try InspectCommand(engine: engine, options: options).run(operands, kinds: [.volume])
        case .volumeList: try VolumeListCommand(engine: engine, options: options).run()
        case .volumePrune: try VolumePruneCommand(engine: engine, options: options).run()
        case .volumeRemove: VolumeRemoveCommand(engine: engine, options: options).run(operands)
        case .volumeExport: VolumeExportCommand(engine: engine, options: options).run(operands)
        case .volumeImport: VolumeImportCommand(engine: engine, options: options).run(operands)
        case .imagePrune: try ImagePruneCommand(engine: engine, options: options).run()
        case .imageSave: SaveCommand(engine: engine, options: options).run(operands)
        case .imageLoad: LoadCommand(engine: engine, options: options).run()
        case .imageImport: ImportCommand(engine: engine, options: options).run(operands)
        case .imageCopy: ImageCopyCommand(engine: engine, options: options, global: global).run(operands)
        case .imageDiff: try ImageDiffCommand(engine: engine, options: options).run(operands)
        case .imageTree: try ImageTreeCommand(engine: engine, options: options).run(operands)
        case .containerCopy: CopyCommand(engine: engine, options: options).run(operands)
        case .containerExport: ExportCommand(engine: engine, options: options).run(operands)
        case .login: LoginCommand(engine: engine, options: options, global: global).run(operands)
        case .logout: try LogoutCommand(engine: engine, global: global).run(operands)
        case .inspect: try InspectCommand(engine: engine, options: options).run(operands)
        case .version: try VersionCommand(engine: engine, options: options).run()
        case .info: try InfoCommand(engine: engine, options: options).run()
        case .completionBash: try CompletionCommand(engine: engine).script(.bash)
        case .completionZsh: try CompletionCommand(engine: engine).script(.zsh)
        case .completionFish: try CompletionCommand(engine: engine).script(.fish)
        case .complete: try CompletionCommand(engine: engine).names(operands)
        case nil: ExitCode.failure
        }
    }
}
