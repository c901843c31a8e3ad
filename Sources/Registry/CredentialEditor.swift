internal import LinuxSys
package import Primitives

/// Changes the logins of one file of credentials, in docker's form. Everything else in it stays as it was; the file is
/// replaced in one step and is the user's alone.
package struct CredentialEditor: Sendable {
    /// Docker's file, or the one of `REGISTRY_AUTH_FILE`.
    package let path: String
    private let helperTimeoutMilliseconds: Int64

    package init(path: String, helperTimeoutMilliseconds: Int64 = 60_000) {
        self.path = path
        self.helperTimeoutMilliseconds = helperTimeoutMilliseconds
    }

    /// Docker Hub's entry among `auths`; every other registry's is its host.
    package static func server(_ domain: String) -> String { domain == ImageReference.defaultDomain ? CredentialFile.hubServer : domain }

    /// What a person typed after `login` as a registry's domain: docker takes whole URLs.
    /// - Throws: `.invalid` for what is no host.
    package static func domain(_ text: String) throws(Failure) -> String {
        var rest = text[...]
        for scheme in ["https://", "http://"] where rest.hasPrefix(scheme) { rest = rest.dropFirst(scheme.utf8.count) }
        let host = String(rest.prefix { $0 != "/" })
        if ["", "docker.io", "index.docker.io", "registry-1.docker.io"].contains(host.lowercased()) { return ImageReference.defaultDomain }
        guard WebAddress(.https, authority: host) != nil else {
            throw Failure(.invalid, "registry \(Shown.quoted(text)): no valid host and port")
        }
        return host
    }

    /// Keeps a credential. - Returns: whether it stands in the file itself, in clear text.
    package func store(_ credential: RegistryCredential, user: String, domain: String) throws(Failure) -> Bool {
        let server = Self.server(domain)
        return try edit { (root) throws(Failure) in
            var auths = root["auths"]?.object ?? [:]
            let helper = Self.helper(root, domain)
            if let helper {
                try CredentialHelper(helper, timeoutMilliseconds: helperTimeoutMilliseconds).store(credential, for: server)
                auths[server] = [:]
            } else {
                auths[server] =
                    switch credential {
                    case .password(let user, let password): ["auth": .string(Base64.encode("\(user):\(password)"))]
                    case .identityToken(let token): ["auth": .string(Base64.encode("\(user):")), "identitytoken": .string(token)]
                    }
            }
            root["auths"] = .object(auths)
            return helper == nil
        }
    }

    /// Forgets a registry's credential under all the names it may have.
    /// - Parameter warn: told what a helper said against it; the entry goes all the same.
    package func erase(domain: String, warn: (Failure) -> Void) throws(Failure) {
        guard HostFile.exists(path) else { return }
        let server = Self.server(domain)
        let names = [server, domain, "https://\(domain)", "http://\(domain)"]
        _ = try edit { (root) throws(Failure) in
            if let helper = Self.helper(root, domain) {
                do throws(Failure) { try CredentialHelper(helper, timeoutMilliseconds: helperTimeoutMilliseconds).erase(server) } catch {
                    warn(error)
                }
            }
            guard var auths = root["auths"]?.object else { return false }
            for key in auths.keys where names.contains(key) || key.hasPrefix("https://\(domain)/") || key.hasPrefix("http://\(domain)/") {
                auths[key] = nil
            }
            root["auths"] = .object(auths)
            return false
        }
    }

    private static func helper(_ root: JSONObject, _ domain: String) -> String? {
        let own = root["credHelpers"]?[domain]?.string ?? root["credHelpers"]?[server(domain)]?.string
        return (own ?? root["credsStore"]?.string).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// Reads, changes and replaces the file; one process at a time.
    private func edit<T>(_ change: (inout JSONObject) throws(Failure) -> T) throws(Failure) -> T {
        // A link stays a link: what it leads to is replaced.
        let real = HostFile.exists(path) ? try HostFile.resolve(path) : path
        let slash = real.utf8.lastIndex(of: 0x2F)
        let folder = slash.map { $0 == real.startIndex ? "/" : String(real[..<$0]) } ?? "."
        let name = slash.map { String(real[real.utf8.index(after: $0)...]) } ?? real
        try HostFile.makeDirectories(folder)
        let lock = try Lock.take(directoryAt: folder)
        defer { lock.hold() }
        let directory = try Directory.open(folder)
        var root: JSONObject = [:]
        if directory.contains(name) {
            let bytes = try directory.readFile(name, limit: CredentialFile.bytesMax)
            if !bytes.allSatisfy({ $0 == 0x20 || $0 == 0x0A || $0 == 0x0D || $0 == 0x09 }) {
                let wrong = Failure(.invalid, "\"\(path)\" is not the JSON object that docker writes: it was left as it is")
                let json: JSON
                do throws(Failure) { json = try JSON.parse(bytes) } catch { throw Failure(.invalid, "\(wrong.message): \(error.message)") }
                guard let object = json.object, object["auths"].map({ $0.object != nil || $0.isNull }) ?? true else { throw wrong }
                root = object
            }
        }
        let result = try change(&root)
        try directory.writeFile(name, Self.text(root), mode: 0o600)
        return result
    }

    /// With tabs, as docker writes it.
    private static func text(_ root: JSONObject) -> [UInt8] {
        var out: [UInt8] = []
        for line in JSON.object(root).pretty(indent: 1).utf8.split(separator: 0x0A) {
            let blanks = line.prefix { $0 == 0x20 }.count
            out += [UInt8](repeating: 0x09, count: blanks) + line.dropFirst(blanks) + [0x0A]
        }
        return out.dropLast()
    }
}
