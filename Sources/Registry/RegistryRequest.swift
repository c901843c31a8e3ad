internal import Primitives

/// What is asked of a repository, and which rights that takes. Spec: distribution's "Token Scope Documentation".
struct RegistryRequest {
    var method = "GET"
    /// Path and query on the registry.
    var target: String
    /// In place of the target: where the registry told us to go on.
    var address: WebAddress?
    /// The repository, for credentials that are kept by a name's beginning; empty for the registry as a whole.
    var path: String
    /// Scopes, divided by blanks; empty for the registry as a whole.
    var scope: String
    var headers: [String] = []
    var body = HTTPBody.none

    /// GET of something below a repository.
    /// - Parameter target: `blobs/sha256:…`, `manifests/TAG`.
    init(reading target: String, of repository: ImageReference, headers: [String] = []) {
        self.target = "/v2/\(repository.path)/\(target)"
        path = repository.path
        scope = "repository:\(repository.path):pull"
        self.headers = headers
    }

    /// GET of the registry itself.
    init(registry target: String) {
        self.target = target
        path = ""
        scope = ""
    }

    /// A change of a repository.
    /// - Parameter source: another repository of the registry that is read for it.
    init(_ method: String, _ target: String, to repository: ImageReference, reading source: ImageReference? = nil) {
        self.init(reading: target, of: repository)
        self.method = method
        scope = Self.pushScope(repository) + (source.map { " repository:\($0.path):pull" } ?? "")
    }

    static func pushScope(_ repository: ImageReference) -> String { "repository:\(repository.path):pull,push" }
}
