/// Options of commands about registries.
extension OptionSpec {
    package static let username = string("username", short: "u", "Name of the account")
    package static let password = string("password", short: "p", "Password or token; other users of this machine can see it")
    package static let passwordStdin = bool("password-stdin", "Read the password from stdin")
}
