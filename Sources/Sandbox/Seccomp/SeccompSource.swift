internal import LinuxSys
package import Primitives

/// Where a container's profile comes from. Parsed only when no compiled filter is cached.
package enum SeccompSource: Equatable, Sendable {
    case dockerDefault
    /// The text of a profile that the user named.
    case text([UInt8])

    /// Same key, same profile.
    package var key: String {
        switch self {
        case .dockerDefault: SeccompProfile.dockerDefaultVersion
        case .text(let text): SHA256.of(text).description
        }
    }

    /// - Throws: `.invalid` or `.unsupported`, see `SeccompProfile.parse`.
    package func profile() throws(Failure) -> SeccompProfile {
        switch self {
        case .dockerDefault: .dockerDefault
        case .text(let text): try SeccompProfile.parse(text)
        }
    }
}
