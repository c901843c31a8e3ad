import CommandLine
import LinuxSys
import Primitives
import Registry
import Templates

/// `search`.
struct SearchCommand {
    let engine: Engine
    let options: ParsedOptions
    let global: ParsedOptions

    private static let limitDefault: Int64 = 25
    private static let descriptionCharacters = 45

    func run(_ operands: [String]) throws(Failure) -> Int32 {
        let asked = options.int(.limit)
        guard asked == 0 || (1...100).contains(asked) else {
            throw Failure(.invalid, "limit \(asked) is outside the range of [1, 100]")
        }
        let filters = try options.strings(.filter).map { (text) throws(Failure) in try SearchFilter(text) }
        let client = try RegistryAccess(global).client { [console = engine.console] text in console.say(text) }
        let found = try client.search(operands[0], limit: Int(asked == 0 ? Self.limitDefault : asked))
        let format = options.stringIfSet(.format) ?? ""
        var rows: [JSON] = []
        for result in found.enumerated().sorted(by: { ($1.element.stars, $0.offset) < ($0.element.stars, $1.offset) }).map(\.element)
        where filters.allSatisfy({ $0.allows(result) }) { rows.append(row(result, isJSON: format == "json")) }
        let listing = ListFormat.Listing(
            table: "{{.Name}}\t{{.Description}}\t{{.StarCount}}\t{{.IsOfficial}}",
            headers: [
                "Name": "NAME", "Description": "DESCRIPTION", "StarCount": "STARS", "IsOfficial": "OFFICIAL", "IsAutomated": "AUTOMATED",
            ], raw: "", rowName: "*formatter.searchContext")
        return ListOutput.show(rows, format, listing, engine)
    }

    private func row(_ result: SearchResult, isJSON: Bool) -> JSON {
        func mark(_ on: Bool) -> JSON { .string(isJSON ? String(on) : on ? "[OK]" : "") }
        var text = result.description
        if !options.bool(.noTrunc), text.count > Self.descriptionCharacters { text = text.prefix(Self.descriptionCharacters - 1) + "…" }
        return [
            "Name": .string(result.name), "Description": .string(text), "StarCount": .string(String(result.stars)),
            "IsOfficial": mark(result.isOfficial), "IsAutomated": mark(result.isAutomated),
        ]
    }
}

/// `--filter` of `search`.
private enum SearchFilter {
    case official(Bool)
    case automated(Bool)
    case stars(Int64)

    init(_ text: String) throws(Failure) {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let value = parts.count > 1 ? parts[1] : ""
        let flags = ["1": true, "true": true, "0": false, "false": false]
        switch parts[0] {
        case "is-official": if let on = flags[value] { self = .official(on) } else { throw Self.wrong(parts[0], value) }
        case "is-automated": if let on = flags[value] { self = .automated(on) } else { throw Self.wrong(parts[0], value) }
        case "stars": if let count = Int64(value), count >= 0 { self = .stars(count) } else { throw Self.wrong(parts[0], value) }
        default: throw Failure(.invalid, "invalid filter '\(parts[0])'")
        }
    }

    private static func wrong(_ key: String, _ value: String) -> Failure { Failure(.invalid, "invalid filter '\(key)=[\(value)]'") }

    func allows(_ result: SearchResult) -> Bool {
        switch self {
        case .official(let on): result.isOfficial == on
        case .automated(let on): result.isAutomated == on
        case .stars(let count): result.stars >= count
        }
    }
}
