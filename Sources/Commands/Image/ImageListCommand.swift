import CommandLine
import Images
import LinuxSys
import Primitives
import Store
import Templates

/// `images`.
struct ImageListCommand {
    let engine: Engine
    let options: ParsedOptions

    static let headers: [String: String] = [
        "ID": "IMAGE ID", "Repository": "REPOSITORY", "Tag": "TAG", "Digest": "DIGEST", "CreatedSince": "CREATED",
        "CreatedAt": "CREATED AT", "Size": "SIZE", "Containers": "CONTAINERS", "VirtualSize": "SIZE", "SharedSize": "SHARED SIZE",
        "UniqueSize": "UNIQUE SIZE", "ReadOnly": "R/O",
    ]

    func run(_ operands: [String]) throws(Failure) -> Int32 {
        let filter = try ImageFilters(options.strings(.filter), pattern: operands.first, engine: engine)
        let found = try filter.apply(try ImageStore(try engine.store).list(damaged: engine.noticeDamage))
        if options.bool(.tree) { return try ImageTree(engine: engine).show(found.map(\.image)) }
        let digests = options.bool(.digests)
        let format = options.stringIfSet(.format) ?? ""
        let rowMaker = ImageRow(
            now: Timestamp(nanosecondsSinceEpoch: Clock.nowNanoseconds()), noTrunc: options.bool(.noTrunc),
            withDigests: digests || format.contains(".Digest"), marksReadOnly: try !engine.store.additional.isEmpty)
        let rows = found.flatMap { rowMaker.rows($0.image, names: $0.names, digests: $0.digests) }
        if options.bool(.quiet) {
            try engine.console.data(rows.compactMap { $0["ID"]?.string }.map { $0 + "\n" }.joined())
            return ExitCode.success
        }
        let table =
            "{{.Repository}}\t{{.Tag}}\t" + (digests ? "{{.Digest}}\t" : "") + "{{.ID}}\t{{.CreatedSince}}\t{{.Size}}"
            + (rowMaker.marksReadOnly ? "\t{{.ReadOnly}}" : "")
        let raw =
            "repository: {{.Repository}}\ntag: {{.Tag}}\n" + (digests ? "digest: {{.Digest}}\n" : "")
            + "image_id: {{.ID}}\ncreated_at: {{.CreatedAt}}\nvirtual_size: {{.Size}}\n"
        let listing = ListFormat.Listing(table: table, headers: Self.headers, raw: raw, rowName: "*formatter.imageContext")
        return ListOutput.show(rows, format, listing, engine)
    }
}

/// The rows of one image: one per tag, or per tag and digest; one for each repository that knows it by digest only.
struct ImageRow {
    let now: Timestamp
    var noTrunc = false
    var withDigests = false
    /// podman's field: there are additional stores.
    var marksReadOnly = false

    /// - Parameter digests: `REPOSITORY@DIGEST`, full names.
    func rows(_ image: StoredImage, names: [ImageReference], digests: [String]) -> [JSON] {
        if names.isEmpty, digests.isEmpty { return [row(image, "<none>", "<none>", "<none>")] }
        var known: [(name: ImageReference, digest: String)] = []
        for text in digests {
            if let name = try? ImageReference(text), let digest = name.digest { known.append((name.repository, "\(digest)")) }
        }
        var rows: [JSON] = []
        for name in names {
            let own = withDigests ? known.filter { $0.name == name.repository }.map(\.digest) : []
            for digest in own.isEmpty ? ["<none>"] : own { rows.append(row(image, name.familiarName, name.tag ?? "<none>", digest)) }
        }
        let tagged = Set(names.map(\.repository))
        var shown: Set<ImageReference> = []
        for entry in known where !tagged.contains(entry.name) {
            if withDigests || shown.insert(entry.name).inserted {
                rows.append(row(image, entry.name.familiarName, "<none>", withDigests ? entry.digest : "<none>"))
            }
        }
        return rows
    }

    private func row(_ image: StoredImage, _ repository: String, _ tag: String, _ digest: String) -> JSON {
        let created = image.config.created.flatMap { try? Timestamp(rfc3339: $0) }
        let size = ByteSize.decimal(image.record.sizeBytes)
        var row: JSONObject = [
            "Containers": "N/A", "CreatedAt": .string(created.map(LocalTime.text) ?? ""),
            "CreatedSince": .string(created.map { (now - $0).human + " ago" } ?? "N/A"), "Digest": .string(digest),
            "ID": .string(noTrunc ? image.id.description : image.id.short), "Repository": .string(repository), "SharedSize": "N/A",
            "Size": .string(size), "Tag": .string(tag), "UniqueSize": "N/A",
            "VirtualSize": .string(ByteSize.decimal(image.record.sizeBytes, digits: 4)),
        ]
        if marksReadOnly { row["ReadOnly"] = .bool(image.isReadOnly) }
        return .object(row)
    }
}
