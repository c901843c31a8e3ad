/// Options that stand before the command word, and the two that stand anywhere.
extension OptionSpec {
    package static let help = bool("help", "Show this help").hidden()
    /// `-h` where the command gives the letter no other meaning.
    static let helpLetter: OptionSpec = {
        var option = bool("help", short: "h", "Show this help").hidden()
        option.deprecation = "Flag shorthand -h has been deprecated, use --help"
        return option
    }()

    package static let config = string("config", "Folder of the client's settings and credentials")
        .completing(.directories)
    package static let context = string("context", short: "c", "Named endpoint; there is only \"default\"")
        .only("default", otherwise: "there is no endpoint to choose, \"default\" is this machine")
    package static let debug = bool("debug", short: "D", "Say more about what is being done")
    package static let host = list("host", short: "H", "Socket of an engine").hidden()
        .notYet("commands work on this machine, without an engine behind a socket")
    package static let logLevel = string(
        "log-level", short: "l", default: "info",
        "How much to say: \"debug\", \"info\", \"warn\", \"error\" or \"fatal\""
    ).completing(.words(["debug", "info", "warn", "error", "fatal"]))
    /// `-v` before a command word.
    package static let showVersion = bool("version", short: "v", "Print the version and exit")

    static let global: [OptionSpec] =
        [config, context, debug, host, logLevel, showVersion] + tls.map { $0.status(.ignored).hidden() }

    private static let tls = [
        bool("tls", "Encrypt the way to an engine"),
        string("tlscacert", "Certificate authority of an engine"),
        string("tlscert", "Certificate shown to an engine"),
        string("tlskey", "Key of the certificate shown to an engine"),
        bool("tlsverify", "Encrypt the way to an engine and check it"),
    ]
}
