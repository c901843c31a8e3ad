/// Facts about commands that move whole images.
extension DockerFacts {
    /// podman's.
    private static let idMaps: Set<String> = [
        "uidmap csv-list -", "gidmap csv-list -", "subuidname string -", "subgidname string -",
    ]

    /// Options of ours that docker does not have.
    static let added: [String: Set<String>] = [
        "containerRun": idMaps, "containerCreate": idMaps,
        "imagePull": ["progress string auto"],
        "imagePush": ["progress string auto", "compression-format string -", "compression-level int 0"],
        "imageSave": ["format string docker-archive"],
        "imagePrune": ["dry-run bool false"], "containerPrune": ["dry-run bool false"],
        "systemPrune": ["dry-run bool false"], "volumePrune": ["dry-run bool false"],
    ]

    static let archives: [Command] = [
        Command(
            verb: "volumeCreate", operands: "0..1",
            options: """
                driver/d string local
                label list -
                name string -
                opt/o map -
                """),
        Command(verb: "volumeInspect", operands: "1..", options: "format/f string -"),
        Command(
            verb: "volumeList", operands: "0..0",
            options: """
                filter/f list -
                format string -
                quiet/q bool false
                """),
        Command(
            verb: "volumePrune", operands: "0..0",
            options: """
                all/a bool false
                filter list -
                force/f bool false
                """),
        Command(verb: "volumeRemove", operands: "1..", options: "force/f bool false"),
        Command(
            verb: "imageSave", operands: "1..",
            options: """
                output/o string -
                platform csv-list -
                """),
        Command(
            verb: "imageLoad", operands: "0..0",
            options: """
                input/i string -
                platform csv-list -
                quiet/q bool false
                """),
        Command(
            verb: "imageImport", operands: "1..",
            options: """
                change/c list -
                message/m string -
                platform string -
                """),
        Command(
            verb: "containerCopy", operands: "2..2",
            options: """
                archive/a bool false
                follow-link/L bool false
                quiet/q bool false
                """),
        Command(
            verb: "containerExport", operands: "1..1",
            options: """
                output/o string -
                """),
        Command(
            verb: "manifestAnnotate", operands: "2..2",
            options: """
                arch string -
                os string -
                os-features csv-list -
                os-version string -
                variant string -
                """),
        Command(
            verb: "manifestCreate", operands: "2..",
            options: """
                amend/a bool false
                insecure bool false
                """),
        Command(
            verb: "manifestInspect", operands: "1..2",
            options: """
                insecure bool false
                verbose/v bool false
                """),
        Command(
            verb: "manifestPush", operands: "1..1",
            options: """
                insecure bool false
                purge/p bool false
                """),
        Command(
            verb: "manifestRemove", operands: "1..",
            options: """
                """),
    ]
}
