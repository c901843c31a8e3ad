/// Why an operation did not succeed, told to the person who asked for it.
///
/// `message` reads outermost step first, lower case, no full stop, operands quoted:
/// `starting "web": mounting "/srv": permission denied (EACCES)`. Each level adds what it was doing
/// with `within(_:)` or `doing(_:_:)`; nobody searches in the text, callers branch on `kind`.
package struct Failure: Error, Equatable, Sendable {
    /// What a caller may branch on.
    package enum Kind: Equatable, Sendable {
        /// The named object does not exist.
        case notFound
        /// The object exists already, is in use, or is in a state that forbids the operation.
        case conflict
        /// The user's input (flag, name, file) is wrong.
        case invalid
        /// Not authorised by a registry or by the host.
        case denied
        /// Bytes are not what their digest, size or format promises.
        case corrupt
        /// A server, network or helper did not answer or answered with an error of its own.
        case unavailable
        /// The file system or a quota is full.
        case noSpace
        /// This kernel, host or version cannot do it.
        case unsupported
        /// The user or a signal ended the operation.
        case cancelled
        /// The kernel refused: the value is the positive errno.
        case system(Int32)
    }

    package var kind: Kind
    package var message: String
    /// One thing to do about it, checked on this host. Shown on a terminal only.
    package var hint: String?

    package init(_ kind: Kind, _ message: String, hint: String? = nil) {
        self.kind = kind
        self.message = message
        self.hint = hint
    }

    /// The same failure, with the step that was under way put in front.
    package func within(_ step: String) -> Failure {
        Failure(kind, "\(step): \(message)", hint: hint)
    }

    /// The same failure with another hint; an existing, deeper hint is kept.
    package func hinting(_ hint: String?) -> Failure {
        Failure(kind, message, hint: self.hint ?? hint)
    }
}

/// Runs `body`; a failure gets `step` put in front of its message. `step` is built only on failure.
package func doing<T: ~Copyable>(
    _ step: @autoclosure () -> String, _ body: () throws(Failure) -> T
) throws(Failure) -> T {
    do { return try body() } catch { throw error.within(step()) }
}
