package import Primitives

/// What proves a user to a registry.
package enum RegistryCredential: Equatable, Sendable {
    case password(user: String, password: String)
    /// A refresh token of the registry's token server.
    case identityToken(String)

    /// Texts that must never be shown.
    var secrets: [String] {
        switch self {
        case .password(let user, let password): [password, Base64.encode("\(user):\(password)")]
        case .identityToken(let token): [token]
        }
    }

    /// The value of an `Authorization` header; `nil` where only a token server can be asked.
    var basic: String? {
        guard case .password(let user, let password) = self else { return nil }
        return "Basic " + Base64.encode("\(user):\(password)")
    }
}

/// Where credentials come from.
package protocol CredentialSource: Sendable {
    /// The credential for a registry (`docker.io`, `127.0.0.1:5000`) and a repository of it; `nil` is anonymous.
    /// - Throws: when there is one that cannot be had.
    func credential(domain: String, path: String) throws(Failure) -> RegistryCredential?
}

/// Nobody.
package struct AnonymousCredentials: CredentialSource {
    package init() {}
    package func credential(domain: String, path: String) throws(Failure) -> RegistryCredential? { nil }
}
