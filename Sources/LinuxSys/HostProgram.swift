import CShim
import Glibc
package import Primitives

/// A program of the host that the user has configured: asked one thing, with limits on what it may take and say.
package enum HostProgram {
    package struct Answer: Equatable, Sendable {
        /// The exit code, 128 + signal after a signal.
        package var status: Int32
        package var output: [UInt8]
    }

    /// Runs a program found by PATH. It gets `input` as standard input, and our standard error and environment.
    /// A program that has not ended in time is killed; so is one that says too much.
    /// - Throws: `.notFound` when there is none; `.unavailable` at the end of the time; `.corrupt` beyond the limit.
    package static func run(
        _ program: String, _ arguments: [String], input: [UInt8], outputBytesMax: Int, timeoutMilliseconds: Int64
    ) throws(Failure) -> Answer {
        let (ours, theirs) = try ends()
        let (output, theirOutput) = (ours.output, theirs.output)
        let pid = try spawn([program] + arguments, input: theirs.input, output: theirOutput)
        close(theirs.input)
        close(theirOutput)
        let writer = Descriptor(owning: ours.input)
        let reader = Descriptor(owning: output)
        var bytes: [UInt8] = []
        let problem = talk(
            writer, reader, input, &bytes, outputBytesMax, deadline: Clock.monotonicNanoseconds() + timeoutMilliseconds * 1_000_000)
        if problem != nil { kill(pid, SIGKILL) }
        let status = ChildProcess.wait(pid)
        if let problem { throw problem.within("\"\(program)\"") }
        return Answer(status: status, output: bytes)
    }

    private typealias Ends = (input: Int32, output: Int32)

    private static func ends() throws(Failure) -> (ours: Ends, theirs: Ends) {
        var (input, output): ([Int32], [Int32]) = ([-1, -1], [-1, -1])
        // Sockets for the input: a program that does not read it must not end us with SIGPIPE.
        try call("making a socket pair") { socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0, &input) }
        try call("making a pipe") { pipe2(&output, O_CLOEXEC) }
        return ((input[0], output[0]), (input[1], output[1]))
    }

    private static func spawn(_ words: [String], input: Int32, output: Int32) throws(Failure) -> Int32 {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, 0)
        posix_spawn_file_actions_adddup2(&actions, output, 1)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var arguments = words.map { strdup($0) } + [nil]
        var environment = UserAccount.environment().map { strdup($0) } + [nil]
        defer { for text in arguments + environment { free(text) } }
        var pid: Int32 = 0
        let code = posix_spawnp(&pid, words[0], &actions, &attributes, &arguments, &environment)
        // A folder of PATH that cannot be entered says EACCES, whatever lies in the others.
        if code == ENOENT || code == EACCES { throw Failure(.notFound, "\"\(words[0])\" is not installed (not found in PATH)") }
        if code != 0 { throw .kernel("starting \"\(words[0])\"", code) }
        return pid
    }

    /// Feeds the input and takes the output until that ends.
    private static func talk(
        _ writer: borrowing Descriptor, _ reader: borrowing Descriptor, _ input: [UInt8], _ output: inout [UInt8], _ limit: Int,
        deadline: Int64
    ) -> Failure? {
        var rest = input[...]
        var buffer = [UInt8](repeating: 0, count: 4096)
        var isWriting = true
        while true {
            if rest.isEmpty, isWriting {
                isWriting = false
                shutdown(writer.raw, Int32(SHUT_WR))
            }
            let left = deadline - Clock.monotonicNanoseconds()
            if left <= 0 { return Failure(.unavailable, "did not answer in time and was ended") }
            var poll = Poll()
            poll.add(reader.raw, .read)
            if isWriting { poll.add(writer.raw, .write) }
            poll.wait(milliseconds: Int32(clamping: left / 1_000_000 + 1))
            if isWriting, poll.isReady(writer.raw, .write) {
                let count = rest.withUnsafeBytes { send(writer.raw, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
                // It may well end without having read everything.
                rest = count > 0 ? rest.dropFirst(count) : []
            }
            guard poll.isReady(reader.raw, .read) else { continue }
            let count = buffer.withUnsafeMutableBytes { read(reader.raw, $0.baseAddress, $0.count) }
            if count <= 0 { return nil }
            output += buffer[..<count]
            if output.count > limit { return Failure(.corrupt, "said more than \(limit) bytes and was ended") }
        }
    }
}
