extension Tables {
    /// Commands about registries themselves.
    static let registries: [CommandSpec] = [login, logout, search]

    private static let login = registry(.login, "login", "Prove who you are to a registry", "[OPTIONS] [SERVER]", 0...1) {
        [.password, .passwordStdin, .username]
    }

    private static let logout = registry(.logout, "logout", "Forget who you are to a registry", "[SERVER]", 0...1) { [] }

    private static let search = registry(.search, "search", "Look for images on Docker Hub or another registry", "[OPTIONS] TERM", 1...1) {
        [.filter, .format, .limit, .noTrunc]
    }

    private static func registry(
        _ verb: Verb, _ word: String, _ summary: String, _ usage: String, _ operands: ClosedRange<Int>,
        _ options: @escaping @Sendable () -> [OptionSpec]
    ) -> CommandSpec {
        var command = CommandSpec([word], verb: verb, summary)
        command.usage = usage
        command.operandsMin = operands.lowerBound
        command.operandsMax = operands.upperBound
        command.makeOptions = options
        command.category = .common
        return command
    }
}
