/// Options of commands about registries.
extension OptionSpec {
    package static let username = string("username", short: "u", "Name of the account")
    package static let password = string("password", short: "p", "Password or token; other users of this machine can see it")
    package static let compressionFormat = string(
        "compression-format", "Pack the layers anew for the registry: \"gzip\" or \"zstd\" (their digests change)"
    ).completing(.words(["gzip", "zstd"]))
    package static let compressionLevel = int("compression-level", "How hard to pack: 1 to 9 (gzip) or 1 to 20 (zstd)")
    package static let limit = int("limit", "Number of results, 1 to 100 (25 unless told otherwise)")
    package static let artifactType = string("artifact-type", "Only those of this type")
    package static let passwordStdin = bool("password-stdin", "Read the password from stdin")
}
