internal import LinuxSys
package import Primitives

extension ContainerStore {
    /// Asks the container's first process to end and kills it when the grace period is over.
    /// - Parameters:
    ///   - signal: `nil` takes the container's own stop signal, else SIGTERM.
    ///   - graceSeconds: `nil` takes the container's, else 10; 0 kills at once; negative waits for ever.
    /// - Returns: the exit code, or `nil` if it was not running: that is no failure.
    @discardableResult
    package func stop(_ id: String, signal: Int32? = nil, graceSeconds: Int64? = nil) throws(Failure) -> Int32? {
        let state = try state(id)
        guard state.isRunning else { return nil }
        let record = try record(id)
        let stopSignal = signal ?? Int32(truncatingIfNeeded: record.proa["StopSignal"]?.int ?? Int64(Signals.terminate))
        let grace = graceSeconds ?? record.config["StopTimeout"]?.int ?? 10
        if grace != 0 {
            try send(stopSignal, to: state)
            if try waitForEnd(id, milliseconds: grace < 0 ? -1 : Int32(clamping: grace * 1000)) { return try self.state(id).exitCode }
        }
        try send(Signals.kill, to: state)
        _ = try waitForEnd(id, milliseconds: -1)
        return try self.state(id).exitCode
    }

    /// Sends one signal. - Throws: `.conflict` when the container is not running.
    package func kill(_ id: String, signal: Int32) throws(Failure) {
        let state = try state(id)
        guard state.isRunning else { throw Failure(.conflict, "Cannot kill container: \(id): container \(id) is not running") }
        try send(signal, to: state)
        if signal == Signals.kill { _ = try waitForEnd(id, milliseconds: 10000) }
    }

    /// By process descriptor, so that a reused number is never hit; a process that has just ended is fine.
    private func send(_ signal: Int32, to state: ContainerState) throws(Failure) {
        do throws(Failure) {
            try state.process().send(signal: signal)
        } catch {
            if !error.isGoneProcess { throw error.within("signalling the container's process") }
        }
    }

    /// Waits until the container has ended and its exit code is recorded.
    /// - Parameter milliseconds: -1 waits for ever.
    /// - Returns: false when the time passed first.
    package func waitForEnd(_ id: String, milliseconds: Int32) throws(Failure) -> Bool {
        let deadline = milliseconds < 0 ? Int64.max : Clock.monotonicNanoseconds() + Int64(milliseconds) * 1_000_000
        var pause: Int64 = 200_000
        while true {
            let state: ContainerState
            do throws(Failure) { state = try self.state(id) } catch {
                // Removed at its end (--rm): it has ended.
                if error.kind == .notFound { return true }
                throw error
            }
            if !state.isRunning { return true }
            let left = deadline == Int64.max ? -1 : max(0, (deadline - Clock.monotonicNanoseconds()) / 1_000_000)
            if left == 0 { return false }
            do throws(Failure) {
                let process = try state.process()
                guard try process.waitForEnd(timeoutMilliseconds: Int32(clamping: left)) else { return false }
                try recordOrphan(id, state, process)
            } catch {
                if !error.isGoneProcess { throw error }
            }
            // The process is gone; its monitor is writing the record.
            Clock.sleep(nanoseconds: pause)
            pause = min(pause * 2, 20_000_000)
        }
    }

    /// When the monitor and its keeper were both killed, whoever holds the process sees its exit code (Linux 6.15)
    /// and writes the record in their place.
    private func recordOrphan(_ id: String, _ state: ContainerState, _ process: borrowing ProcessDescriptor) throws(Failure) {
        guard Process.startTime(of: state.monitor) == nil else { return }
        // Told through the descriptor once whoever adopted the process has reaped it, and by /proc until then.
        var code = process.exitCode() ?? Process.unreapedExitCode(of: state.pid)
        for _ in 0..<50 where code == nil {
            Clock.sleep(nanoseconds: 10_000_000)
            code = process.exitCode() ?? Process.unreapedExitCode(of: state.pid)
        }
        guard let code else { return }
        let directory = try open(id)
        guard !directory.contains("exit.json") else { return }
        let json: JSON = [
            "exitCode": .int(Int64(code)), "startedAt": .string(state.startedAt),
            "finishedAt": .string(Timestamp(nanosecondsSinceEpoch: Clock.nowNanoseconds()).rfc3339()),
        ]
        try directory.writeFile("exit.json", json.bytes)
        try directory.remove("run.json")
    }
}

extension Failure {
    /// ESRCH: the process ended in the meantime.
    var isGoneProcess: Bool { errno.map { Errno($0) == .noProcess } ?? false }
}
