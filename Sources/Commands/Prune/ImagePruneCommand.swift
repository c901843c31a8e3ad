import CommandLine
import Containers
import Images
import LinuxSys
import Primitives
import Store

/// `image prune`.
struct ImagePruneCommand {
    let engine: Engine
    let options: ParsedOptions

    func run() throws(Failure) -> Int32 {
        let question = PruneQuestion(engine: engine, options: options)
        let text =
            options.bool(.allUnused)
            ? "WARNING! This will remove all images without at least one container associated to them."
            : "WARNING! This will remove all dangling images."
        return try engine.asOwner { (_) throws(Failure) in
            guard try question.isConfirmed(text) else { return ExitCode.success }
            let part = try ImagePrunePart(engine: engine, all: options.bool(.allUnused), filters: options.strings(.filter))
            let (lines, bytes) = try part.run(isDryRun: question.isDryRun)
            try question.show("Images", lines)
            try question.showTotal(bytes)
            return ExitCode.success
        }
    }
}

/// The images' part of `image prune` and `system prune`.
struct ImagePrunePart {
    let engine: Engine
    let all: Bool
    private let filters: FilterValues
    private let until: Timestamp?

    init(engine: Engine, all: Bool, filters: [String], isSystem: Bool = false) throws(Failure) {
        self.engine = engine
        let known = isSystem ? SystemPruneCommand.filters : ["dangling", "label", "label!", "until"]
        self.filters = try FilterValues(filters, known: known)
        let dangling = try self.filters.flag("dangling")
        self.all = all || dangling == false
        until = try self.filters.until()
    }

    /// - Returns: the lines below `Deleted Images:`, and the bytes on the disk.
    /// - Parameter gone: containers that would be gone by then.
    func run(isDryRun: Bool, gone: Set<String> = []) throws(Failure) -> (lines: [String], bytes: Int64) {
        let images = ImageStore(try engine.store)
        let containers = try engine.containers
        func users() throws(Failure) -> [ImageUser] { try containers.imageUsers().filter { !gone.contains($0.id) } }
        let prune = try ImagePrune(images, users: users, damaged: engine.noticeDamage, isWanted)
        let bytes = try prune.bytes(in: images)
        if !isDryRun {
            try prune.run(images, users: users)
            try containers.sweep(idMap: engine.idMap, places: engine.places)
        }
        let lines = prune.lines.map { line in
            switch line {
            case .untagged(let name): "untagged: \(name)"
            case .deleted(let digest): "deleted: \(digest)"
            }
        }
        return (lines, bytes)
    }

    private func isWanted(_ image: StoredImage) -> Bool {
        guard all || image.names.isEmpty, filters.fits(labels: image.config.config.labels.map { ($0.key, $0.value) }) else { return false }
        guard let until else { return true }
        return (image.config.created.flatMap { try? Timestamp(rfc3339: $0) }.map { $0 <= until }) ?? false
    }
}
