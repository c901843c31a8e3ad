import CommandLine
import LinuxSys
import Networks
import Primitives
import Templates

/// `network ls`.
struct NetworkListCommand {
    let engine: Engine
    let options: ParsedOptions

    private static let headers: [String: String] = [
        "ID": "NETWORK ID", "Name": "NAME", "Driver": "DRIVER", "Scope": "SCOPE", "IPv4": "IPV4", "IPv6": "IPV6", "Internal": "INTERNAL",
        "Labels": "LABELS", "CreatedAt": "CREATED AT",
    ]
    private static let raw = "network_id: {{.ID}}\nname: {{.Name}}\ndriver: {{.Driver}}\nscope: {{.Scope}}\n"

    func run() throws(Failure) -> Int32 {
        let views = try NetworkFilters(options.strings(.filter)).apply(try engine.networkViews(), engine)
        let noTrunc = options.bool(.noTrunc)
        func shown(_ id: String) -> String { noTrunc ? id : String(id.prefix(12)) }
        let format = options.stringIfSet(.format) ?? ""
        if options.bool(.quiet), format.isEmpty || format == "table" {
            try engine.console.data(views.map { shown($0.id) + "\n" }.joined())
            return ExitCode.success
        }
        let rows = views.map { row($0, id: shown($0.id)) }
        var listing = ListFormat.Listing(
            table: "{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}", headers: Self.headers, raw: Self.raw,
            rowName: "*network.networkContext")
        let labels = Dictionary(views.map { (shown($0.id), $0.labels) }) { first, _ in first }
        @Sendable func label(_ receiver: JSON, _ arguments: [JSON]) throws(Failure) -> JSON {
            guard arguments.count == 1, let key = arguments[0].string else {
                throw Failure(.invalid, "wrong number of args for Label: want 1 got \(arguments.count)")
            }
            return .string(labels[receiver["ID"]?.string ?? ""]?.first { $0.key == key }?.value ?? "")
        }
        listing.options.methods["Label"] = label
        return ListOutput.show(rows, format, listing, engine)
    }

    private func row(_ view: NetworkView, id: String) -> JSON {
        // As Go prints a time of UTC, fraction and all.
        let created = view.created.replacing("T", with: " ").replacing("Z", with: " +0000 UTC")
        return [
            "CreatedAt": .string(created), "Driver": .string(view.driver), "ID": .string(id),
            "IPv4": .string("\(view.record?.enablesIPv4 ?? true)"), "IPv6": .string("\(view.record?.enablesIPv6 ?? false)"),
            "Internal": .string("\(view.record?.isInternal ?? false)"),
            "Labels": .string(view.labels.map { "\($0.key)=\($0.value)" }.joined(separator: ",")), "Name": .string(view.name),
            "Scope": "local",
        ]
    }
}

/// `--filter` of `network ls`.
struct NetworkFilters {
    private let values: FilterValues
    private let isDangling: Bool?

    init(_ texts: [String]) throws(Failure) {
        values = try FilterValues(texts, known: ["dangling", "driver", "id", "label", "name", "scope", "type"])
        for type in values["type"] where type != "custom" && type != "builtin" {
            throw Failure(.invalid, "invalid filter: 'type'='\(type)'")
        }
        do throws(Failure) { isDangling = try values.flag("dangling") } catch {
            throw Failure(.invalid, "invalid value for filter 'dangling', must be \"true\" (or \"1\"), or \"false\" (or \"0\")")
        }
    }

    func apply(_ views: [NetworkView], _ engine: Engine) throws(Failure) -> [NetworkView] {
        var found = views.filter(fits)
        if let isDangling {
            let containers = try engine.containers
            var wanted: [NetworkView] = []
            for view in found {
                let isUnused = try view.users(containers).isEmpty
                if (!view.isBuiltIn && isUnused) == isDangling { wanted.append(view) }
            }
            found = wanted
        }
        return found
    }

    private func fits(_ view: NetworkView) -> Bool {
        func any(_ key: String, _ matches: (String) -> Bool) -> Bool { values[key].isEmpty || values[key].contains(where: matches) }
        return any("driver") { $0 == view.driver } && any("id") { NameFilter.matches($0, view.id) }
            && any("name") { NameFilter.matches($0, view.name) } && any("scope") { $0 == "local" }
            && any("type") { ($0 == "builtin") == view.isBuiltIn } && values.fits(labels: view.labels)
    }
}
