import CommandLine
import LinuxSys
import Primitives

/// `system prune`: stopped containers, then networks, unnamed volumes when asked for, then images. A build cache does not exist
/// yet: nothing is left of it to remove, and the question is docker's.
struct SystemPruneCommand {
    let engine: Engine
    let options: ParsedOptions

    static let filters: Set<String> = ["label", "label!", "until"]

    func run() throws(Failure) -> Int32 {
        let texts = options.strings(.filter)
        if options.bool(.pruneVolumes), texts.contains(where: { $0.hasPrefix("until=") }) {
            engine.console.say("ERROR: The \"until\" filter is not supported with \"--volumes\"")
            return ExitCode.failure
        }
        let question = PruneQuestion(engine: engine, options: options)
        return try engine.asOwner { (_) throws(Failure) in
            guard try question.isConfirmed(warning(texts)) else { return ExitCode.success }
            let containers = try ContainerPrunePart(engine: engine, filters: texts, isSystem: true).run(isDryRun: question.isDryRun)
            try question.show("Containers", containers.lines)
            let networks = try NetworkPrunePart(engine: engine, filters: texts).run(isDryRun: question.isDryRun)
            try question.show("Networks", networks)
            let gone = Set(containers.lines.map { String($0.prefix(12)) })
            var volumes: (lines: [String], bytes: Int64) = ([], 0)
            if options.bool(.pruneVolumes) {
                volumes = try VolumePrunePart(engine: engine, all: false, filters: texts, isSystem: true)
                    .run(isDryRun: question.isDryRun, gone: Set(containers.lines))
                try question.show("Volumes", volumes.lines)
            }
            let images = try ImagePrunePart(engine: engine, all: options.bool(.pruneAll), filters: texts, isSystem: true)
                .run(isDryRun: question.isDryRun, gone: gone)
            try question.show("Images", images.lines)
            try question.showTotal(containers.bytes + volumes.bytes + images.bytes)
            return ExitCode.success
        }
    }

    private func warning(_ filters: [String]) -> String {
        let all = options.bool(.pruneAll)
        var lines = ["WARNING! This will remove:", "  - all stopped containers", "  - all networks not used by at least one container"]
        if options.bool(.pruneVolumes) { lines.append("  - all anonymous volumes not used by at least one container") }
        lines.append(all ? "  - all images without at least one container associated to them" : "  - all dangling images")
        lines.append(all ? "  - all build cache" : "  - unused build cache")
        if !filters.isEmpty { lines += ["", "  Items to be pruned will be filtered with:"] + filters.sorted().map { "  - \($0)" } }
        return lines.joined(separator: "\n") + "\n"
    }
}
