package import Primitives

/// Credentials that another process of the user has got from helpers, and handed on; else those of files.
///
/// A helper belongs to the user's session: inside a user namespace it would find neither its bus nor its key ring.
package struct HandedCredentials: CredentialSource {
    private let known: [String: Result<RegistryCredential?, Failure>]
    private let rest: any CredentialSource

    package init(_ bytes: [UInt8], otherwise rest: any CredentialSource) throws(Failure) {
        self.rest = rest
        var known: [String: Result<RegistryCredential?, Failure>] = [:]
        for entry in try JSON.parse(bytes).array ?? [] {
            guard let name = entry["name"]?.string else { continue }
            if let message = entry["failure"]?.string {
                known[name] = .failure(Failure(.unavailable, message))
            } else if let token = entry["identityToken"]?.string {
                known[name] = .success(.identityToken(token))
            } else if let user = entry["user"]?.string, let password = entry["password"]?.string {
                known[name] = .success(.password(user: user, password: password))
            } else {
                known[name] = .success(nil)
            }
        }
        self.known = known
    }

    package func credential(domain: String, path: String) throws(Failure) -> RegistryCredential? {
        if let answer = known["\(domain)/\(path)"] { return try answer.get() }
        return try rest.credential(domain: domain, path: path)
    }

    /// What `init` reads, for those of the repositories that a helper is asked about; `nil` when there is none.
    package static func collect(_ repositories: [(domain: String, path: String)], from store: CredentialStore) -> [UInt8]? {
        var entries: [JSON] = []
        for (domain, path) in repositories where store.needsHelper(domain: domain, path: path) {
            var entry: JSONObject = ["name": .string("\(domain)/\(path)")]
            do throws(Failure) {
                switch try store.credential(domain: domain, path: path) {
                case .password(let user, let password): (entry["user"], entry["password"]) = (.string(user), .string(password))
                case .identityToken(let token): entry["identityToken"] = .string(token)
                case nil: break
                }
            } catch { entry["failure"] = .string(error.message) }
            entries.append(.object(entry))
        }
        return entries.isEmpty ? nil : JSON.array(entries).bytes
    }
}
