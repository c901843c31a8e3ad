/// Options of commands that list, show or end things; one name means the same option everywhere.
extension OptionSpec {
    package static let all = bool("all", short: "a", "Show those that are not running too")
    package static let filter = list(
        "filter", short: "f", as: "filter", check: .filter, "Only those for which this is true: KEY=VALUE")
    /// For `prune`, where `-f` is `--force`.
    static let filterLong = list(
        "filter", as: "filter", check: .filter, "Only those for which this is true: KEY=VALUE")
    /// For lists, where `-f` is `--filter`.
    package static let format = string(
        "format", "\"table\", \"table TEMPLATE\", \"json\" or a template in Go's language")
    /// For single objects.
    static let formatLetter = string("format", short: "f", "\"json\" or a template in Go's language")
    package static let noTrunc = bool("no-trunc", "Show everything in full length")
    static let quietIDs = bool("quiet", short: "q", "Show IDs only")
    package static let size = bool("size", short: "s", "Show the sizes of the containers' files")
    package static let last = int("last", short: "n", default: -1, "The newest NUMBER of containers, running or not")
    package static let latest = bool("latest", short: "l", "The newest container, running or not")
    package static let force = bool("force", short: "f", "Don't ask first")

    // start, stop, restart, kill
    package static let startAttach = bool("attach", short: "a", "Connect to its output and pass signals on")
    static let interactiveStart = bool("interactive", short: "i", "Connect the container's stdin")
    package static let signal = string("signal", short: "s", "Signal to send, by name or number")
    package static let timeout = int("timeout", short: "t", "Seconds until SIGKILL, -1 to wait for ever")
    static let time = int("time", "Old spelling of --timeout").meaning(timeout)
        .deprecated("use --timeout instead")
    static let checkpoint = string("checkpoint", "Go on from this checkpoint").hidden()
        .notYet("checkpoints don't exist")
    static let checkpointDir = string("checkpoint-dir", "Folder of checkpoints").hidden()
        .notYet("checkpoints don't exist")

    // rm
    static let forceRunning = bool("force", short: "f", "End a running container first")
    package static let removeLink = bool("link", short: "l", "Remove a link only").hidden().notYet("links don't exist")
    package static let removeVolumes = bool("volumes", short: "v", "Remove its unnamed volumes too")

    // logs
    package static let details = bool("details", "Show the labels and variables that the log carries")
    package static let follow = bool("follow", short: "f", "Go on with what is written from now on")
    package static let since = string("since", "Leave out what is older: a time, or an age such as 42m")
    package static let until = string("until", "Leave out what is newer: a time, or an age such as 42m")
    package static let tail = string("tail", short: "n", default: "all", "Number of lines from the end")
    package static let timestamps = bool("timestamps", short: "t", "Put the time before each line")

    // attach, exec
    package static let noStdin = bool("no-stdin", "Leave stdin alone")
    static let detachExec = bool("detach", short: "d", "Leave the command running in the background")
    static let privilegedExec = bool("privileged", "Give the command every right")

    // images
    package static let allTagsPush = bool("all-tags", short: "a", "Send every tag of the repository that is here")
    static let quietDigests = bool("quiet", short: "q", "Show digests only")
    static let quietPush = bool("quiet", short: "q", "Show the name alone")
    package static let progress = string(
        "progress", default: "auto", "How progress is shown: \"auto\", \"plain\", \"tty\", \"json\" or \"none\""
    ).completing(.words(["auto", "plain", "tty", "json", "none"]))
    package static let allTags = bool("all-tags", short: "a", "Fetch every tag of the repository")
    static let allImages = bool("all", short: "a", "Show intermediate images too")
    package static let allUnused = bool(
        "all", short: "a", "Remove every image that no container uses, not only those without a name")
    package static let digests = bool("digests", "Show digests")
    package static let tree = bool("tree", "Show the platform of each image, and what it takes on the disk")
    package static let forceImage = bool("force", short: "f", "Remove it although stopped containers use it")
    package static let noPrune = bool("no-prune", "Keep parents without a name")
    package static let platforms = csvList("platform", "Remove only this platform: OS[/ARCH[/VARIANT]]")

    // inspect
    package static let type = string("type", "Kind of thing: \"container\", \"image\" or \"network\"")
        .completing(.words(["container", "image", "network"]))
}
