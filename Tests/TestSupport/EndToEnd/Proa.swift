import LinuxSys
package import Primitives

/// The built binary with a home, a store and a run-time directory of its own: one per test, so that tests can run
/// side by side. Everything is removed with the fixture; what still runs is removed first.
package final class Proa: Sendable {
    package let scratch: Scratch
    package let environment: [String: String]

    /// - Throws: `.notFound` when there is no binary: an end-to-end test never passes by not running.
    package init(_ purpose: String = "e2e", environment extra: [String: String] = [:]) throws(Failure) {
        _ = try Proa.binary()
        scratch = try Scratch(purpose)
        var environment = [
            "HOME": try scratch.directory("home"),
            "XDG_DATA_HOME": try scratch.directory("data"),
            "XDG_CONFIG_HOME": try scratch.directory("config"),
            "XDG_CACHE_HOME": try scratch.directory("cache"),
            "XDG_RUNTIME_DIR": try scratch.directory("run"),
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LANG": "C.UTF-8",
            "TERM": "xterm",
        ]
        environment.merge(extra) { _, new in new }
        self.environment = environment
    }

    /// `$PROA_BINARY`, else the release binary of this checkout.
    package static func binary() throws(Failure) -> String {
        if let path = Process.environment("PROA_BINARY") {
            if HostFile.isExecutable(path) { return path }
            throw Failure(.notFound, "PROA_BINARY names \"\(path)\", which is no program")
        }
        let path = Repository.root + "/.build/release/proa"
        if HostFile.isExecutable(path) { return path }
        throw Failure(.notFound, "no binary to test: run \"make release\", or set PROA_BINARY")
    }

    package func command(_ arguments: [String], input: String = "", timeoutSeconds: Int = 60) throws(Failure) -> Command {
        var command = Command(
            try Proa.binary(), arguments, environment: environment, directory: scratch.path, input: input,
            timeoutSeconds: timeoutSeconds)
        command.ignoredErrors = Place.noticePrefix
        return command
    }

    /// Runs `proa ARGUMENTS` to its end.
    package func callAsFunction(_ arguments: String..., input: String = "", timeoutSeconds: Int = 60) throws(Failure) -> Outcome {
        try command(arguments, input: input, timeoutSeconds: timeoutSeconds).run()
    }

    /// As a call, but anything but success is thrown with its errors.
    @discardableResult
    package func check(_ arguments: String..., input: String = "", timeoutSeconds: Int = 60) throws(Failure) -> Outcome {
        try command(arguments, input: input, timeoutSeconds: timeoutSeconds).check()
    }

    /// `proa ARGUMENTS` on a terminal.
    package func terminal(_ arguments: String..., rows: UInt16 = 24, columns: UInt16 = 80) throws(Failure) -> Terminal {
        try Terminal(command(arguments), rows: rows, columns: columns)
    }

    deinit {
        // Containers that a failed test left running; a store that was never made has none.
        do {
            let left = try command(["ps", "-aq"]).run()
            if left.status == 0, !left.lines.isEmpty { _ = try command(["rm", "-f"] + left.lines).run() }
        } catch { print("could not remove what a test left: \(error.message)") }
    }
}
