internal import Primitives

/// Tokens. Spec: distribution's "Token Authentication" and "OAuth2 Token Authentication".
extension RegistryClient {
    static let tokenAnswerBytesMax = 1 << 20
    static let tokenBytesMax = 32 << 10

    /// The `Authorization` that answers a challenge; `nil` when none can be answered with what we have.
    func authorize(
        _ challenges: [Challenge], _ endpoint: RegistryEndpoint, _ access: Access, _ credential: RegistryCredential?,
        _ cancellation: CancellationFlag
    ) throws(Failure) -> String? {
        guard let bearer = challenges.first(where: { $0.scheme == "bearer" }) else {
            return challenges.contains { $0.scheme == "basic" } ? credential?.basic : nil
        }
        return try doing("\(endpoint.shown): getting a token") { () throws(Failure) in
            let realm = try TokenRealm(bearer, of: endpoint, trusted: settings.trustedRealmHosts)
            if credential != nil, !realm.mayHaveCredentials {
                throw Failure(
                    .denied, "it asks for your credentials to be sent to another host, \"\(realm.address.authority)\"",
                    hint: "if that host belongs to the registry, allow it with PROA_TRUSTED_REALMS=\(realm.address.host)")
            }
            return "Bearer " + (try token(realm, endpoint, access.scope, credential, cancellation))
        }
    }

    private func token(
        _ realm: TokenRealm, _ endpoint: RegistryEndpoint, _ scope: String, _ credential: RegistryCredential?,
        _ cancellation: CancellationFlag
    ) throws(Failure) -> String {
        var call = HTTPClient.Call(address: realm.query(scope: scope), headers: ["Accept: application/json"], cancellation: cancellation)
        if case .identityToken(let token) = credential {
            call.address = realm.address
            call.method = "POST"
            call.headers.append("Content-Type: application/x-www-form-urlencoded")
            call.body = .bytes(Self.form(token, realm.service, scope))
            call.isSecret = true
        } else {
            call.authorization = credential?.basic
            // A login: the server may give a token that stands for the password.
            if scope.isEmpty, case .password(let user, _) = credential {
                let items = [("client_id", "proa"), ("offline_token", "true"), ("account", user)]
                let query = items.map { "\($0.0)=\(WebAddress.escaped($0.1))" }.joined(separator: "&")
                call.address.target += (call.address.target.contains("?") ? "&" : "?") + query
            }
        }
        var persistence = Persistence(settings, cancellation)
        while true {
            var body: [UInt8] = []
            func take(_ bytes: Bytes) throws(Failure) {
                guard body.count + bytes.count <= Self.tokenAnswerBytesMax else {
                    throw Failure(.corrupt, "the token server's answer is too large")
                }
                body += bytes
            }
            let result = try http.send(call, for: endpoint, onHead: { _ in }, onBody: take)
            switch result {
            case .failure(let problem):
                let failure = problem.failure
                guard problem.isTransient else { throw failure }
                try persistence.pause(after: failure)
            case .success(let answer) where answer.head.isSuccess:
                if scope.isEmpty, let identity = Self.identityToken(in: body) {
                    memory.withLock { $0.identityTokens[endpoint.domain] = identity }
                }
                return try Self.token(in: body)
            case .success(let answer):
                let said = RegistryAnswer(answer, secrets: credential?.secrets ?? [])
                let refused = [400, 401, 403].contains(said.status)
                let what = refused && credential != nil ? "refused your credentials" : "answered"
                let failure = Failure(
                    refused ? .denied : .unavailable, "the token server \"\(realm.address.authority)\" \(what): \(said.words)",
                    hint: refused ? "log in again with `docker login`" : nil)
                guard said.isTransient else { throw failure }
                try persistence.pause(after: failure, retryAfterSeconds: said.retryAfterSeconds)
            }
        }
    }

    private static func form(_ token: String, _ service: String?, _ scope: String) -> [UInt8] {
        let items = [
            ("grant_type", "refresh_token"), ("service", service ?? ""), ("client_id", "proa"), ("scope", scope), ("refresh_token", token),
        ]
        return Array(items.filter { !$0.1.isEmpty }.map { "\($0.0)=\(WebAddress.escaped($0.1))" }.joined(separator: "&").utf8)
    }

    private static func identityToken(in body: [UInt8]) -> String? {
        guard let token = (try? JSON.parse(body))?["refresh_token"]?.string, !token.isEmpty, token.utf8.count <= tokenBytesMax,
            token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return nil }
        return token
    }

    /// Either of two members; only what may stand in a header.
    private static func token(in body: [UInt8]) throws(Failure) -> String {
        let json = try doing("the token server's answer") { () throws(Failure) in try JSON.parse(body) }
        let candidates = [json["token"]?.string, json["access_token"]?.string].compactMap { $0 }
        guard let token = candidates.first(where: { !$0.isEmpty }) else {
            throw Failure(.corrupt, "the token server's answer holds no token")
        }
        guard token.utf8.count <= tokenBytesMax, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw Failure(.corrupt, "the token server's answer holds no usable token")
        }
        return token
    }
}
