/// One command in one of its spellings: `ps` and `container ls` are two specifications with one `verb`.
package struct CommandSpec: Sendable {
    /// The words after the program's name in the preferred spelling; empty for the root.
    package var path: [String]
    /// Other last words that reach the same specification (`list` and `ps` for `container ls`).
    package var otherWords: [String] = []
    /// Every spelling, as help lists them; empty where there is only one.
    package var aliases: [[String]] = []
    /// What is done; nil for a group of commands.
    package var verb: Verb?
    /// One line for lists of commands.
    package var summary: String
    /// More paragraphs for help and man page; may be empty.
    package var details = ""
    /// What follows the path in the usage line: `[OPTIONS] IMAGE [COMMAND] [ARG...]`; a line each where there are several.
    package var usage = ""
    package var operandsMin = 0
    /// nil: no limit.
    package var operandsMax: Int?
    /// The first operand ends the options: what follows belongs to the container's program.
    package var optionsEndAtFirstOperand = false
    /// Made when asked for: `version` does not pay for the hundred options of `run`.
    package var options: [OptionSpec] { makeOptions() }
    var makeOptions: @Sendable () -> [OptionSpec] = { [] }
    package var subcommands: [CommandSpec] = []
    package var isHidden = false
    package var category = CommandCategory.commands
    package var completes = CompletionSource.nothing

    package init(_ path: [String], verb: Verb? = nil, _ summary: String) {
        self.path = path
        self.verb = verb
        self.summary = summary
    }

    package var word: String { path.last ?? "" }

    /// The command that `word` names among the subcommands.
    package func subcommand(_ word: String) -> CommandSpec? {
        subcommands.first { $0.word == word || $0.otherWords.contains(word) }
    }

    /// `docker container run`: the program's name, then the path.
    package func fullName(_ program: String) -> String { ([program] + path).joined(separator: " ") }

    /// The whole usage line, without `Usage:`.
    package func usageLine(_ program: String) -> String {
        usage.isEmpty ? fullName(program) : usage.split(separator: "\n").map { fullName(program) + " " + $0 }.joined(separator: "\n\t")
    }

    /// The specification and everything below it, in order of declaration.
    package var tree: [CommandSpec] { [self] + subcommands.flatMap(\.tree) }
}

/// The headings of the root help, in this order.
package enum CommandCategory: String, CaseIterable, Sendable {
    case common = "Common Commands"
    case management = "Management Commands"
    case commands = "Commands"
}

/// What a command line asks for, whatever its spelling.
package enum Verb: String, CaseIterable, Sendable {
    case containerRun, containerCreate, containerStart, containerStop, containerRestart, containerKill
    case containerRemove, containerList, containerLogs, containerExec, containerAttach, containerWait, containerTop
    case containerRename, containerPrune, containerInspect, containerPort
    case networkConnect, networkDisconnect, networkCreate, networkInspect, networkList, networkPrune, networkRemove
    case imagePull, imageList, imageRemove, imageInspect, imageTag, imagePrune, imagePush, imageReferrers
    case manifestCreate, manifestAdd, manifestAnnotate, manifestInspect, manifestPush, manifestRemove
    case imageHistory, systemDiskUsage, systemPrune, systemCheck
    case volumeCreate, volumeInspect, volumeList, volumePrune, volumeRemove, volumeExport, volumeImport
    case imageSave, imageLoad, imageImport, imageCopy, imageDiff, imageTree, containerExport, containerCopy
    case login, logout, search
    case inspect, version, info
    case completionBash, completionZsh, completionFish
    /// Hidden: prints one name per line for the shell (`__complete containers|images|networks|volumes`).
    case complete
}
