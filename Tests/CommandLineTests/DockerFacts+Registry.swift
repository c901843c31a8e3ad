extension DockerFacts {
    /// Commands that talk to registries.
    static let registries: [Command] = [
        Command(
            verb: "imagePush", operands: "1..1",
            options: """
                all-tags/a bool false
                disable-content-trust bool true
                platform string -
                quiet/q bool false
                """),
        Command(
            verb: "login", operands: "0..1",
            options: """
                password/p string -
                password-stdin bool false
                username/u string -
                """),
        Command(verb: "logout", operands: "0..1", options: ""),
        Command(
            verb: "search", operands: "1..1",
            options: """
                filter/f list -
                format string -
                limit int 0
                no-trunc bool false
                """),
    ]
}
