import CommandLine
import Images
import Primitives

/// `pull`.
struct PullCommand {
    let engine: Engine
    let options: ParsedOptions
    let global: ParsedOptions

    func run(_ operands: [String]) -> Int32 {
        do throws(Failure) {
            let allTags = options.bool(.allTags)
            let reference: ImageReference
            let style: ProgressStyle
            do throws(Failure) {
                reference = try RegistryAccess(global).reference(operands[0], defaultTag: allTags ? nil : ImageReference.defaultTag)
                if allTags, reference.tag != nil || reference.digest != nil {
                    throw Failure(.invalid, "tag can't be used with --all-tags/-a")
                }
                style = try ProgressStyle.parse(options.string(.progress))
            } catch {
                engine.console.reportPlain(error)
                return ExitCode.failure
            }
            let quiet = options.bool(.quiet)
            if reference.domain == BuiltinHello.domain {
                _ = try BuiltinHello.install(try engine.store, singleOwner: engine.idMap.isSingleOwner)
                try engine.console.line(reference.canonical)
                return ExitCode.success
            }
            if reference.tag == ImageReference.defaultTag, !quiet, style != .json, style != .none, !operands[0].hasSuffix(":latest") {
                try engine.console.line("Using default tag: latest")
            }
            return try PullLauncher(engine: engine, global: global).pull(
                reference, platform: options.string(.platform), mode: quiet ? .quiet : .onStandardOutput, style: style,
                allTags: allTags)
        } catch {
            engine.console.report(error)
            return ExitCode.failure
        }
    }
}
