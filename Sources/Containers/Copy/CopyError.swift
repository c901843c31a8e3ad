internal import LinuxSys
internal import Primitives

/// Failures in the words of docker, which is Go's: `lstat /path: no such file or directory`.
enum CopyError {
    /// What the kernel said, without its number.
    static func reason(_ failure: Failure) -> String {
        guard let code = failure.errno else { return failure.message }
        let text = describe(errno: code)
        return text.utf8.lastIndex(of: UInt8(ascii: "(")).map { String(text[..<text.utf8.index(before: $0)]) } ?? text
    }

    static func at(_ operation: String, _ path: SlashPath, _ failure: Failure) -> Failure {
        guard failure.errno != nil else { return failure }
        return Failure(failure.kind, "\(operation) \(path.text): \(reason(failure))", hint: failure.hint)
    }

    /// As Go's `%q`, for what docker puts between quotes.
    static func quoted(_ bytes: [UInt8]) -> String { printable(bytes) }
    static func quoted(_ path: SlashPath) -> String { printable(path.bytes) }

    private static func printable(_ bytes: [UInt8]) -> String {
        let text = String(decoding: bytes, as: UTF8.self).unicodeScalars.map {
            $0.properties.generalCategory == .control || $0.properties.generalCategory == .format ? "?" : String($0)
        }
        return "\"\(text.joined())\""
    }
}
