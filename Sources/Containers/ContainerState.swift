package import LinuxSys
package import Primitives

/// What a container is doing, derived from its records and from the kernel each time it is asked for.
package struct ContainerState: Equatable, Sendable {
    package enum Status: String, Sendable { case created, running, exited }

    package var status: Status
    /// Host pid of the first process; 0 unless running.
    package var pid: Int32 = 0
    /// Start time of that process (`Process.startTime`), which tells it from a later one of the same number.
    var startTime: UInt64 = 0
    /// Pid of the monitor that wrote the record; 0 unless running.
    package var monitor: Int32 = 0
    package var exitCode: Int32 = 0
    /// Why the last start failed, or why the exit code is not known.
    package var error = ""
    /// RFC 3339; docker's zero time when it never happened.
    package var startedAt = ContainerState.never
    package var finishedAt = ContainerState.never

    package static let never = "0001-01-01T00:00:00Z"
    /// What is reported when nobody saw the container end: docker's code after an engine crash.
    static let unknownExitCode: Int32 = 255

    package var isRunning: Bool { status == .running }

    /// Reads `run.json`, `exit.json` and `error.json` of a container's directory.
    ///
    /// The order matters: the monitor writes `exit.json` before it removes `run.json`, so whoever finds no
    /// `run.json` finds the exit record of that run.
    package static func read(_ directory: borrowing Directory, bootIdentifier: String) throws(Failure) -> ContainerState {
        let run = try record("run.json", directory)
        if let run,
            isAlive(run, pid: "pid", start: "startTime", bootIdentifier)
                || isAlive(run, pid: "monitor", start: "monitorStartTime", bootIdentifier),
            !directory.contains("exit.json")
        {
            var state = ContainerState(status: .running)
            state.pid = Int32(truncatingIfNeeded: run["pid"]?.int ?? 0)
            state.startTime = UInt64(clamping: run["startTime"]?.int ?? 0)
            state.monitor = Int32(truncatingIfNeeded: run["monitor"]?.int ?? 0)
            state.startedAt = run["startedAt"]?.string ?? never
            return state
        }
        // On a full disk the monitor writes the exit over run.json before it renames that.
        if let exit = try record("exit.json", directory) ?? run.flatMap({ $0["exitCode"] == nil ? nil : $0 }) {
            var state = ContainerState(status: .exited)
            state.exitCode = Int32(truncatingIfNeeded: exit["exitCode"]?.int ?? Int64(unknownExitCode))
            state.finishedAt = exit["finishedAt"]?.string ?? never
            state.startedAt = exit["startedAt"]?.string ?? run?["startedAt"]?.string ?? never
            return state
        }
        if let run {
            var state = ContainerState(status: .exited)
            state.exitCode = unknownExitCode
            state.startedAt = run["startedAt"]?.string ?? never
            state.finishedAt = state.startedAt
            state.error =
                run["damaged"] == nil
                ? "the container and its monitor ended together (power cut, or both were killed): the exit code is not known"
                : "run.json of the container is damaged: the exit code is not known"
            return state
        }
        var state = ContainerState(status: .created)
        if let failure = try record("error.json", directory) {
            state.exitCode = Int32(truncatingIfNeeded: failure["exitCode"]?.int ?? 128)
            state.error = failure["error"]?.string ?? ""
        }
        return state
    }

    /// The first process, held by descriptor. It may have ended meanwhile and its number may be another process's: that
    /// one is never answered.
    /// - Throws: `.system(ESRCH)` when it is gone.
    func process() throws(Failure) -> ProcessDescriptor {
        try ProcessDescriptor(pid: pid, startTime: startTime)
    }

    /// A damaged record (a power cut may leave an empty file) still says that there was one.
    private static func record(_ name: String, _ directory: borrowing Directory) throws(Failure) -> JSON? {
        do throws(Failure) { return try JSON.parse(try directory.readFile(name)) } catch {
            if error.kind == .notFound { return nil }
            if error.kind == .corrupt { return ["damaged": true] }
            throw error
        }
    }

    private static func isAlive(_ run: JSON, pid: String, start: String, _ bootIdentifier: String) -> Bool {
        guard run["bootId"]?.string == bootIdentifier, let pid = run[pid]?.int, let start = run[start]?.int else { return false }
        return Process.startTime(of: Int32(truncatingIfNeeded: pid)) == UInt64(start)
    }
}
