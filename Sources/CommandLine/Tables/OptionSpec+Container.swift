/// Options of `run` and `create` that choose the program and how the caller is connected to it, and options that
/// several container commands share.
extension OptionSpec {
    // Common
    package static let attach = list("attach", short: "a", check: .stream, "Connect to stdin, stdout or stderr")
        .completing(.words(["stdin", "stdout", "stderr"]))
    package static let cidfile = string("cidfile", "Write the container's full ID to this new file").completing(.files)
    package static let detach = bool("detach", short: "d", "Leave it running in the background and print its ID")
    package static let detachKeys = string("detach-keys", "Keys that leave the container running (\"ctrl-p,ctrl-q\")")
    package static let interactive = bool(
        "interactive", short: "i", "Keep stdin open, also when nothing is attached to it")
    package static let name = string("name", "Name of the container")
    package static let platform = string("platform", "System and processor of the image: OS[/ARCH[/VARIANT]]")
    package static let pull = string(
        "pull", default: "missing", "When to fetch the image: \"always\", \"missing\" or \"never\""
    ).completing(.words(["always", "missing", "never"]))
    package static let quiet = bool("quiet", short: "q", "Don't show the progress of a pull")
    package static let restart = string("restart", default: "no", "Whether to start it again after it has ended")
        .only("no", otherwise: "restart policies come with a later release")
    package static let rm = bool("rm", "Remove the container and its unnamed volumes when it has ended")
    package static let sigProxy = bool("sig-proxy", default: true, "Pass received signals on to the program")
    package static let tty = bool("tty", short: "t", "Give the program a terminal")

    // Process
    package static let entrypoint = string("entrypoint", "Program to start in place of the image's entry point")
    package static let runInit = bool("init", "Start a small first process that passes signals on and reaps children")
    package static let stopSignal = string("stop-signal", "Signal that asks the program to end")
    package static let stopTimeout = int("stop-timeout", "Seconds between that signal and SIGKILL")
    package static let user = string("user", short: "u", "User, and group if any: NAME|UID[:GROUP|GID]")
    package static let workdir = string("workdir", short: "w", "Working directory inside the container")
    package static let pid = string("pid", "Process namespace: \"private\" or \"host\"")
        .only("private", "host", otherwise: "joining another container's processes comes with a later release")
    package static let runtime = string("runtime", "Other program that is to run the container")
        .notYet("containers are started by this program itself")
    package static let isolation = string("isolation", "Isolation technology; there is only \"default\"").hidden()
        .only("default", otherwise: "it belongs to Windows")

    // Environment
    package static let env = list(
        "env", short: "e", check: .environment, "Set a variable: NAME=VALUE, or NAME to copy the caller's")
    package static let envFile = list("env-file", "Set the variables in this file, one NAME=VALUE a line")
        .completing(.files)
    package static let annotation = map("annotation", "Note in the container's configuration: KEY=VALUE")
    package static let label = list("label", short: "l", check: .label, "Label on the container: KEY[=VALUE]")
    package static let labelFile = list("label-file", "Set the labels in this file, one a line").completing(.files)

    // Logging
    package static let logDriver = string("log-driver", "Where output is kept: \"json-file\" or \"none\"")
        .only("json-file", "none", otherwise: "only \"json-file\" and \"none\" keep logs now")
        .completing(.words(["json-file", "none"]))
    package static let logOpt = list("log-opt", "Setting of the log: KEY=VALUE")

    // Health
    package static let noHealthcheck = bool("no-healthcheck", "Leave out the image's health check")
    package static let health = [
        string("health-cmd", "Command that tells whether the program is well"),
        duration("health-interval", "Time from one check to the next"),
        int("health-retries", "Failures in a row that make it unhealthy"),
        duration("health-start-interval", "Time between checks while it starts"),
        duration("health-start-period", "Time in which failures don't count"),
        duration("health-timeout", "Longest time one check may take"),
    ].notYet("health checks come with a later release")
}
