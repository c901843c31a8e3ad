import LinuxSys
import Primitives

/// Where a command talks: data to standard output, all else to standard error.
struct Console: Sendable {
    /// `docker` or `proa`: the name this binary was called by.
    let program: String

    var isDocker: Bool { program == "docker" }

    /// A failed write of data is a failure of the command; a reader that went away ends it by SIGPIPE.
    func data(_ text: String) throws(Failure) {
        if !text.isEmpty { try StandardStream.output.write(text) }
    }

    func line(_ text: String) throws(Failure) { try data(text + "\n") }

    /// Talk is best effort: nobody may be listening.
    func say(_ text: String) {
        do throws(Failure) { try StandardStream.error.write(text + "\n") } catch {}
    }

    /// `Error response from daemon: …` as docker, `Error: …` as proa; the hint for people only.
    func report(_ failure: Failure) {
        say((isDocker ? "Error response from daemon: " : "Error: ") + failure.message)
        hint(failure)
    }

    /// The form of `run`, `create` and `exec`: `docker: Error response from daemon: …` and where to look.
    /// - Parameter isUsage: a mistake in the flags, which docker's client finds: no daemon is named.
    func reportRun(_ failure: Failure, command: String, isUsage: Bool) {
        say("\(program): \(isDocker && !isUsage ? "Error response from daemon: " : "")\(failure.message)")
        hint(failure)
        if isDocker { say("\nRun '\(program) \(command) --help' for more information") }
    }

    /// What docker's client finds itself and tells without introduction.
    func reportPlain(_ failure: Failure) {
        say(isDocker ? failure.message : "Error: " + failure.message)
        hint(failure)
    }

    private func hint(_ failure: Failure) {
        if let hint = failure.hint, StandardStream.error.isTerminal { say("hint: \(hint)") }
    }
}
