import Glibc
import LinuxSys
internal import Primitives

extension Command {
    /// Starts the program as the leader of a new session with default signals.
    /// - Parameter descriptors: (ours, the child's number); everything else of ours is close-on-exec.
    /// - Parameter terminal: opened as descriptor 0 in the child, which makes it the controlling terminal.
    func spawn(_ descriptors: [(Int32, Int32)], terminal: String? = nil) throws(Failure) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        if let terminal { posix_spawn_file_actions_addopen(&actions, 0, terminal, O_RDWR, 0) }
        for (ours, number) in descriptors { posix_spawn_file_actions_adddup2(&actions, ours, number) }
        if let directory { posix_spawn_file_actions_addchdir_np(&actions, directory) }

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))

        var words = ([program] + arguments).map { strdup($0) } + [nil]
        var variables = (environment ?? Command.ownEnvironment()).map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for word in words + variables { free(word) } }
        var pid: Int32 = 0
        let code = posix_spawnp(&pid, program, &actions, &attributes, &words, &variables)
        if code != 0 { throw .kernel("starting \"\(description)\"", code) }
        return pid
    }

    /// A program that ends without reading its input must not end the tests; children get default signals.
    private static let ignoreBrokenPipes: Void = { signal(SIGPIPE, SIG_IGN) }()

    /// The test's own environment.
    private static func ownEnvironment() -> [String: String] {
        guard let text = HostFile.text("/proc/self/environ") else { return [:] }
        let pairs = text.split(separator: "\0" as Character).compactMap { entry -> (String, String)? in
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return parts.count == 2 ? (String(parts[0]), String(parts[1])) : nil
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// Feeds the input and reads both outputs until the process has ended and they are closed.
    func collect(_ pid: Int32, _ input: Pipe, _ output: Pipe, _ errors: Pipe) throws(Failure) -> Outcome {
        Command.ignoreBrokenPipes
        let process = try ProcessDescriptor(pid: pid)
        var outcome = Outcome(status: -1, output: [], errors: [])
        var rest = self.input[...]
        var deadline = Clock.monotonicNanoseconds() + Int64(timeoutSeconds) * 1_000_000_000
        var ended = false
        while !ended || output.readEnd >= 0 || errors.readEnd >= 0 {
            if rest.isEmpty { input.closeWriteEnd() }
            let left = deadline - Clock.monotonicNanoseconds()
            if left <= 0 {
                if ended { break }
                kill(-pid, SIGKILL)
                _ = reap(pid)
                throw Failure(
                    .unavailable,
                    "\"\(description)\" did not end within \(timeoutSeconds) s; output: \(outcome.text) errors: \(outcome.errorText)")
            }
            var polls = [
                pollfd(fd: ended ? -1 : process.descriptor.raw, events: Int16(POLLIN), revents: 0),
                pollfd(fd: output.readEnd, events: Int16(POLLIN), revents: 0),
                pollfd(fd: errors.readEnd, events: Int16(POLLIN), revents: 0),
                pollfd(fd: input.writeEnd, events: Int16(POLLOUT), revents: 0),
            ]
            try call("waiting for \"\(description)\"") { poll(&polls, 4, Int32(clamping: left / 1_000_000 + 1)) }
            if polls[1].revents != 0, !drain(output.readEnd, into: &outcome.output) { output.closeReadEnd() }
            if polls[2].revents != 0, !drain(errors.readEnd, into: &outcome.errors) { errors.closeReadEnd() }
            if polls[3].revents != 0 {
                let count = Array(rest.prefix(4096)).withUnsafeBytes { send(input.writeEnd, $0) }
                // The program may end without having read its input: that is its business.
                rest = count > 0 ? rest.dropFirst(count) : []
            }
            if polls[0].revents != 0 {
                outcome.status = reap(pid)
                ended = true
                deadline = Clock.monotonicNanoseconds() + 1_000_000_000
            }
        }
        outcome.outputHeldOpen = output.readEnd >= 0 || errors.readEnd >= 0
        if let ignoredErrors, outcome.errorText.contains(ignoredErrors) {
            let lines = outcome.errors.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            outcome.errors = Array(lines.filter { !$0.starts(with: ignoredErrors.utf8) }.joined(separator: [UInt8(ascii: "\n")]))
        }
        return outcome
    }

    private func send(_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int { write(descriptor, bytes.baseAddress, bytes.count) }
}

/// Reads what is there. - Returns: false at the end of the file.
func drain(_ descriptor: Int32, into bytes: inout [UInt8]) -> Bool {
    var chunk = [UInt8](repeating: 0, count: 65536)
    let count = read(descriptor, &chunk, chunk.count)
    if count > 0 { bytes.append(contentsOf: chunk[..<count]) }
    return count > 0
}

/// Waits for a child of ours. - Returns: its exit code, or 128 + the signal.
func reap(_ pid: Int32) -> Int32 {
    var status: Int32 = 0
    while waitpid(pid, &status, 0) == -1 { if errno != EINTR { return -1 } }
    return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
}
