import CommandLine
import Containers
import Images
import LinuxSys
import Primitives
import Store
import Templates

/// `system df`.
struct DiskUsageCommand {
    let engine: Engine
    let options: ParsedOptions

    private static let headers: [String: String] = [
        "Type": "TYPE", "TotalCount": "TOTAL", "Active": "ACTIVE", "Size": "SIZE", "Reclaimable": "RECLAIMABLE",
    ]

    func run() throws(Failure) -> Int32 {
        // Every file can be looked at by root of the user's namespace only.
        try engine.asOwner { (_) throws(Failure) in
            let report = try DiskReport(engine)
            let format = options.stringIfSet(.format) ?? ""
            if options.bool(.verboseUsage) { return try DiskDetails(engine: engine, options: options, report: report).show(format) }
            let raw = "type: {{.Type}}\ntotal: {{.TotalCount}}\nactive: {{.Active}}\nsize: {{.Size}}\nreclaimable: {{.Reclaimable}}\n"
            let listing = ListFormat.Listing(
                table: "{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}", headers: Self.headers, raw: raw,
                rowName: "*formatter.diskUsageImagesContext")
            return ListOutput.show(report.rows.map(\.json), format, listing, engine)
        }
    }
}

/// `system df -v`: every image and container, then every part of the store.
struct DiskDetails {
    let engine: Engine
    let options: ParsedOptions
    let report: DiskReport

    func show(_ format: String) throws(Failure) -> Int32 {
        let images = try imageRows()
        let containers = try containerRows()
        switch ListFormat(format) {
        case .table, .raw: break
        case .json: return try show(images, containers, template: "{{json .}}")
        case .template(let text), .tableTemplate(let text): return try show(images, containers, template: text)
        }
        try section(
            "Images space usage:", images,
            "{{.Repository}}\t{{.Tag}}\t{{slice .ID 7 19}}\t{{.CreatedSince}}\t{{.Size}}\t{{.SharedSize}}\t{{.UniqueSize}}\t{{.Containers}}",
            "REPOSITORY\tTAG\tIMAGE ID\tCREATED\tSIZE\tSHARED SIZE\tUNIQUE SIZE\tCONTAINERS")
        try section(
            "\nContainers space usage:", containers,
            "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.LocalVolumes}}\t{{.Size}}\t{{.RunningFor}}\t{{.Status}}\t{{.Names}}",
            "CONTAINER ID\tIMAGE\tCOMMAND\tLOCAL VOLUMES\tSIZE\tCREATED\tSTATUS\tNAMES")
        try section(
            "\nLocal Volumes space usage:", try volumeRows(), "{{.Name}}\t{{.Links}}\t{{.Size}}", "VOLUME NAME\tLINKS\tSIZE")
        try section("\nBuild cache usage: 0B", [], "", "CACHE ID\tCACHE TYPE\tSIZE\tCREATED\tLAST USED\tUSAGE\tSHARED")
        let parts = report.rows.map(\.json) + [["Type": "Total", "Size": .string(ByteSize.decimal(report.usage.totalBytes, digits: 4))]]
        try section("\nStore space usage:", parts, "{{.Type}}\t{{.Size}}", "PART\tSIZE")
        return ExitCode.success
    }

    private func section(_ title: String, _ rows: [JSON], _ row: String, _ header: String) throws(Failure) {
        var body = ""
        let template = try Template(parsing: row)
        for value in rows { body += try template.execute(on: value, Template.Options(missingKey: .error)) + "\n" }
        try engine.console.data("\(title)\n\n" + TableWriter().aligned("\(header)\n\(body)"))
    }

    private func show(_ images: [JSON], _ containers: [JSON], template text: String) throws(Failure) -> Int32 {
        let document: JSON = [
            "Images": .array(images), "Containers": .array(containers), "Volumes": .array(try volumeRows()), "BuildCache": .array([]),
            "Store": .array(report.rows.map(\.json)),
        ]
        var options = Template.Options(missingKey: .error)
        options.rowName = "*formatter.diskUsageContext"
        do throws(Failure) {
            try engine.console.data(try Template(parsing: text).execute(on: document, options))
            return ExitCode.success
        } catch {
            let prefix = "template parsing error: "
            guard error.message.hasPrefix(prefix) else { throw error }
            engine.console.reportPlain(Failure(.invalid, String(error.message.dropFirst(prefix.utf8.count))))
            return ExitCode.failure
        }
    }

    /// What an image has for itself and what others have too, in the sizes that `images` shows.
    private func imageRows() throws(Failure) -> [JSON] {
        let layers = LayerStore(try engine.store, singleOwner: engine.idMap.isSingleOwner)
        var users: [Digest: Int] = [:]
        for image in report.images { for chain in ChainIDs.of(image.record.diffIDs) { users[chain, default: 0] += 1 } }
        let rows = ImageRow(now: Timestamp(nanosecondsSinceEpoch: Clock.nowNanoseconds()), noTrunc: true)
        var out: [JSON] = []
        for image in report.images {
            var shared: Int64 = 0
            for (diffID, chain) in zip(image.record.diffIDs, ChainIDs.of(image.record.diffIDs)) where users[chain] ?? 0 > 1 {
                shared += try layers.sizeBytes(diffID) ?? 0
            }
            guard case .object(var row)? = rows.rows(image, names: Array(image.names.prefix(1)), digests: []).first else { continue }
            row["Digest"] = ""
            row["Containers"] = .string(String(report.users.count { $0.image == image.id }))
            row["SharedSize"] = .string(ByteSize.decimal(shared, digits: 4))
            row["UniqueSize"] = .string(ByteSize.decimal(max(0, image.record.sizeBytes - shared), digits: 4))
            out.append(.object(row))
        }
        return out
    }

    private func volumeRows() throws(Failure) -> [JSON] {
        let volumes = try engine.containers.volumes
        var out: [JSON] = []
        for record in try volumes.all(damaged: engine.noticeDamage) {
            guard case .object(var row) = VolumeListCommand.row(record, volumes) else { continue }
            row["Links"] = .string(String(report.volumeUsers[record.name]?.count ?? 0))
            row["Size"] = .string(ByteSize.decimal(report.usage.volumes[record.name] ?? 0, digits: 4))
            out.append(.object(row))
        }
        return out
    }

    private func containerRows() throws(Failure) -> [JSON] {
        let list = ListCommand(engine: engine, options: options)
        let now = Timestamp(nanosecondsSinceEpoch: Clock.nowNanoseconds())
        var out: [JSON] = []
        for summary in report.containers {
            guard case .object(var row) = try list.row(summary, now: now, noTrunc: false, size: false) else { continue }
            row["Size"] = .string(ByteSize.decimal(try engine.containers.writtenBytes(summary.id)))
            out.append(.object(row))
        }
        return out
    }
}
