package import Primitives

extension RegistryClient {
    /// Proves a credential at a registry: its `/v2/` must take it, by way of its token server where it has one.
    /// - Returns: the identity token that the registry wants to have in place of the password from now on, if any.
    /// - Throws: `.denied` in docker's words; `.unavailable` when there is no registry.
    package static func login(
        _ domain: String, _ credential: RegistryCredential, settings: RegistrySettings, cancellation: CancellationFlag = CancellationFlag()
    ) throws(Failure) -> String? {
        let client = RegistryClient(settings, credentials: GivenCredential(credential: credential))
        let isInsecure = settings.registries.isInsecure(domain: domain)
        let endpoint = try client.endpoint(domain, isInsecure: isInsecure, cancellation)
        var persistence = Persistence(settings, cancellation)
        while true {
            let reply = try client.exchange(RegistryRequest(registry: "/v2/"), endpoint, cancellation)
            switch reply.result {
            case .success(let answer) where answer.head.isSuccess: return client.memory.withLock { $0.identityTokens[domain] }
            case .success(let answer):
                let said = RegistryAnswer(answer, secrets: credential.secrets)
                let failure = refusal(said, endpoint)
                guard said.isTransient else { throw failure }
                try persistence.pause(after: failure, retryAfterSeconds: said.retryAfterSeconds)
            case .failure(let problem):
                let failure = problem.failure.within(endpoint.shown)
                guard problem.isTransient else { throw failure }
                try persistence.pause(after: failure)
            }
        }
    }

    private static func refusal(_ said: RegistryAnswer, _ endpoint: RegistryEndpoint) -> Failure {
        let reasons = [401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests"]
        let status = [String(said.status), reasons[said.status] ?? ""].filter { !$0.isEmpty }.joined(separator: " ")
        let words = said.words.hasPrefix("HTTP") ? "" : ": \(said.words)"
        return Failure(
            said.status == 401 || said.status == 403 ? .denied : .unavailable,
            "login attempt to \(endpoint.address("/v2/")) failed with status: \(status)\(said.status == 401 ? "" : words)")
    }
}

/// The one credential that is being proved.
private struct GivenCredential: CredentialSource {
    let credential: RegistryCredential
    func credential(domain: String, path: String) throws(Failure) -> RegistryCredential? { credential }
}
