/// What one command line asks for.
package struct Invocation: Sendable {
    package var action: Action
    /// The options before the command word.
    package var global = ParsedOptions()
    /// Lines for standard error, before anything else is printed.
    package var notices: [String] = []

    package enum Action: Sendable {
        /// `command.verb` is never nil.
        case run(CommandSpec, ParsedOptions, operands: [String])
        /// Exit code 0. Asked for: standard output; shown because a word is missing: standard error, as docker does.
        case help(text: String, onStandardError: Bool)
        case version
        /// The text ends with a line feed and belongs to standard error.
        case usageError(text: String, exitCode: Int32)
    }
}
