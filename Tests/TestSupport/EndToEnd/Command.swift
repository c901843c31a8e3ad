package import Primitives

/// What a command left behind.
package struct Outcome: Equatable, Sendable {
    /// The exit code, or 128 + the signal that ended it, as a shell says it.
    package var status: Int32
    package var output: [UInt8]
    package var errors: [UInt8]
    /// True when the command ended and something else still held its output open a second later. A detached container
    /// must not: a script that captures `run -d` would wait for the container's end.
    package var outputHeldOpen = false

    package var text: String { String(decoding: output, as: UTF8.self) }
    package var errorText: String { String(decoding: errors, as: UTF8.self) }
    /// The output without the line feeds at its end, as `$(...)` gives it.
    package var line: String {
        var text = text[...]
        while text.hasSuffix("\n") || text.hasSuffix("\r\n") { text.removeLast() }
        return String(text)
    }
    package var lines: [String] { text.split(separator: "\n", omittingEmptySubsequences: true).map(String.init) }
}

/// A program to run, as a value.
package struct Command: Sendable {
    package var program: String
    package var arguments: [String]
    /// The whole environment; `nil` hands on the test's own.
    package var environment: [String: String]?
    package var directory: String?
    package var input: [UInt8] = []
    /// After this the process group is killed and `run` throws.
    package var timeoutSeconds = 60
    /// Lines of the error output that begin so are left out.
    package var ignoredErrors: String?

    /// - Parameter program: a path, or a name that the test's own PATH finds.
    package init(
        _ program: String, _ arguments: [String] = [], environment: [String: String]? = nil, directory: String? = nil,
        input: String = "", timeoutSeconds: Int = 60
    ) {
        self.program = program
        self.arguments = arguments
        self.environment = environment
        self.directory = directory
        self.input = Array(input.utf8)
        self.timeoutSeconds = timeoutSeconds
    }

    package var description: String { ([program] + arguments).joined(separator: " ") }

    /// Runs it to its end, in a session of its own.
    /// - Throws: `.unavailable` after the timeout, with what it had written by then; `.system` when it cannot be started.
    package func run() throws(Failure) -> Outcome {
        let (input, output, errors) = (try Pipe(), try Pipe(), try Pipe())
        let pid = try spawn([(input.readEnd, 0), (output.writeEnd, 1), (errors.writeEnd, 2)])
        input.closeReadEnd()
        output.closeWriteEnd()
        errors.closeWriteEnd()
        return try collect(pid, input, output, errors)
    }

    /// Runs it and demands success.
    /// - Throws: `.unavailable` with its errors when it ends with anything but 0.
    @discardableResult
    package func check() throws(Failure) -> Outcome {
        let outcome = try run()
        if outcome.status != 0 {
            throw Failure(.unavailable, "\"\(description)\" ended with \(outcome.status): \(outcome.errorText)\(outcome.text)")
        }
        return outcome
    }
}
