import Primitives

/// Tells apart what docker's client refuses (texts of flags, files it reads) from what its daemon does: only the
/// daemon's words are introduced as such, and only the client's end `create` with 125.
final class FlagCheck {
    /// A check has failed; its failure is under way.
    private(set) var failed = false

    func callAsFunction<T>(_ body: () throws(Failure) -> T) throws(Failure) -> T {
        do throws(Failure) { return try body() } catch {
            failed = true
            throw error
        }
    }
}
