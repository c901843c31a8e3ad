import CommandLine
import Images
import LinuxSys
import Primitives
import Store
import Templates

/// `history`.
struct HistoryCommand {
    let engine: Engine
    let options: ParsedOptions

    private static let headers: [String: String] = [
        "ID": "IMAGE", "CreatedSince": "CREATED", "CreatedAt": "CREATED AT", "CreatedBy": "CREATED BY", "Size": "SIZE",
        "Comment": "COMMENT",
    ]

    func run(_ operands: [String]) throws(Failure) -> Int32 {
        let images = ImageStore(try engine.store)
        let id = try images.find(operands[0])
        try PlatformCheck.require([options.string(.platform)], of: id, called: operands[0], images)
        let lines = try images.history(id, singleOwner: engine.idMap.isSingleOwner)
        let noTrunc = options.bool(.noTrunc)
        let ids = lines.indices.map { $0 > 0 ? "<missing>" : noTrunc ? id.description : id.short }
        if options.bool(.quiet) {
            try engine.console.data(ids.map { $0 + "\n" }.joined())
            return ExitCode.success
        }
        let human = options.bool(.human)
        let now = Timestamp(nanosecondsSinceEpoch: Clock.nowNanoseconds())
        var headers = Self.headers
        if !human { headers["CreatedSince"] = "CREATED AT" }
        let rows = zip(ids, lines).map { id, line -> JSON in
            let created = line.created ?? .never
            let zone = TimeZone.local(atSeconds: created.seconds)
            let at = Timestamp(seconds: created.seconds).rfc3339(offsetSeconds: zone.offsetSeconds)
            let command = line.createdBy.replacing("\t", with: " ")
            return [
                "Comment": .string(line.comment), "CreatedAt": .string(at),
                "CreatedBy": .string(noTrunc || command.count <= 45 ? command : command.prefix(44) + "…"),
                "CreatedSince": .string(human ? (now - created).human + " ago" : at), "ID": .string(id),
                "Size": .string(human ? ByteSize.decimal(line.sizeBytes) : String(line.sizeBytes)),
            ]
        }
        let listing = ListFormat.Listing(
            table: "{{.ID}}\t{{.CreatedSince}}\t{{.CreatedBy}}\t{{.Size}}\t{{.Comment}}", headers: headers,
            rowName: "*image.historyContext")
        return ListOutput.show(rows, options.stringIfSet(.format) ?? "", listing, engine)
    }
}
