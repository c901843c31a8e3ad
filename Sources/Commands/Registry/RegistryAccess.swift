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

    var policy: SignaturePolicy {
        get throws(Failure) { try SignaturePolicy.load(Process.environment) }
    }

    var registries: RegistriesConfiguration {
        get throws(Failure) { try RegistriesConfiguration.load(Process.environment) }
    }

    /// What a person typed as an image to fetch: an alias of registries.conf, else docker's reading.
    func reference(_ text: String, defaultTag: String? = ImageReference.defaultTag) throws(Failure) -> ImageReference {
        try ImageReference(try registries.expand(text) ?? text, defaultTag: defaultTag)
    }

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
        settings.registries = try registries
        settings.policy = try policy
        settings.certificateFolders = HostCertificates.folders(environment)
        settings.notice = notice
        return settings
    }

    func client(notice: @escaping @Sendable (String) -> Void) throws(Failure) -> RegistryClient {
        RegistryClient(try settings(notice: notice), credentials: try HandOver.received(otherwise: credentials) ?? credentials)
    }

    /// What credential helpers know of a repository, for a stage in the user's namespace.
    func handOver(_ reference: ImageReference) throws(Failure) -> HandOver {
        let sources = try registries.sources(of: reference).map { ($0.reference.domain, $0.reference.path) }
        return try HandOver(HandedCredentials.collect(sources, from: credentials))
    }
}

/// Credentials on their way to a stage: in a pipe, because arguments and variables can be seen.
struct HandOver: ~Copyable {
    private static let variable = "PROA_CREDENTIALS"
    private var pipe: Descriptor?

    /// - Parameter bytes: `nil` for nothing.
    init(_ bytes: [UInt8]?) throws(Failure) {
        guard let bytes else { return }
        let ends = try DescriptorPair.pipe()
        // More than a pipe holds would be waited for.
        guard bytes.count <= 65536 else { throw Failure(.invalid, "the credentials are too long") }
        try ends.second.write(bytes)
        let reader = ends.closingSecond()
        try reader.stayOpenInPrograms()
        pipe = consume reader
    }

    /// For the stage.
    var environment: [String] {
        switch pipe {
        case nil: []
        case .some(let pipe): ["\(Self.variable)=\(pipe.raw)"]
        }
    }

    /// Names the scope in which the stage may read it.
    func hold() {}

    /// In the stage: what was handed over, once.
    static func received(otherwise rest: CredentialStore) throws(Failure) -> HandedCredentials? {
        guard let number = Process.environment(variable).flatMap({ Int32($0) }), number > 2 else { return nil }
        return try HandedCredentials(try Descriptor(owning: number).readAll(limit: 65536), otherwise: rest)
    }
}
