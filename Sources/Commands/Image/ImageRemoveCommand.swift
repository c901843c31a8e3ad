import CommandLine
import Containers
import Images
import LinuxSys
import OCI
import Primitives
import Store

/// `rmi`.
struct ImageRemoveCommand {
    let engine: Engine
    let options: ParsedOptions

    func run(_ operands: [String]) -> Int32 {
        let force = options.bool(.force)
        var code = ExitCode.success
        for operand in operands {
            do throws(Failure) { try remove(operand, force: force) } catch {
                engine.console.report(engine.explained(error))
                // `rmi -f` of what is not there says so and succeeds.
                if !(force && error.kind == .notFound) { code = ExitCode.failure }
            }
        }
        do throws(Failure) {
            try engine.store.clearStaging(allDownloads: false)
            try engine.containers.sweep(idMap: engine.idMap, places: engine.places)
            return code
        } catch {
            engine.console.report(error.within("tidying up"))
            return ExitCode.failure
        }
    }

    private func remove(_ operand: String, force: Bool) throws(Failure) {
        let images = ImageStore(try engine.store)
        let id = try images.find(operand)
        try PlatformCheck.require(options.strings(.platforms), of: id, called: operand, images)
        let containers = try engine.containers
        let removed = try images.remove(operand, force: force, users: { () throws(Failure) in try containers.imageUsers() })
        for line in removed {
            switch line {
            case .untagged(let name): try engine.console.line("Untagged: \(name)")
            case .deleted(let digest): try engine.console.line("Deleted: \(digest)")
            }
        }
    }
}

/// `--platform` of commands that work on one image of the store, which has one platform.
enum PlatformCheck {
    /// - Throws: `.notFound` in docker's words when the image is for another one.
    static func require(_ texts: [String], of id: Digest, called name: String, _ images: ImageStore) throws(Failure) {
        let wanted = texts.filter { !$0.isEmpty }
        guard let text = wanted.first else { return }
        if wanted.count > 1 { throw Failure(.invalid, "multiple platforms are not supported") }
        let host = Platform(os: "linux", architecture: Host.machine)
        let platform = try Platform.parse(text, host: host)
        if platform.rank(of: try images.image(id, withNames: false).config.platform) != nil { return }
        throw Failure(
            .notFound,
            "image with reference \((try? ImageReference(name).familiar) ?? name) was found but does not provide the specified platform (\(platform))"
        )
    }
}
