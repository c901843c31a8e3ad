/// docker's commands that are known and not there yet, so that nobody takes them for misspelt ones.
package enum LaterCommands {
    /// Words on top; everything below them is not there yet either.
    static let top: Set<String> = [
        "build", "builder", "buildx", "bake", "checkpoint", "commit", "compose", "config", "context", "diff",
        "events", "node", "pause",
        "plugin", "secret", "service", "stack", "stats", "swarm", "trust", "unpause",
        "update",
    ]

    /// Verbs of the nouns that exist.
    static let below: [String: Set<String>] = [
        "container": ["commit", "diff", "pause", "stats", "unpause", "update"],
        "image": ["build"],
        "system": ["dial-stdio", "events"],
        "completion": ["powershell"],
    ]

    /// Whether `path` (the words after the program's name) is such a command.
    package static func contains(_ path: [String]) -> Bool {
        switch path.count {
        case 1: top.contains(path[0])
        case 2: below[path[0]]?.contains(path[1]) ?? false
        default: false
        }
    }
}
