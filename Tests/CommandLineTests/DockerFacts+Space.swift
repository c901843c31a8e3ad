/// Facts about commands that tell what lies in the store and make room there.
extension DockerFacts {
    static let space: [Command] = [
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
            verb: "systemDiskUsage", operands: "0..0",
            options: """
                format string -
                verbose/v bool false
                """),
        Command(
            verb: "systemPrune", operands: "0..0",
            options: """
                all/a bool false
                filter list -
                force/f bool false
                volumes bool false
                """),
    ]
}
