import Primitives

/// The message of the failure that `body` throws; "no failure" when it does not.
func message<T>(_ body: () throws(Failure) -> T) -> String {
    do {
        _ = try body()
        return "no failure"
    } catch {
        return error.message
    }
}
