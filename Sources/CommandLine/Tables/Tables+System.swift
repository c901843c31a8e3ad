extension Tables {
    static let info = CommandForm(
        .info, "info", noun: "system", "Show what this machine and the store are like",
        usage: "[OPTIONS]", 0...0, [.formatLetter], category: .common)

    static let version: CommandSpec = {
        var command = CommandSpec(["version"], verb: .version, "Show versions")
        command.usage = "[OPTIONS]"
        command.operandsMax = 0
        command.makeOptions = { [.formatLetter] }
        command.category = .common
        return command
    }()

    static let inspect: CommandSpec = {
        var command = CommandSpec(["inspect"], verb: .inspect, "Show everything about containers, images and networks")
        command.usage = "[OPTIONS] NAME|ID [NAME|ID...]"
        command.operandsMin = 1
        command.makeOptions = { [.formatLetter, .size, .type] }
        command.completes = .containers
        return command
    }()

    static let completion: CommandSpec = {
        var command = CommandSpec(["completion"], "Print a script that lets a shell complete commands")
        command.subcommands = [
            shell("bash", .completionBash), shell("fish", .completionFish), shell("zsh", .completionZsh),
        ]
        command.category = .management
        return command
    }()

    private static func shell(_ name: String, _ verb: Verb) -> CommandSpec {
        var command = CommandSpec(["completion", name], verb: verb, "Print the script for \(name)")
        command.operandsMax = 0
        return command
    }

    /// What the scripts call for names: `__complete containers|images|networks|volumes` prints one a line.
    static let complete: CommandSpec = {
        var command = CommandSpec(["__complete"], verb: .complete, "Print names for a shell")
        command.usage = "containers|images|networks|volumes"
        command.operandsMin = 1
        command.operandsMax = 1
        command.isHidden = true
        return command
    }()

    /// Answered by the parser itself.
    static let help: CommandSpec = {
        var command = CommandSpec(["help"], "Help about the command")
        command.usage = "[command]"
        return command
    }()
}
