import Containers
import LinuxSys
import Primitives
import Sandbox
import Store

/// This binary run again for a part of the work, told by its first word.
enum Stage {
    static func run(_ words: [String]) -> Int32 {
        let console = Console(program: "proa")
        do throws(Failure) {
            switch words[0] {
            case "proa:pull": return PullStage(stage: words).run()
            case FileOwners.stage:
                guard words.count > 2, let owners = FileOwners(word: words[1]) else { return ExitCode.engine }
                let called = words[2].split(separator: "/").last.map(String.init) ?? "proa"
                return Program.run(Array(words[2...]), called: called, startedNanoseconds: 0, stageOwners: owners)
            case "proa:remove":
                // As root of the user namespace: files of subordinate ids.
                guard words.count == 2, words[1].hasPrefix("dead-"), !words[1].utf8.contains(UInt8(ascii: "/")) else {
                    return ExitCode.engine
                }
                let store = try StoreRoot.open(path: Process.environment("PROA_DATA") ?? "")
                try store.area(.staging).removeTree(words[1])
                return ExitCode.success
            case FlatRoot.stage:
                guard words.count == 3 else { return ExitCode.engine }
                let store = try StoreRoot.open(path: Process.environment("PROA_DATA") ?? "")
                try FlatRoot.make(words[1], in: ContainerStore(store), singleOwner: words[2] == "single")
                return ExitCode.success
            case VolumeFill.stage:
                try VolumeFill.run(stage: words, store: try StoreRoot.open(path: Process.environment("PROA_DATA") ?? ""))
                return ExitCode.success
            case VolumeOwners.stage:
                try VolumeOwners.run(stage: words)
                return ExitCode.success
            case NetworkLauncher.stage: return NetworkStage.run(words)
            case "proa:cleanup":
                // The monitor's successor: nobody else removes this container.
                guard words.count == 2 else { return ExitCode.engine }
                let engine = Engine(console: console, startedNanoseconds: 0)
                try engine.containers.remove(words[1], force: false, idMap: engine.idMap, places: engine.places)
                return ExitCode.success
            default:
                console.say("proa: unknown stage \"\(words[0])\"")
                return ExitCode.engine
            }
        } catch {
            if error.kind == .notFound { return ExitCode.success }
            console.report(error)
            return ExitCode.failure
        }
    }
}
