import CShim
import Glibc
package import Primitives

/// Text of an errno as people search for it: `permission denied (EACCES)`.
package func describe(errno code: Int32) -> String {
    let text = String(cString: strerror(code))
    let name = strerrorname_np(code).map { String(cString: $0) } ?? "errno \(code)"
    return "\(text.prefix(1).lowercased())\(text.dropFirst()) (\(name))"
}

extension Failure {
    /// What the kernel refused. `what` names the operation and its operand: `opening "/etc/subuid"`.
    package static func kernel(_ what: String, _ code: Int32) -> Failure {
        let kind: Kind =
            switch code {
            case ENOENT: .notFound
            case EEXIST: .conflict
            case ENOSPC, EDQUOT: .noSpace
            default: .system(code)
            }
        return Failure(kind, "\(what): \(describe(errno: code))")
    }

    /// The errno behind this failure, if the kernel was the one to refuse.
    package var errno: Int32? {
        switch kind {
        case .system(let code): code
        case .notFound: ENOENT
        case .conflict: EEXIST
        case .noSpace: ENOSPC
        default: nil
        }
    }
}

/// Calls a libc function that answers -1 and sets errno; repeats it after EINTR.
/// `what` is built only on failure.
@discardableResult
package func call<T: FixedWidthInteger>(_ what: @autoclosure () -> String, _ body: () -> T) throws(Failure) -> T {
    while true {
        let value = body()
        if value != -1 { return value }
        let code = errno
        if code != EINTR { throw .kernel(what(), code) }
    }
}

/// Calls a shim function that answers -errno; repeats it after EINTR.
@discardableResult
package func shim(_ what: @autoclosure () -> String, _ body: () -> Int32) throws(Failure) -> Int32 {
    while true {
        let value = body()
        if value >= 0 { return value }
        if value != -EINTR { throw .kernel(what(), -value) }
    }
}

/// The errno values that somebody branches on.
package enum Errno: Equatable, Sendable {
    case noEntry, notDirectory, accessDenied, notPermitted, execFormat, invalid, tooManyLinks, notSupported, noProcess, noDevice
    case other(Int32)

    package init(_ code: Int32) {
        self =
            switch code {
            case ENOENT: .noEntry
            case ENOTDIR: .notDirectory
            case EACCES: .accessDenied
            case EPERM: .notPermitted
            case ENOEXEC: .execFormat
            case EINVAL: .invalid
            case ELOOP: .tooManyLinks
            case EOPNOTSUPP: .notSupported
            case ESRCH: .noProcess
            case ENODEV: .noDevice
            default: .other(code)
            }
    }
}
