import CShim
import Glibc
import LinuxSys
package import Primitives

/// A program that goes on while the test does other things: input is written, output awaited, signals are sent.
/// Letting go of it without `end()` kills its session.
package final class RunningCommand {
    package let pid: Int32
    private let command: Command
    private let input: Pipe
    private let output: Pipe
    private let errors: Pipe
    private var read: [UInt8] = []
    private var isReaped = false

    package init(_ command: Command) throws(Failure) {
        self.command = command
        (input, output, errors) = (try Pipe(), try Pipe(), try Pipe())
        pid = try command.spawn([(input.readEnd, 0), (output.writeEnd, 1), (errors.writeEnd, 2)])
        input.closeReadEnd()
        output.closeWriteEnd()
        errors.closeWriteEnd()
    }

    package func send(signal: Int32) { kill(pid, signal) }

    /// Blocks while the program does not read.
    package func write(_ text: String) throws(Failure) {
        let file = Descriptor(owning: try call("duplicating a descriptor") { cs_fcntl_dup(input.writeEnd) })
        try file.write(text)
    }
    package func closeInput() { input.closeWriteEnd() }

    /// Waits until its output contains `text`.
    /// - Throws: `.unavailable` with what it wrote, after the timeout or at the end of its output.
    package func expect(_ text: String, timeoutSeconds: Int = 20) throws(Failure) {
        let deadline = Clock.monotonicNanoseconds() + Int64(timeoutSeconds) * 1_000_000_000
        while !String(decoding: read, as: UTF8.self).contains(text) {
            let left = deadline - Clock.monotonicNanoseconds()
            var polls = pollfd(fd: output.readEnd, events: Int16(POLLIN), revents: 0)
            guard left > 0, poll(&polls, 1, Int32(clamping: left / 1_000_000 + 1)) > 0, drain(output.readEnd, into: &read) else {
                throw Failure(
                    .unavailable, "\"\(command.description)\" did not write \"\(text)\"; it wrote: \(String(decoding: read, as: UTF8.self))"
                )
            }
        }
    }

    /// Closes its input and waits for its end. - Returns: everything it wrote.
    package func end() throws(Failure) -> Outcome {
        input.closeWriteEnd()
        isReaped = true
        var outcome = try command.collect(pid, input, output, errors)
        outcome.output = read + outcome.output
        return outcome
    }

    deinit {
        if isReaped { return }
        kill(-pid, SIGKILL)
        kill(pid, SIGKILL)
        _ = reap(pid)
    }
}
