/// What pages say beside the tables: environment, files and exit codes.
extension ManPage {
    struct Fact {
        let term: String
        let text: String
    }

    /// The sections of a page after its options: everything on the root's page, exit codes where a program runs.
    static func facts(_ command: CommandSpec) -> [String] {
        switch command.verb {
        case .containerRun, .containerExec: section("EXIT STATUS", programExits)
        default:
            command.path.isEmpty
                ? section("ENVIRONMENT", environment) + section("FILES", files) + section("EXIT STATUS", exits) : []
        }
    }

    private static func section(_ title: String, _ facts: [Fact]) -> [String] {
        [".SH \(quoted(title))"] + facts.flatMap { [".TP", ".B \(quoted($0.term))", escaped($0.text)] }
    }

    private static let environment = [
        Fact(
            term: "XDG_DATA_HOME",
            text: "Images and containers lie in its folder proa; by default ~/.local/share. Root's lie in /var/lib/proa."),
        Fact(
            term: "XDG_RUNTIME_DIR",
            text: "Sockets of running containers lie in its folder proa; without it in /tmp/proa-UID. Root's lie in /run/proa."),
        Fact(term: "PROA_DATA, PROA_RUNTIME", text: "The same two folders, named in full. They come before the XDG variables."),
        Fact(
            term: "PROA_ADDITIONAL_STORES",
            text:
                "Stores of others, by path, divided by colons. Images, blobs and layers are looked for there first, and nothing is ever written there. Somebody else's layers are of use where their files have a single owner (layers-single) and are open to everybody."
        ),
        Fact(
            term: "PROA_INSECURE_REGISTRIES",
            text:
                "Registries that may be spoken to without TLS or without a known certificate: HOST[:PORT] or ADDRESS/BITS, divided by commas. Loopback addresses always may."
        ),
        Fact(
            term: "PROA_TRUSTED_REALMS",
            text: "Hosts of token servers that get a registry's credentials although they are not the registry's, divided by commas."),
        Fact(term: "DOCKER_CONFIG", text: "Folder of config.json with the credentials of registries, by default ~/.docker."),
        Fact(term: "REGISTRY_AUTH_FILE", text: "Another file with credentials of registries, in the same form."),
    ]

    private static let files = [
        Fact(term: "~/.local/share/proa, /var/lib/proa", text: "The store of an ordinary user, and of root."),
        Fact(
            term: "/etc/subuid, /etc/subgid",
            text: "The subordinate ids of users. Without any, a container has a single id, which is the user's own."),
    ]

    private static let exits = [
        Fact(term: "0", text: "Everything was done."),
        Fact(term: "1", text: "Something was not done; standard error says what."),
        Fact(term: "125", text: "The command line is wrong, or run, create or exec could not do their work."),
    ]

    private static let programExits = [
        Fact(term: "125", text: "The command line is wrong, or the program could not be brought so far as to start."),
        Fact(term: "126", text: "The program cannot be executed."),
        Fact(term: "127", text: "There is no such program."),
        Fact(term: "128+N", text: "Signal N ended the program."),
        Fact(term: "any other", text: "The program's own."),
    ]
}
