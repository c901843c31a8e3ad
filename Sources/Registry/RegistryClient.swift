internal import Primitives
internal import Synchronization

/// Reads images from registries. One client serves all registries and any number of threads; it remembers per registry
/// whether there is TLS, and the tokens it was given. Spec: distribution-spec, "Pull".
package final class RegistryClient: Sendable {
    package let settings: RegistrySettings
    let http: HTTPClient
    let credentials: any CredentialSource

    struct Memory: Sendable {
        /// By domain; that it may be without TLS is part of the key.
        var endpoints: [String: RegistryEndpoint] = [:]
        /// By `domain/path` as a person names it: the place that served its manifest.
        var sources: [String: RegistriesConfiguration.Source] = [:]
        /// `Authorization` by domain and scope.
        var authorizations: [Access: String] = [:]
        /// What a token server gave for the registry as a whole, by domain.
        var identityTokens: [String: String] = [:]
    }
    struct Access: Hashable, Sendable {
        var domain: String
        var scope: String
    }
    let memory = Mutex(Memory())

    package init(_ settings: RegistrySettings, credentials: any CredentialSource = AnonymousCredentials()) {
        self.settings = settings
        http = HTTPClient(settings)
        self.credentials = credentials
    }

    /// A registry. One that may be without TLS is asked once, https first.
    func endpoint(_ domain: String, isInsecure: Bool = false, _ cancellation: CancellationFlag) throws(Failure) -> RegistryEndpoint {
        let key = isInsecure ? "\(domain) insecure" : domain
        if let known = memory.withLock({ $0.endpoints[key] }) { return known }
        var endpoint = try RegistryEndpoint(domain: domain, insecure: settings.insecure, isInsecure: isInsecure)
        if endpoint.isInsecure { endpoint = try probe(endpoint, cancellation) }
        memory.withLock { $0.endpoints[key] = endpoint }
        return endpoint
    }

    private func probe(_ endpoint: RegistryEndpoint, _ cancellation: CancellationFlag) throws(Failure) -> RegistryEndpoint {
        var call = HTTPClient.Call(address: endpoint.address("/v2/"), cancellation: cancellation)
        call.connectTimeoutMilliseconds = settings.probeTimeoutMilliseconds
        guard case .failure(let problem) = try http.send(call, for: endpoint, onHead: { _ in }, onBody: Self.discard) else {
            return endpoint
        }
        guard problem.suggestsPlain, let plain = endpoint.plain else { throw problem.failure.within(endpoint.shown) }
        call.address = plain.address("/v2/")
        if case .failure(let second) = try http.send(call, for: plain, onHead: { _ in }, onBody: Self.discard) {
            throw second.failure.within(endpoint.shown)
        }
        return plain
    }

    /// A short body is read to its end, so that the connection stays usable.
    private static func discard(_ bytes: Bytes) throws(Failure) {}

    /// What a request came to: its answer, and whether the user was known.
    struct Reply {
        var result: Result<HTTPAnswer, TransferProblem>
        var hadCredentials: Bool
    }

    /// One request with authentication and redirects, without repetition but after a challenge.
    func exchange(
        _ request: RegistryRequest, _ endpoint: RegistryEndpoint, _ cancellation: CancellationFlag,
        onHead: (HTTPHead) throws(Failure) -> Void = { _ in }, onBody: (Bytes) throws(Failure) -> Void = { _ in }
    ) throws(Failure) -> Reply {
        let access = Access(domain: endpoint.domain, scope: request.scope)
        let address = request.address ?? endpoint.address(request.target)
        var call = HTTPClient.Call(method: request.method, address: address, headers: request.headers, cancellation: cancellation)
        call.body = request.body
        // Where an upload is to go on may be another host: it gets no proof.
        let isForeign = !address.hasOrigin(of: endpoint.base)
        call.authorization = isForeign ? nil : memory.withLock { $0.authorizations[access] }
        var hadCredentials = false
        // A credential that cannot be had matters only when the registry does not do without.
        var missing: Failure?
        for attempt in 0..<2 {
            var result = try http.send(call, for: endpoint, onHead: onHead, onBody: onBody)
            if isForeign, case .success(var answer) = result {
                answer.isForeign = true
                result = .success(answer)
            }
            if let missing, case .success(let answer) = result, [401, 403].contains(answer.head.status), !answer.isForeign {
                throw missing
            }
            // Only the registry itself may ask for a proof: a blob host's challenge would draw credentials out.
            guard attempt == 0, case .success(let answer) = result, answer.head.status == 401, !answer.isForeign else {
                return Reply(result: result, hadCredentials: hadCredentials)
            }
            var credential: RegistryCredential?
            do throws(Failure) { credential = try credentials.credential(domain: endpoint.domain, path: request.path) } catch {
                missing = error
            }
            hadCredentials = credential != nil
            let challenges = Challenge.parse(answer.head.all("www-authenticate"))
            guard let authorization = try authorize(challenges, endpoint, access, credential, cancellation) else {
                if let missing { throw missing }
                return Reply(result: result, hadCredentials: hadCredentials)
            }
            memory.withLock { $0.authorizations[access] = authorization }
            call.authorization = authorization
        }
        throw Failure(.denied, "\(endpoint.shown): asked for a proof twice")
    }
}
