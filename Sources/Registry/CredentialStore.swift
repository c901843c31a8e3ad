internal import LinuxSys
package import Primitives
internal import Synchronization

/// The user's logins, from docker's and podman's files, read when a registry first asks for a proof.
package final class CredentialStore: CredentialSource {
    private let paths: [String]
    private let files = Mutex<[CredentialFile]?>(nil)

    /// - Parameter paths: in order of precedence; a file that is not there is none.
    package init(paths: [String]) { self.paths = paths }

    /// The files of this process's environment: `REGISTRY_AUTH_FILE` alone when set; else docker's, then podman's.
    package convenience init() { self.init(paths: Self.standardPaths { Process.environment($0) }) }

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
            if let credential = try file.credential(domain: domain, path: path) { return credential }
        }
        return nil
    }

    private func load() throws(Failure) -> [CredentialFile] {
        if let known = files.withLock({ $0 }) { return known }
        var found: [CredentialFile] = []
        for path in paths where HostFile.exists(path) {
            found.append(try CredentialFile(try HostFile.read(path, limit: CredentialFile.bytesMax), path: path))
        }
        let result = found
        files.withLock { $0 = result }
        return result
    }
}
