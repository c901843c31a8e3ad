extension Tables {
    /// Commands of `volume`, in the order of its help.
    static let volumes: [CommandForm] = [
        CommandForm(
            .volumeCreate, nil, noun: "volume", words: ["create"], "Make a volume", usage: "[OPTIONS] [VOLUME]", 0...1,
            [.volumeDriverShort, .volumeLabel, .volumeName, .volumeOption]),
        CommandForm(
            .volumeExport, nil, noun: "volume", words: ["export"], "Put the files of a volume into an archive",
            usage: "[OPTIONS] VOLUME", 1...1, [.output], completes: .volumes),
        CommandForm(
            .volumeImport, nil, noun: "volume", words: ["import"], "Put the files of an archive into a volume",
            usage: "VOLUME file|-", 2...2, completes: .volumes,
            details: """
                The archive is what volume export or tar wrote, packed or not. Its files go
                over those that are there; the others stay. The volume must be there already,
                and no running container may use it.
                """),
        CommandForm(
            .volumeInspect, nil, noun: "volume", words: ["inspect"], "Show everything about volumes",
            usage: "[OPTIONS] VOLUME [VOLUME...]", 1..., [.formatLetter], completes: .volumes),
        CommandForm(
            .volumeList, nil, noun: "volume", words: ["ls", "list"], "List volumes", usage: "[OPTIONS]", 0...0,
            [.filter, .format, .quietVolumes]),
        CommandForm(
            .volumePrune, nil, noun: "volume", words: ["prune"], "Remove unnamed volumes that no container uses",
            usage: "[OPTIONS]", 0...0, [.pruneAllVolumes, .dryRun, .filterLong, .force]),
        CommandForm(
            .volumeRemove, nil, noun: "volume", words: ["rm", "remove"], "Remove volumes that no container uses",
            usage: "[OPTIONS] VOLUME [VOLUME...]", 1..., [.forceVolume], completes: .volumes),
    ]
}

/// Options of `volume`.
extension OptionSpec {
    package static let volumeDriverShort = string("driver", short: "d", default: "local", "Driver of the volume: \"local\"")
    package static let volumeLabel = list("label", "Label of the volume: KEY[=VALUE]")
    package static let volumeName = string("name", "Name of the volume, in place of the operand").hidden()
    package static let volumeOption = map("opt", short: "o", "Setting of the driver: type=…, device=…, o=…")
    static let quietVolumes = bool("quiet", short: "q", "Show names only")
    package static let forceVolume = bool("force", short: "f", "One that is not there is no failure")
    package static let pruneAllVolumes = bool("all", short: "a", "Remove named volumes too")
}
