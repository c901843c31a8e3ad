extension DockerFacts {
    /// Commands of images.
    static let images: [Command] = [
        Command(
            verb: "imagePull", operands: "1..1",
            options: """
                all-tags/a bool false
                disable-content-trust bool true
                platform string -
                quiet/q bool false
                """),
        Command(
            verb: "imageHistory", operands: "1..1",
            options: """
                format string -
                human/H bool true
                no-trunc bool false
                platform string -
                quiet/q bool false
                """),
        Command(
            verb: "imageList", operands: "0..1",
            options: """
                all/a bool false
                digests bool false
                filter/f list -
                format string -
                no-trunc bool false
                quiet/q bool false
                tree bool false
                """),
        Command(
            verb: "imageRemove", operands: "1..",
            options: """
                force/f bool false
                no-prune bool false
                platform csv-list -
                """),
        Command(
            verb: "imageInspect", operands: "1..",
            options: """
                format/f string -
                platform string -
                """),
        Command(
            verb: "imageTag", operands: "2..2",
            options: """
                """),
        Command(
            verb: "imagePrune", operands: "0..0",
            options: """
                all/a bool false
                filter list -
                force/f bool false
                """),
    ]
}
