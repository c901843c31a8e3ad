import Glibc
import LinuxSys
internal import Primitives

/// A program that serves the tests of this process and ends with it, however it ends: a shell holds the other end of a
/// pipe, and when that closes, stops the program and removes its directory.
final class Server: Sendable {
    /// Never closed by us: the kernel does that when this process ends.
    private let lifeline: Int32
    let log: String

    /// - Parameter directory: what the server writes; removed when it has ended.
    init(_ command: [String], directory: String) throws(Failure) {
        log = directory + "/log"
        let script = """
            trap '' INT TERM HUP
            directory=$1; shift
            "$@" </dev/null >"$directory/log" 2>&1 &
            server=$!
            cat >/dev/null
            kill "$server"; wait "$server"
            rm -rf -- "$directory"
            """
        let null = try call("opening /dev/null") { open("/dev/null", O_WRONLY | O_CLOEXEC, 0) }
        defer { close(null) }
        let guardian = Command("/bin/sh", ["-c", script, "server", directory] + command)
        let pipe = try Pipe()
        _ = try guardian.spawn([(pipe.readEnd, 0), (null, 1), (null, 2)])
        lifeline = pipe.takeWriteEnd()
    }

    /// Asks every 20 ms until it is ready.
    /// - Throws: `.unavailable` with the end of its log after the timeout.
    func waitUntil(_ what: String, timeoutSeconds: Int = 30, _ isReady: () -> Bool) throws(Failure) {
        let deadline = Clock.monotonicNanoseconds() + Int64(timeoutSeconds) * 1_000_000_000
        while !isReady() {
            if Clock.monotonicNanoseconds() > deadline {
                throw Failure(.unavailable, "\(what) did not come up: \((HostFile.text(log) ?? "").suffix(2000))")
            }
            Clock.sleep(nanoseconds: 20_000_000)
        }
    }
}
