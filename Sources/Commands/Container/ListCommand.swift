import CommandLine
import Containers
import LinuxSys
import Primitives
import Templates

/// `ps`.
struct ListCommand {
    let engine: Engine
    let options: ParsedOptions

    private static let headers: [String: String] = [
        "ID": "CONTAINER ID", "Image": "IMAGE", "Command": "COMMAND", "RunningFor": "CREATED", "CreatedAt": "CREATED AT",
        "Status": "STATUS",
        "Ports": "PORTS", "Names": "NAMES", "State": "STATE", "Labels": "LABELS", "Mounts": "MOUNTS", "Networks": "NETWORKS",
        "Size": "SIZE",
        "LocalVolumes": "LOCAL VOLUMES", "Platform": "PLATFORM", "HealthStatus": "HEALTH",
    ]

    func run() throws(Failure) -> Int32 {
        let filters = try ContainerFilters(options.strings(.filter), engine: engine)
        let last = options.bool(.latest) ? 1 : options.int(.last)
        let all = options.bool(.all) || last > 0 || filters.asksForState
        var found = try filters.apply(try engine.containers.list(runningOnly: !all, damaged: engine.noticeDamage))
        if last > 0 { found = Array(found.prefix(Int(last))) }
        let format = options.stringIfSet(.format) ?? ""
        let noTrunc = options.bool(.noTrunc)
        if options.bool(.quiet) {
            if !format.isEmpty, format != "table" {
                engine.console.say("WARNING: Ignoring custom format, because both --format and --quiet are set.")
            }
            try engine.console.data(found.map { (noTrunc ? $0.id : String($0.id.prefix(12))) + "\n" }.joined())
            return ExitCode.success
        }
        let wantsSize = options.bool(.size) || format.contains(".Size") || format.contains("json .")
        let now = Timestamp(nanosecondsSinceEpoch: Clock.nowNanoseconds())
        var rows: [JSON] = []
        for summary in found { rows.append(try row(summary, now: now, noTrunc: noTrunc, size: wantsSize)) }
        let table =
            "{{.ID}}\t{{.Image}}\t{{.Command}}\t{{.RunningFor}}\t{{.Status}}\t{{.Ports}}\t{{.Names}}"
            + (options.bool(.size) ? "\t{{.Size}}" : "")
        var listing = ListFormat.Listing(table: table, headers: Self.headers, raw: Self.raw, rowName: "*formatter.ContainerContext")
        let labels = Dictionary(found.map { ($0.id, $0.labels) }) { first, _ in first }
        let full = Dictionary(zip(rows.compactMap { $0["ID"]?.string }, found.map(\.id))) { first, _ in first }
        @Sendable func label(_ receiver: JSON, _ arguments: [JSON]) throws(Failure) -> JSON {
            guard arguments.count == 1, let key = arguments[0].string else {
                throw Failure(.invalid, "wrong number of args for Label: want 1 got \(arguments.count)")
            }
            let id = receiver["ID"]?.string.flatMap { full[$0] } ?? ""
            return .string(labels[id]?.first { $0.key == key }?.value ?? "")
        }
        listing.options.methods["Label"] = label
        return ListOutput.show(rows, format, listing, engine, isPrechecked: true)
    }

    private static let raw =
        "container_id: {{.ID}}\nimage: {{.Image}}\ncommand: {{.Command}}\ncreated_at: {{.CreatedAt}}\nstate: {{.State}}\nstatus: {{.Status}}\nnames: {{.Names}}\nlabels: {{.Labels}}\nports: {{- pad .Ports 1 0}}\n"

    /// As docker writes it: arguments with a space stand in quotes, the program does not.
    private static func commandText(_ words: [String]) -> String {
        let arguments = words.dropFirst().map { $0.utf8.contains(UInt8(ascii: " ")) ? "'\($0)'" : $0 }
        return (words.prefix(1) + arguments).joined(separator: " ")
    }

    func row(_ summary: ContainerSummary, now: Timestamp, noTrunc: Bool, size: Bool) throws(Failure) -> JSON {
        let created = (try? Timestamp(rfc3339: summary.created)) ?? now
        let command = Self.commandText(summary.command)
        let mounts = summary.mounts.map { noTrunc || $0.count <= 15 ? $0 : $0.prefix(14) + "…" }
        return [
            "Command": .string(Quote.go(noTrunc || command.count <= 20 ? command : command.prefix(19) + "…")),
            "CreatedAt": .string(LocalTime.text(created)), "HealthStatus": "",
            "ID": .string(noTrunc ? summary.id : String(summary.id.prefix(12))),
            "Image": .string(summary.imageName),
            "Labels": .string(summary.labels.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: ",")),
            "LocalVolumes": .string(String(summary.localVolumes)), "Mounts": .string(mounts.joined(separator: ",")),
            "Names": .string(summary.name),
            "Networks": .string(summary.networks.joined(separator: ",")),
            "Platform": .null, "Ports": .string(summary.ports.text),
            "RunningFor": .string((now - created).human + " ago"),
            "Size": .string(size ? try engine.containers.sizeText(summary.id) : "0B"),
            "State": .string(summary.state.status.rawValue), "Status": .string(StatusText.text(summary.state, now: now)),
        ]
    }
}

/// docker's words for a state: `Up 3 minutes`, `Exited (0) 2 hours ago`.
enum StatusText {
    static func text(_ state: ContainerState, now: Timestamp) -> String {
        func age(_ text: String) -> String { ((try? Timestamp(rfc3339: text)).map { (now - $0).human }) ?? "" }
        return switch state.status {
        case .created: "Created"
        case .running: "Up \(age(state.startedAt))"
        case .exited: "Exited (\(state.exitCode)) \(age(state.finishedAt)) ago"
        }
    }
}

/// `--filter` of `ps`: one key's values are alternatives, keys add up.
struct ContainerFilters {
    private var values: [(key: String, value: String)] = []
    private let ancestors: Set<Digest>
    /// Values of `network` to the name of the network.
    private var networks: [String: String] = [:]
    private static let known: Set<String> = [
        "id", "name", "label", "status", "ancestor", "exited", "before", "since", "volume", "network", "publish", "expose", "health",
        "isolation", "is-task",
    ]

    init(_ texts: [String], engine: Engine) throws(Failure) {
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard Self.known.contains(parts[0]) else { throw Failure(.invalid, "invalid filter '\(parts[0])'") }
            let value = parts.count > 1 ? parts[1] : ""
            try Self.check(parts[0], value)
            values.append((parts[0], value))
        }
        var ancestors: Set<Digest> = []
        for value in values where value.key == "ancestor" {
            if let id = try? engine.images.find(value.value) { ancestors.insert(id) }
        }
        self.ancestors = ancestors
        for value in values where value.key == "network" {
            // A network is found by its id too; one that does not exist has no containers.
            if let network = try? engine.networks.find(value.value, hostSubnets: engine.hostSubnets) {
                networks[value.value] = network.name
            }
        }
    }

    private static func check(_ key: String, _ value: String) throws(Failure) {
        switch key {
        case "publish", "expose":
            if value.utf8.contains(UInt8(ascii: ":")) { throw Failure(.invalid, "filter for '\(key)' should not contain ':': \(value)") }
            try doing("error while looking up for \(key) \(value)") { () throws(Failure) in
                _ = try PortRange.parse(PortRange.splitProtocol(value).port)
            }
        case "status":
            guard ["created", "running", "paused", "restarting", "removing", "exited", "dead"].contains(value) else {
                throw Failure(.invalid, "invalid filter 'status=\(value)'")
            }
        case "exited":
            guard Int(value) != nil else {
                throw Failure(.invalid, "strconv.Atoi: parsing \(JSON.string(value).compact()): invalid syntax")
            }
        case "health":
            guard ["starting", "healthy", "unhealthy", "none"].contains(value) else {
                throw Failure(.invalid, "Unrecognised filter value for health: \(value)")
            }
        case "is-task":
            guard ["true", "false", "1", "0"].contains(value) else {
                throw Failure(.invalid, "invalid filter 'is-task=[\(value)]'")
            }
        default: break
        }
    }

    /// Filters that can match containers that are not running show those too, as docker does.
    var asksForState: Bool { values.contains { $0.key == "status" || $0.key == "exited" } }

    func apply(_ list: [ContainerSummary]) throws(Failure) -> [ContainerSummary] {
        var list = list
        for key in Set(values.map(\.key)) {
            let wanted = values.filter { $0.key == key }.map(\.value)
            switch key {
            case "label": list = list.filter { summary in wanted.allSatisfy { LabelFilter.matches($0, summary.labels) } }
            case "before", "since":
                guard let mark = try index(wanted[0], list) else { throw Failure(.notFound, "no such container \(wanted[0])") }
                list = key == "since" ? Array(list[..<mark]) : Array(list[(mark + 1)...])
            default: list = list.filter { summary in wanted.contains { matches(key, $0, summary) } }
            }
        }
        return list
    }

    private func matchesPort(_ key: String, _ value: String, _ summary: ContainerSummary) -> Bool {
        let (port, proto) = PortRange.splitProtocol(value)
        // It was read before, when the filters were checked.
        guard let range = try? PortRange.parse(port) else { return false }
        return key == "publish" ? summary.ports.publishes(range, proto) : summary.ports.exposes(range, proto)
    }

    private func index(_ reference: String, _ list: [ContainerSummary]) throws(Failure) -> Int? {
        list.firstIndex { $0.name == reference || $0.id.hasPrefix(reference) }
    }

    private func matches(_ key: String, _ value: String, _ summary: ContainerSummary) -> Bool {
        switch key {
        case "id": summary.id.hasPrefix(value)
        // docker takes a regular expression here; text, `^` and `$` are what people write.
        case "name": NameFilter.matches(value, summary.name)
        case "status": summary.state.status.rawValue == value
        case "exited": summary.state.status == .exited && String(summary.state.exitCode) == value
        case "network":
            summary.networks.contains(networks[value] ?? value)
        case "ancestor": summary.imageName == value || summary.imageID.map(ancestors.contains) ?? false
        case "volume": summary.mounts.contains(value) || summary.mountTargets.contains(value)
        case "publish", "expose": matchesPort(key, value, summary)
        // No container has a health check yet, none belongs to a swarm, all have the one isolation there is.
        case "health": value == "none"
        case "is-task": value == "false" || value == "0"
        case "isolation": true
        default: false
        }
    }
}

enum LabelFilter {
    /// `key` or `key=value`.
    static func matches(_ text: String, _ labels: [(key: String, value: String)]) -> Bool {
        let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        return labels.contains { $0.key == parts[0] && (parts.count == 1 || $0.value == parts[1]) }
    }
}

enum NameFilter {
    static func matches(_ pattern: String, _ name: String) -> Bool {
        var text = pattern[...]
        let atStart = text.hasPrefix("^")
        let atEnd = text.hasSuffix("$")
        if atStart { text = text.dropFirst() }
        if atEnd { text = text.dropLast() }
        // docker's pattern sees the name with its slash.
        let candidates = text.hasPrefix("/") ? ["/" + name] : [name]
        return candidates.contains { candidate in
            switch (atStart, atEnd) {
            case (true, true): candidate == text
            case (true, false): candidate.hasPrefix(text)
            case (false, true): candidate.hasSuffix(text)
            case (false, false): text.isEmpty || candidate.contains(text)
            }
        }
    }
}
