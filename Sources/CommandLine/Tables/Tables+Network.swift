extension Tables {
    /// Commands of `network`.
    static let networks: [CommandForm] = [
        CommandForm(
            .networkConnect, nil, noun: "network", words: ["connect"], "Put a container on a network, also while it runs",
            usage: "[OPTIONS] NETWORK CONTAINER", 2...2,
            [.connectAlias, .connectDriverOption, .gatewayPriority, .ipv4, .ipv6, .link, .connectLinkLocalIP], completes: .networks),
        CommandForm(
            .networkDisconnect, nil, noun: "network", words: ["disconnect"], "Take a container off a network",
            usage: "[OPTIONS] NETWORK CONTAINER", 2...2, [.forceDisconnect], completes: .networks),
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
            usage: "[OPTIONS] NETWORK [NETWORK...]", 1..., [.forceNetwork], completes: .networks),
    ]
}
