internal import Primitives

/// One file of credentials in docker's form, which podman shares: `auths` by registry, or by a prefix of a repository's name.
struct CredentialFile: Sendable {
    static let bytesMax = 1 << 20
    static let entriesMax = 10_000

    let path: String
    private var entries: [String: Entry] = [:]
    /// Registries whose credential a helper keeps, by the helper's name.
    private var helpers: [String: String] = [:]
    /// The helper of all other registries.
    private var store: String?

    private enum Entry: Sendable {
        case credential(RegistryCredential)
        /// The registry is known by this name, its credential is with a helper.
        case elsewhere(String)
    }

    /// - Throws: `.invalid` naming the file and what is wrong; never its content.
    init(_ bytes: [UInt8], path: String) throws(Failure) {
        self.path = path
        let wrong = Failure(.invalid, "credentials in \"\(path)\": not the form docker writes")
        let json: JSON
        do { json = try JSON.parse(bytes) } catch { throw Failure(.invalid, "credentials in \"\(path)\": \(error.message)") }
        guard json.object != nil else { throw wrong }
        store = json["credsStore"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        for member in json["credHelpers"]?.object?.members ?? [] { helpers[Self.host(member.key)] = member.value.string }
        guard let auths = json["auths"], !auths.isNull else { return }
        guard let members = auths.object?.members, members.count <= Self.entriesMax else { throw wrong }
        for member in members {
            guard let entry = Self.entry(member.value, member.key) else {
                throw Failure(.invalid, "credentials in \"\(path)\": the entry \(Shown.quoted(member.key)) cannot be read")
            }
            let key = Self.key(member.key)
            // `docker login` may have left the old form of a name beside the new one: the one with content counts.
            if case .elsewhere = entry, entries[key] != nil { continue }
            entries[key] = entry
        }
    }

    private static func entry(_ json: JSON, _ name: String) -> Entry? {
        guard json.object != nil else { return nil }
        if let token = json["identitytoken"]?.string, !token.isEmpty { return .credential(.identityToken(token)) }
        if let auth = json["auth"]?.string, !auth.isEmpty {
            guard let bytes = Base64.decode(auth), let colon = bytes.firstIndex(of: 0x3A) else { return nil }
            let password = bytes[(colon + 1)...].reversed().drop { $0 == 0 }.reversed()
            return .credential(
                .password(user: String(decoding: bytes[..<colon], as: UTF8.self), password: String(decoding: password, as: UTF8.self)))
        }
        guard let user = json["username"]?.string, !user.isEmpty else { return .elsewhere(name) }
        return .credential(.password(user: user, password: json["password"]?.string ?? ""))
    }

    /// docker writes `host`, `https://host`, `https://host/v1/`; podman `host` or `host/path`. All names of Docker Hub are one.
    private static func key(_ text: String) -> String {
        let hasScheme = text.contains("://")
        var rest = hasScheme ? Substring(text.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: false).last ?? "") : text[...]
        while rest.hasSuffix("/") { rest = rest.dropLast() }
        let host = Self.host(String(rest.prefix { $0 != "/" }))
        let path = rest.drop { $0 != "/" }
        return hasScheme || path == "/v1" || path == "/v2" ? host : host + path
    }

    private static func host(_ text: String) -> String {
        let host = text.split(separator: "/").last { !$0.hasSuffix(":") && $0 != "v1" && $0 != "v2" }.map { $0.lowercased() } ?? ""
        return ["index.docker.io", "registry-1.docker.io"].contains(host) ? "docker.io" : host
    }

    /// What the file knows of a repository.
    enum Finding: Equatable, Sendable {
        case credential(RegistryCredential)
        /// This helper is to be asked, about this name.
        case helper(String, server: String)
    }

    /// The entry of the longest prefix of `domain/path`; without one the helper of the domain, or of all domains.
    func find(domain: String, path: String) -> Finding? {
        let domain = domain.lowercased()
        var name = "\(domain)/\(path)"
        var server = domain == ImageReference.defaultDomain ? Self.hubServer : domain
        while true {
            switch entries[name] {
            case .credential(let value): return .credential(value)
            case .elsewhere(let known): server = known
            case nil: break
            }
            guard let slash = name.lastIndex(of: "/") else { break }
            name = String(name[..<slash])
        }
        return (helpers[domain] ?? store).map { .helper($0, server: server) }
    }

    /// Docker Hub's name among credentials.
    static let hubServer = "https://index.docker.io/v1/"
}
