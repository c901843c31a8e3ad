/// All commands, as one tree.
package enum Tables {
    /// Words on top in the order of the root help, then the nouns.
    package static let root: CommandSpec = {
        var root = CommandSpec([], "Containers without a daemon")
        root.makeOptions = { OptionSpec.global }
        root.subcommands =
            top + [
                group("container", "Work with containers", (containers + [copy, export]).sorted { $0.words[0] < $1.words[0] }),
                group("image", "Work with images", (images + archives).sorted { $0.words[0] < $1.words[0] }),
                group("manifest", "Work with manifest lists", manifests),
                group("network", "Work with networks", networks),
                group("system", "Work with this machine and the store", (space + [info]).sorted { $0.words[0] < $1.words[0] }),
                group("volume", "Work with volumes", volumes, usage: "COMMAND"), completion, complete,
            ]
        return root
    }()

    private static var top: [CommandSpec] {
        let commands =
            (containers + images + archives + [copy, export, info]).compactMap(\.onTop) + [version, inspect] + registries
        // The common ones in the order in which a newcomer needs them, the others by name.
        let common = ["run", "exec", "ps", "pull", "push", "images", "login", "logout", "search", "version", "info"]
        let rank: (CommandSpec) -> Int = { common.firstIndex(of: $0.word) ?? common.count }
        return commands.sorted { (rank($0), $0.word) < (rank($1), $1.word) }
    }

    private static func group(_ word: String, _ summary: String, _ forms: [CommandForm], usage: String = "") -> CommandSpec {
        var group = CommandSpec([word], summary)
        group.usage = usage
        group.subcommands = forms.map(\.underNoun)
        group.category = .management
        return group
    }
}
