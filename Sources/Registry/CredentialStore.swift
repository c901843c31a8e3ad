internal import LinuxSys
package import Primitives
internal import Synchronization

/// The user's logins, from docker's and podman's files, read when a registry first asks for a proof.
package final class CredentialStore: CredentialSource {
    private let paths: [String]
    /// A file's content that came in the environment; goes first.
    private let text: String?
    private let helperTimeoutMilliseconds: Int64
    private let files = Mutex<[CredentialFile]?>(nil)
    private let answers = Mutex<[String: Result<RegistryCredential?, Failure>]>([:])

    /// - Parameter paths: in order of precedence; a file that is not there is none.
    package init(paths: [String], text: String? = nil, helperTimeoutMilliseconds: Int64 = 60_000) {
        self.paths = paths
        self.text = text
        self.helperTimeoutMilliseconds = helperTimeoutMilliseconds
    }

    /// What an environment names: `DOCKER_AUTH_CONFIG` itself, and the files of `standardPaths`.
    package convenience init(_ environment: (String) -> String?) {
        self.init(paths: Self.standardPaths(environment), text: environment("DOCKER_AUTH_CONFIG").flatMap { $0.isEmpty ? nil : $0 })
    }

    /// `REGISTRY_AUTH_FILE` alone when set; else docker's file, then podman's.
    package static func standardPaths(_ environment: (String) -> String?) -> [String] {
        func value(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        if let path = value("REGISTRY_AUTH_FILE") { return [path] }
        let home = value("HOME")
        return [
            (value("DOCKER_CONFIG") ?? home.map { "\($0)/.docker" }).map { "\($0)/config.json" },
            value("XDG_RUNTIME_DIR").map { "\($0)/containers/auth.json" },
            (value("XDG_CONFIG_HOME") ?? home.map { "\($0)/.config" }).map { "\($0)/containers/auth.json" },
        ].compactMap { $0 }
    }

    package func credential(domain: String, path: String) throws(Failure) -> RegistryCredential? {
        for file in try load() {
            switch file.find(domain: domain, path: path) {
            case .credential(let credential): return credential
            case .helper(let name, let server): if let credential = try ask(name, server) { return credential }
            case nil: break
            }
        }
        return nil
    }

    /// Whether a helper would be asked: it belongs to the user's session, not into a user namespace.
    package func needsHelper(domain: String, path: String) -> Bool {
        // A file that cannot be read is told when a registry asks for a proof.
        guard let files = try? load() else { return false }
        for file in files {
            switch file.find(domain: domain, path: path) {
            case .credential: return false
            case .helper: return true
            case nil: continue
            }
        }
        return false
    }

    /// Once a process: a key ring may ask the user each time.
    private func ask(_ name: String, _ server: String) throws(Failure) -> RegistryCredential? {
        let key = "\(name) \(server)"
        if let known = answers.withLock({ $0[key] }) { return try known.get() }
        let answer = Result { () throws(Failure) in
            try CredentialHelper(name, timeoutMilliseconds: helperTimeoutMilliseconds).get(server)
        }
        answers.withLock { $0[key] = answer }
        return try answer.get()
    }

    private func load() throws(Failure) -> [CredentialFile] {
        if let known = files.withLock({ $0 }) { return known }
        var found: [CredentialFile] = []
        if let text { found.append(try CredentialFile(Array(text.utf8), path: "DOCKER_AUTH_CONFIG")) }
        for path in paths where HostFile.exists(path) {
            found.append(try CredentialFile(try HostFile.read(path, limit: CredentialFile.bytesMax), path: path))
        }
        let result = found
        files.withLock { $0 = result }
        return result
    }
}
