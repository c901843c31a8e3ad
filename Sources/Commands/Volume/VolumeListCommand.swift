import CommandLine
import Containers
import Primitives
import Store
import Templates

/// `volume ls`.
struct VolumeListCommand {
    let engine: Engine
    let options: ParsedOptions

    private static let headers: [String: String] = [
        "Availability": "AVAILABILITY", "Driver": "DRIVER", "Group": "GROUP", "Labels": "LABELS", "Links": "LINKS",
        "Mountpoint": "MOUNTPOINT", "Name": "VOLUME NAME", "Scope": "SCOPE", "Size": "SIZE", "Status": "STATUS",
    ]

    func run() throws(Failure) -> Int32 {
        let filters = try FilterValues(options.strings(.filter), known: ["dangling", "driver", "label", "name"])
        let isDangling = try filters.flag("dangling")
        let containers = try engine.containers
        let volumes = containers.volumes
        let users = isDangling == nil ? [:] : try containers.volumeUsers(damaged: engine.noticeDamage)
        let found = try volumes.all(damaged: engine.noticeDamage).filter { volume in
            let (names, drivers) = (filters["name"], filters["driver"])
            return (isDangling == nil || isDangling == (users[volume.name] == nil)) && filters.fits(labels: volume.labelPairs)
                && (names.isEmpty || names.contains { NameFilter.matches($0, volume.name) })
                && (drivers.isEmpty || drivers.contains(VolumeRecord.driver))
        }
        let format = options.stringIfSet(.format) ?? ""
        if options.bool(.quiet), format.isEmpty || format == "table" || format == "raw" {
            try engine.console.data(found.map { (format == "raw" ? "name: " : "") + $0.name + "\n" }.joined())
            return ExitCode.success
        }
        var listing = ListFormat.Listing(
            table: "{{.Driver}}\t{{.Name}}", headers: Self.headers, raw: "name: {{.Name}}\ndriver: {{.Driver}}\n",
            rowName: "*formatter.volumeContext")
        let labels = Dictionary(found.map { ($0.name, $0.labels) }) { first, _ in first }
        @Sendable func label(_ receiver: JSON, _ arguments: [JSON]) throws(Failure) -> JSON {
            guard arguments.count == 1, let key = arguments[0].string else {
                throw Failure(.invalid, "wrong number of args for Label: want 1 got \(arguments.count)")
            }
            return labels[receiver["Name"]?.string ?? ""]?[key] ?? ""
        }
        listing.options.methods["Label"] = label
        return ListOutput.show(found.map { Self.row($0, volumes) }, format, listing, engine)
    }

    /// What `ls` does not count is docker's `N/A`.
    static func row(_ volume: VolumeRecord, _ volumes: VolumeStore) -> JSON {
        [
            "Availability": "N/A", "Driver": .string(VolumeRecord.driver), "Group": "N/A",
            "Labels": .string(volume.labelPairs.map { "\($0.key)=\($0.value)" }.joined(separator: ",")), "Links": "N/A",
            "Mountpoint": .string(volumes.dataPath(volume.name)), "Name": .string(volume.name), "Scope": "local", "Size": "N/A",
            "Status": "N/A",
        ]
    }
}
