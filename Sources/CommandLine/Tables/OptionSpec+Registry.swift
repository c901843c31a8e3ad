/// Options of commands about registries.
extension OptionSpec {
    package static let username = string("username", short: "u", "Name of the account")
    package static let password = string("password", short: "p", "Password or token; other users of this machine can see it")
    package static let limit = int("limit", "Number of results, 1 to 100 (25 unless told otherwise)")
    package static let artifactType = string("artifact-type", "Only those of this type")
    package static let passwordStdin = bool("password-stdin", "Read the password from stdin")
}
