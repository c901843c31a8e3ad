extension Tables {
    /// Commands of `system` that show, check and free what lies on the disk.
    static let space: [CommandForm] = [
        CommandForm(
            .systemCheck, nil, noun: "system", words: ["check"], "Look for damage in the store, and repair it",
            usage: "[OPTIONS]", 0...0, [.quickCheck, .quietCheck, .repair],
            details: """
                Looks at everything that lies in the store: every blob is hashed again and
                compared with its digest; every unpacked layer is compared with what was
                recorded when it was unpacked (names, kinds, sizes, modes, owners, times and
                link targets of its files; their contents are not read again); every record of
                an image, a name, a container and a network is read, and what it needs must be
                there.
                With --quick nothing is hashed or walked through: everything only has to be
                there. Each damage is one line, and the exit code is then 1.

                With --repair damaged blobs are fetched again from the registry that served
                them, by digest, and nothing else is fetched; damaged layers are unpacked
                again from their blobs, but for those that a running container stands on;
                records are written again from what the blobs say. What nothing needs or
                nobody can use is removed. What is left damaged is told, and the exit code is
                1.

                Containers, pulls and removals may go on meanwhile.
                """),
        CommandForm(
            .systemDiskUsage, nil, noun: "system", words: ["df"], "Show what the store takes on the disk",
            usage: "[OPTIONS]", 0...0, [.format, .verboseUsage],
            details: """
                Sizes are what the files take on the disk, so that all rows together are what
                du says of the store. RECLAIMABLE is what would become free if everything went
                that no container uses.
                """),
        CommandForm(
            .systemPrune, nil, noun: "system", words: ["prune"], "Remove what nothing uses",
            usage: "[OPTIONS]", 0...0, [.pruneAll, .dryRun, .filterLong, .force, .pruneVolumes]),
    ]
}
