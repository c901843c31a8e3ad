import CShim
import Glibc
import LinuxSys
package import Primitives

/// A program on a terminal of its own: keys are sent, text is expected, the window is resized.
/// Ending without `end()` kills the program's session.
package final class Terminal {
    private let master: Int32
    private let pid: Int32
    private var isReaped = false
    private let command: Command
    /// Everything that appeared so far and was not yet matched by `expect`.
    package private(set) var screen = ""
    private var transcript: [UInt8] = []
    private var matched = 0

    package init(_ command: Command, rows: UInt16 = 24, columns: UInt16 = 80) throws(Failure) {
        let master = try call("opening a terminal") { posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC) }
        do throws(Failure) {
            try call("unlocking a terminal") { grantpt(master) == 0 ? unlockpt(master) : -1 }
            var name = [CChar](repeating: 0, count: 128)
            let code = ptsname_r(master, &name, name.count)
            if code != 0 { throw Failure.kernel("naming a terminal", code) }
            try shim("sizing a terminal") { cs_set_terminal_size(master, rows, columns) }
            let path = name.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
            pid = try command.spawn([(0, 1), (0, 2)], terminal: path)
        } catch {
            close(master)
            throw error
        }
        self.master = master
        self.command = command
    }

    /// Types the text; control keys by their code (`"\u{10}\u{11}"` is ctrl-p ctrl-q), the enter key is `\r`.
    package func send(_ keys: String) throws(Failure) {
        let file = Descriptor(owning: try call("duplicating a descriptor") { cs_fcntl_dup(master) })
        try file.write(keys)
    }

    package func resize(rows: UInt16, columns: UInt16) throws(Failure) {
        try shim("sizing a terminal") { cs_set_terminal_size(master, rows, columns) }
    }

    /// Waits until `text` has appeared behind the last match.
    /// - Returns: what came before it.
    /// - Throws: `.unavailable` with everything shown, after the timeout or when the program ended first.
    @discardableResult
    package func expect(_ text: String, timeoutSeconds: Int = 20) throws(Failure) -> String {
        let wanted = Array(text.utf8)
        let deadline = Clock.monotonicNanoseconds() + Int64(timeoutSeconds) * 1_000_000_000
        while true {
            if let found = find(wanted) {
                let before = String(decoding: transcript[matched..<found], as: UTF8.self)
                matched = found + wanted.count
                screen = String(decoding: transcript[matched...], as: UTF8.self)
                return before
            }
            guard try wait(until: deadline) else {
                let shown = String(decoding: transcript, as: UTF8.self)
                throw Failure(.unavailable, "\"\(command.description)\" did not show \"\(text)\"; it showed: \(shown)")
            }
        }
    }

    /// Waits for the program's end. - Returns: its exit code, or 128 + the signal.
    package func end(timeoutSeconds: Int = 20) throws(Failure) -> Int32 {
        let process = try ProcessDescriptor(pid: pid)
        let deadline = Clock.monotonicNanoseconds() + Int64(timeoutSeconds) * 1_000_000_000
        // Reading goes on: a full terminal would hold the program up.
        while try wait(until: deadline) {}
        let left = Int32(clamping: max(0, deadline - Clock.monotonicNanoseconds()) / 1_000_000)
        guard try process.waitForEnd(timeoutMilliseconds: left) else {
            throw Failure(.unavailable, "\"\(command.description)\" did not end; it showed: \(String(decoding: transcript, as: UTF8.self))")
        }
        isReaped = true
        return reap(pid)
    }

    deinit {
        close(master)
        if !isReaped {
            kill(-pid, SIGKILL)
            kill(pid, SIGKILL)
            _ = reap(pid)
        }
    }

    private func find(_ wanted: [UInt8]) -> Int? {
        guard transcript.count - matched >= wanted.count else { return nil }
        return (matched...(transcript.count - wanted.count)).first { transcript[$0..<$0 + wanted.count].elementsEqual(wanted) }
    }

    /// Reads once. - Returns: false when the time is over or nobody holds the other side any more.
    private func wait(until deadline: Int64) throws(Failure) -> Bool {
        let left = deadline - Clock.monotonicNanoseconds()
        if left <= 0 { return false }
        var polls = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        let count = try call("waiting for a terminal") { poll(&polls, 1, Int32(clamping: left / 1_000_000 + 1)) }
        if count == 0 { return false }
        // EIO: the last holder of the other side has closed it.
        guard drain(master, into: &transcript) else { return false }
        screen = String(decoding: transcript[matched...], as: UTF8.self)
        return true
    }
}
