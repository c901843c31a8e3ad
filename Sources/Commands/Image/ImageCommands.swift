import CommandLine
import Containers
import Images
import LinuxSys
import OCI
import Primitives
import Store
import Templates

struct ImageTagCommand {
    let engine: Engine

    func run(_ operands: [String]) throws(Failure) -> Int32 {
        let target: ImageReference
        do throws(Failure) { target = try ImageReference(operands[1]) } catch {
            engine.console.reportPlain(
                Failure(
                    .invalid,
                    "Error parsing reference: \(JSON.string(operands[1]).compact()) is not a valid repository/tag: \(error.message)"))
            return ExitCode.failure
        }
        let images = ImageStore(try engine.store)
        try images.tag(try images.find(operands[0]), as: target)
        return ExitCode.success
    }
}

struct ImageRemoveCommand {
    let engine: Engine
    let options: ParsedOptions

    func run(_ operands: [String]) -> Int32 {
        let code = engine.forEach(operands) { (operand) throws(Failure) in
            let images = ImageStore(try engine.store)
            let containers = try engine.containers
            let removed = try images.remove(
                operand, force: options.bool(.force),
                users: { (id) throws(Failure) in
                    try containers.list(runningOnly: false).filter { $0.imageID == id }.map {
                        (String($0.id.prefix(12)), $0.state.isRunning)
                    }
                }, layersInUse: { () throws(Failure) in try containers.layersInUse() })
            for line in removed {
                switch line {
                case .untagged(let name): try engine.console.line("Untagged: \(name)")
                case .deleted(let digest): try engine.console.line("Deleted: \(digest)")
                }
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
}

/// `images`.
struct ImagesCommand {
    let engine: Engine
    let options: ParsedOptions

    private static let headers: [String: String] = [
        "ID": "IMAGE ID", "Repository": "REPOSITORY", "Tag": "TAG", "Digest": "DIGEST", "CreatedSince": "CREATED",
        "CreatedAt": "CREATED AT",
        "Size": "SIZE", "Containers": "CONTAINERS", "SharedSize": "SHARED SIZE", "UniqueSize": "UNIQUE SIZE",
    ]

    func run(_ operands: [String]) throws(Failure) -> Int32 {
        let noTrunc = options.bool(.noTrunc)
        let digests = options.bool(.digests)
        var rows: [JSON] = []
        let now = Timestamp(nanosecondsSinceEpoch: Clock.nowNanoseconds())
        let filter = try ImageFilters(options.strings(.filter), pattern: operands.first, engine: engine)
        for image in try filter.apply(try ImageStore(try engine.store).list(damaged: engine.noticeDamage)) {
            for name in filter.names(image) { rows.append(row(image, name, now, noTrunc: noTrunc, digests: digests)) }
        }
        if options.bool(.quiet) {
            var seen: Set<String> = []
            try engine.console.data(
                rows.compactMap { $0["ID"]?.string }.filter { digests || noTrunc ? true : seen.insert($0).inserted }.map { $0 + "\n" }
                    .joined())
            return ExitCode.success
        }
        let table = "{{.Repository}}\t{{.Tag}}\t" + (digests ? "{{.Digest}}\t" : "") + "{{.ID}}\t{{.CreatedSince}}\t{{.Size}}"
        let raw = "repository: {{.Repository}}\ntag: {{.Tag}}\nimage_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n"
        let listing = ListFormat.Listing(table: table, headers: Self.headers, raw: raw, rowName: "*formatter.imageContext")
        return ListOutput.show(rows, options.stringIfSet(.format) ?? "", listing, engine)
    }

    private func row(_ image: StoredImage, _ name: ImageReference?, _ now: Timestamp, noTrunc: Bool, digests: Bool) -> JSON {
        let created = image.config.created.flatMap { try? Timestamp(rfc3339: $0) }
        let prefix = name.map { "\($0.name)@" } ?? ""
        let digest = image.record.repositoryDigests.first { $0.hasPrefix(prefix) }.flatMap {
            $0.split(separator: "@").last.map(String.init)
        }
        return [
            "Containers": "N/A", "CreatedAt": .string(created.map(LocalTime.text) ?? ""),
            "CreatedSince": .string(created.map { (now - $0).human + " ago" } ?? "N/A"), "Digest": .string(digest ?? "<none>"),
            "ID": .string(noTrunc ? image.id.description : image.id.short), "Repository": .string(name?.familiarName ?? "<none>"),
            "SharedSize": "N/A", "Size": .string(ByteSize.decimal(image.record.sizeBytes)), "Tag": .string(name?.tag ?? "<none>"),
            "UniqueSize": "N/A",
        ]
    }
}

/// `--filter` of `images`, and its operand.
struct ImageFilters {
    private let values: [(key: String, value: String)]
    private let pattern: ReferencePattern?
    private let marks: [String: String]
    private var references: [ReferencePattern] = []

    init(_ texts: [String], pattern: String?, engine: Engine) throws(Failure) {
        var values: [(key: String, value: String)] = []
        var marks: [String: String] = [:]
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard ["dangling", "label", "before", "since", "reference", "until"].contains(parts[0]) else {
                throw Failure(.invalid, "invalid filter '\(parts[0])'")
            }
            if parts[0] == "until" { throw Failure(.unsupported, "the filter 'until' is not there yet") }
            if parts[0] == "dangling", !["true", "false", "1", "0"].contains(parts[1]) {
                throw Failure(.invalid, "invalid filter 'dangling=[\(parts[1])]'")
            }
            values.append((parts[0], parts[1]))
            if parts[0] == "before" || parts[0] == "since" {
                let images = ImageStore(try engine.store)
                marks[parts[1]] = try images.image(try images.find(parts[1])).config.created ?? ""
            }
        }
        self.values = values
        self.marks = marks
        self.pattern = try pattern.map { (text) throws(Failure) in try ReferencePattern(text) }
        for value in values where value.key == "reference" { references.append(try ReferencePattern(value.value)) }
    }

    func apply(_ images: [StoredImage]) throws(Failure) -> [StoredImage] {
        images.filter { image in
            values.allSatisfy { filter in
                switch filter.key {
                case "dangling": image.names.isEmpty == (filter.value == "true" || filter.value == "1")
                case "label": LabelFilter.matches(filter.value, image.config.config.labels.map { ($0.key, $0.value) })
                case "before": (image.config.created ?? "") < marks[filter.value] ?? ""
                case "since": (image.config.created ?? "") > marks[filter.value] ?? ""
                case "reference": image.names.contains { name in references.contains { $0.matches(name) } }
                default: true
                }
            }
        }
    }

    /// The rows of one image: one per name, one without for an image that has none.
    func names(_ image: StoredImage) -> [ImageReference?] {
        if pattern == nil, references.isEmpty { return image.names.isEmpty ? [nil] : image.names.map { $0 } }
        return image.names.filter { name in
            (pattern?.matches(name) ?? true) && (references.isEmpty || references.contains { $0.matches(name) })
        }
    }
}

/// `container prune` and `image prune`.
struct PruneCommand {
    let engine: Engine
    let options: ParsedOptions

    func containers() throws(Failure) -> Int32 {
        guard try confirmed("WARNING! This will remove all stopped containers.") else { return ExitCode.success }
        if !options.strings(.filter).isEmpty { throw Failure(.unsupported, "filters of prune are not there yet") }
        let containers = try engine.containers
        var removed: [String] = []
        var bytes: Int64 = 0
        for summary in try containers.list(runningOnly: false) where !summary.state.isRunning {
            bytes += try containers.writtenBytes(summary.id)
            try containers.remove(summary.id, force: false, idMap: engine.idMap, places: engine.places)
            removed.append(summary.id)
        }
        try containers.sweep(idMap: engine.idMap, places: engine.places)
        if !removed.isEmpty { try engine.console.line("Deleted Containers:\n" + removed.joined(separator: "\n") + "\n") }
        try engine.console.line("Total reclaimed space: \(ByteSize.decimal(bytes))")
        return ExitCode.success
    }

    func images() throws(Failure) -> Int32 {
        let all = options.bool(.all)
        guard
            try confirmed(
                all
                    ? "WARNING! This will remove all images without at least one container associated to them."
                    : "WARNING! This will remove all dangling images.")
        else { return ExitCode.success }
        if !options.strings(.filter).isEmpty { throw Failure(.unsupported, "filters of prune are not there yet") }
        let images = ImageStore(try engine.store)
        let containers = try engine.containers
        let used = Set(try containers.list(runningOnly: false).compactMap(\.imageID))
        var lines: [String] = []
        var bytes: Int64 = 0
        for image in try images.list() where !used.contains(image.id) && (all || image.names.isEmpty) {
            bytes += image.record.sizeBytes
            let removed = try images.remove(
                image.id.description, force: true, users: { _ in [] }, layersInUse: { () throws(Failure) in try containers.layersInUse() })
            for line in removed {
                switch line {
                case .untagged(let name): lines.append("untagged: \(name)")
                case .deleted(let digest): lines.append("deleted: \(digest)")
                }
            }
        }
        _ = try engine.store.collect(layersInUse: containers.layersInUse)
        try engine.store.clearStaging(allDownloads: true)
        try containers.sweep(idMap: engine.idMap, places: engine.places)
        if !lines.isEmpty { try engine.console.line("Deleted Images:\n" + lines.joined(separator: "\n") + "\n") }
        try engine.console.line("Total reclaimed space: \(ByteSize.decimal(bytes))")
        return ExitCode.success
    }

    /// Asks on a terminal; without one and without `-f` nothing is removed, as in docker.
    private func confirmed(_ question: String) throws(Failure) -> Bool {
        if options.bool(.force) { return true }
        try engine.console.data("\(question)\nAre you sure you want to continue? [y/N] ")
        let answer = StandardStream.input.readLine()
        return answer == "y" || answer == "Y"
    }
}
