extension Tables {
    /// Commands of `network`.
    static let networks: [CommandForm] = [
        CommandForm(
            .networkCreate, nil, noun: "network", words: ["create"], "Make a network",
            usage: "[OPTIONS] NETWORK", 1...1, OptionSpec.networkCreation,
            details: """
                Containers on one network reach each other by name and address; containers on
                different networks don't. Without --subnet a range is chosen that no other
                network and no network of this host has.
                """),
        CommandForm(
            .networkInspect, nil, noun: "network", words: ["inspect"], "Show everything about networks",
            usage: "[OPTIONS] NETWORK [NETWORK...]", 1..., [.formatLetter, .verboseNetwork], completes: .networks),
        CommandForm(
            .networkList, nil, noun: "network", words: ["ls", "list"], "List networks",
            usage: "[OPTIONS]", 0...0, [.filter, .format, .noTrunc, .quietIDs]),
        CommandForm(
            .networkPrune, nil, noun: "network", words: ["prune"], "Remove all networks that no running container uses",
            usage: "[OPTIONS]", 0...0, [.dryRun, .filterLong, .force]),
        CommandForm(
            .networkRemove, nil, noun: "network", words: ["rm", "remove"], "Remove networks",
            usage: "NETWORK [NETWORK...]", 1..., [.forceNetwork], completes: .networks),
    ]
}
