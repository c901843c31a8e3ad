import CommandLine
import LinuxSys
import Primitives
import Registry

/// How this invocation talks to registries: what the environment and `--config` say.
struct RegistryAccess {
    /// `--config`, or empty.
    let configuration: String

    init(configuration: String) { self.configuration = configuration }
    init(_ global: ParsedOptions) { configuration = global.stringIfSet(.config) ?? "" }

    /// The environment, with `--config` in place of `DOCKER_CONFIG`.
    func environment(_ name: String) -> String? {
        name == "DOCKER_CONFIG" && !configuration.isEmpty ? configuration : Process.environment(name)
    }

    var credentials: CredentialStore { CredentialStore(environment) }

    /// The file that `login` and `logout` change: docker's, or the one of `REGISTRY_AUTH_FILE`.
    var editor: CredentialEditor {
        get throws(Failure) {
            guard let path = CredentialStore.standardPaths(environment).first else {
                throw Failure(.invalid, "there is no place for credentials: set HOME or DOCKER_CONFIG")
            }
            return CredentialEditor(path: path)
        }
    }

    /// - Parameter notice: told why a pause is made.
    func settings(notice: @escaping @Sendable (String) -> Void) throws(Failure) -> RegistrySettings {
        var settings = RegistrySettings(userAgent: "proa/\(Program.version)")
        try settings.take(Process.environment)
        settings.notice = notice
        return settings
    }

    func client(notice: @escaping @Sendable (String) -> Void) throws(Failure) -> RegistryClient {
        RegistryClient(try settings(notice: notice), credentials: credentials)
    }
}
