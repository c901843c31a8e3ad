import CommandLine
import Images
import Layers
import LinuxSys
import OCI
import Primitives
import Registry

/// `push`.
struct PushCommand {
    let engine: Engine
    let options: ParsedOptions
    let global: ParsedOptions

    func run(_ operands: [String]) throws(Failure) -> Int32 {
        let allTags = options.bool(.allTagsPush)
        var reference: ImageReference
        let style: ProgressStyle
        do throws(Failure) {
            reference = try ImageReference(operands[0], defaultTag: nil)
            if allTags, reference.tag != nil || reference.digest != nil {
                throw Failure(.invalid, "tag can't be used with --all-tags/-a")
            }
            style = try ProgressStyle.parse(options.string(.progress))
        } catch {
            engine.console.reportPlain(error)
            return ExitCode.failure
        }
        if reference.digest != nil { throw Failure(.invalid, "cannot push a digest reference") }
        let quiet = options.bool(.quiet)
        let progress = PushProgress(quiet ? .none : style)
        if !allTags, reference.tag == nil {
            progress.lines.line("Using default tag: latest")
            reference = try reference.tagged(ImageReference.defaultTag)
        }
        progress.lines.line("The push refers to repository [\(reference.name)]")
        try push(reference, allTags: allTags, progress)
        if quiet { try engine.console.line(reference.canonical) }
        return ExitCode.success
    }

    /// `--compression-format` and `--compression-level`.
    private var packing: LayerPacking? {
        get throws(Failure) {
            let format = options.string(.compressionFormat)
            let level = options.isSet(.compressionLevel) ? Int(options.int(.compressionLevel)) : nil
            switch format {
            case "": if level == nil { return nil } else { return LayerPacking(.gzip, level: level) }
            case "gzip": return LayerPacking(.gzip, level: level)
            case "zstd": return LayerPacking(.zstd, level: level)
            default: throw Failure(.invalid, "invalid compression format '\(format)': must be one of \"gzip\" or \"zstd\"")
            }
        }
    }

    private func push(_ reference: ImageReference, allTags: Bool, _ progress: PushProgress) throws(Failure) {
        let store = try engine.store
        let tagged = try ImageStore(store).tags(of: reference).filter { allTags || $0.reference == reference }
        if tagged.isEmpty {
            let others = try !ImageStore(store).tags(of: reference).isEmpty
            throw Failure(
                .notFound,
                others
                    ? "tag does not exist: \(reference.familiar)"
                    : "An image does not exist locally with the tag: \(reference.familiarName)")
        }
        let packing = try packing
        let platform = options.string(.platform)
        let wanted = platform.isEmpty ? nil : try Platform.parse(platform, host: Platform(os: "linux", architecture: Host.machine))
        let client = try RegistryAccess(global).client { text in progress.show(.notice(text)) }
        for (reference, id) in tagged {
            let pusher = ImagePusher(store, client: client, cancellation: CancellationFlag()) { event in progress.show(event) }
            progress.end(reference, try pusher.push(id, as: reference, platform: wanted, packing: packing))
        }
    }
}
