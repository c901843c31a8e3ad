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

    var credentials: CredentialStore { CredentialStore(paths: CredentialStore.standardPaths(environment)) }

    /// - Parameter notice: told why a pause is made.
    func client(notice: @escaping @Sendable (String) -> Void) throws(Failure) -> RegistryClient {
        var settings = RegistrySettings(userAgent: "proa/\(Program.version)")
        try settings.take(Process.environment)
        settings.notice = notice
        return RegistryClient(settings, credentials: credentials)
    }
}
