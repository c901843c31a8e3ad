extension Tables {
    /// Commands of `container`, in the order of its help.
    static let containers: [CommandForm] = [
        CommandForm(
            .containerAttach, "attach", noun: "container", "Connect the terminal to a running container",
            usage: "[OPTIONS] CONTAINER", 1...1, [.detachKeys, .noStdin, .sigProxy], completes: .containers),
        createCommand,
        CommandForm(
            .containerExec, "exec", noun: "container", "Start another program in a running container",
            usage: "[OPTIONS] CONTAINER COMMAND [ARG...]", 2...,
            [.detachExec, .detachKeys, .env, .envFile, .interactive, .privilegedExec, .tty, .user, .workdir],
            category: .common, completes: .containers
        ).optionsEndAtFirstOperand(),
        CommandForm(
            .containerInspect, nil, noun: "container", words: ["inspect"], "Show everything about containers",
            usage: "[OPTIONS] CONTAINER [CONTAINER...]", 1..., [.formatLetter, .size], completes: .containers),
        CommandForm(
            .containerKill, "kill", noun: "container", "Send containers a signal, SIGKILL unless told otherwise",
            usage: someContainers, 1..., [.signal], completes: .containers),
        CommandForm(
            .containerLogs, "logs", noun: "container", "Show what a container has written",
            usage: "[OPTIONS] CONTAINER", 1...1, [.details, .follow, .since, .tail, .timestamps, .until],
            completes: .containers),
        CommandForm(
            .containerList, "ps", noun: "container", words: ["ls", "list", "ps"], "List containers",
            usage: "[OPTIONS]", 0...0,
            [.all, .filter, .format, .last, .latest, .noTrunc, .quietIDs, .size], category: .common),
        CommandForm(
            .containerPort, "port", noun: "container", "Show the ports of the host that lead to a container",
            usage: "CONTAINER [PRIVATE_PORT[/PROTO]]", 1...2, completes: .containers),
        CommandForm(
            .containerPrune, nil, noun: "container", words: ["prune"], "Remove all containers that are not running",
            usage: "[OPTIONS]", 0...0, [.dryRun, .filterLong, .force]),
        CommandForm(
            .containerRename, "rename", noun: "container", "Give a container another name",
            usage: "CONTAINER NEW_NAME", 2...2, completes: .containers),
        CommandForm(
            .containerRestart, "restart", noun: "container", "Stop containers and start them again",
            usage: someContainers, 1..., stopping, completes: .containers),
        CommandForm(
            .containerRemove, "rm", noun: "container", words: ["rm", "remove"], "Remove containers",
            usage: someContainers, 1..., [.forceRunning, .removeLink, .removeVolumes], completes: .containers),
        runCommand,
        CommandForm(
            .containerStart, "start", noun: "container", "Start containers that are not running",
            usage: someContainers, 1...,
            [.startAttach, .checkpoint, .checkpointDir, .detachKeys, .interactiveStart], completes: .containers),
        CommandForm(
            .containerStop, "stop", noun: "container", "Ask containers to end, and end them if they don't",
            usage: someContainers, 1..., stopping, completes: .containers),
        CommandForm(
            .containerTop, "top", noun: "container", "Show the processes of a container",
            usage: "CONTAINER [ps OPTIONS]", 1..., completes: .containers
        ).optionsEndAtFirstOperand(),
        CommandForm(
            .containerWait, "wait", noun: "container", "Wait until containers have ended and print their exit codes",
            usage: "CONTAINER [CONTAINER...]", 1..., completes: .containers),
    ]

    private static let someContainers = "[OPTIONS] CONTAINER [CONTAINER...]"
    private static let stopping: [OptionSpec] = [.signal, .timeout, .time]
}
