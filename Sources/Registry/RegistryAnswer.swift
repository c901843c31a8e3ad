internal import LinuxSys
internal import Primitives

/// What a registry says in an answer that is no success. Spec: distribution-spec, "Error Codes".
struct RegistryAnswer {
    let answer: HTTPAnswer
    /// `MANIFEST_UNKNOWN`; empty when it sent none.
    let code: String
    let message: String

    init(_ answer: HTTPAnswer, secrets: [String] = []) {
        self.answer = answer
        let first = Self.firstError(answer.errorBody)
        code = Shown.text(first?.code ?? "", hiding: secrets)
        message = Shown.text(first?.message ?? "", hiding: secrets)
    }

    private static func firstError(_ body: [UInt8]) -> (code: String, message: String)? {
        // A page that is no JSON says nothing that a person could use.
        let json: JSON? = try? JSON.parse(body)
        if let error = json?["errors"]?.array?.first { return (error["code"]?.string ?? "", error["message"]?.string ?? "") }
        // Token servers: one flat object (Docker Hub: `details`; RFC 6749: `error_description`).
        let words = json?["details"]?.string ?? json?["error_description"]?.string ?? json?["message"]?.string
        return words.map { (json?["error"]?.string ?? "", $0) }
    }

    var status: Int { answer.head.status }

    /// `manifest unknown: manifest unknown`, as docker prints it; the status where there is nothing better.
    var words: String {
        let name = String(code.lowercased().map { $0 == "_" ? " " : $0 })
        return switch (name.isEmpty, message.isEmpty) {
        case (false, false): "\(name): \(message)"
        case (false, true): name
        case (true, false): "HTTP \(status): \(message)"
        case (true, true): "HTTP \(status)"
        }
    }

    /// Seconds after which the server wants to be asked again; `nil` when it does not say.
    var retryAfterSeconds: Int64? {
        status == 429 || answer.head["retry-after"] != nil ? RateLimit(answer.head, now: Self.now).endsInSeconds : nil
    }

    private static var now: Int64 { Clock.nowNanoseconds() / 1_000_000_000 }

    /// The server may do better next time.
    var isTransient: Bool { [429, 500, 502, 503, 504, 408].contains(status) }

    /// What is being asked for, for the words of a failure.
    enum Subject {
        case manifest(ImageReference)
        case blob(Digest, ImageReference)
        /// A blob or manifest on its way there.
        case push(ImageReference, Digest)
        /// The registry itself.
        case registry(String)

        var reference: ImageReference? {
            switch self {
            case .manifest(let reference), .blob(_, let reference), .push(let reference, _): reference
            case .registry: nil
            }
        }
        var isPush: Bool { if case .push = self { true } else { false } }
    }

    /// - Parameter hadCredentials: whether the user was known to the registry.
    func failure(_ subject: Subject, _ endpoint: RegistryEndpoint, hadCredentials: Bool) -> Failure {
        if status == 429 { return rateLimited(endpoint) }
        guard let reference = subject.reference else {
            let kind: Failure.Kind = status == 401 || status == 403 ? .denied : status == 404 ? .notFound : .unavailable
            return Failure(kind, "\(endpoint.shown): \(words)", hint: status == 401 ? Self.login(endpoint) : nil)
        }
        switch status {
        case 401 where Challenge.parse(answer.head.all("www-authenticate")).first?.scheme == "basic" && !answer.isForeign:
            let words =
                hadCredentials ? "unauthorized: \(message.isEmpty ? "authentication required" : message)" : "no basic auth credentials"
            return Failure(.denied, "\(endpoint.shown): repository \"\(reference.path)\": \(words)", hint: Self.login(endpoint))
        case 401 where !answer.isForeign, 403 where !answer.isForeign && ["DENIED", "UNAUTHORIZED", ""].contains(code):
            let words = code == "DENIED" && !message.isEmpty ? message : "requested access to the resource is denied"
            if subject.isPush {
                return Failure(
                    .denied,
                    "push access denied for \(reference.familiarName), repository does not exist or may require authorization: denied: \(words)",
                    hint: hadCredentials ? nil : Self.login(endpoint))
            }
            return Failure(
                .notFound,
                "pull access denied for \(reference.familiarName), repository does not exist or may require 'docker login': denied: \(words)",
                hint: hadCredentials ? nil : Self.login(endpoint))
        case 404 where !subject.isPush:
            if code == "NAME_UNKNOWN" { return Failure(.notFound, "repository \(reference.familiarName) not found: \(words)") }
            switch subject {
            case .manifest: return Failure(.notFound, "manifest for \(reference.familiar) not found: \(words)")
            case .blob(let digest, _): return Failure(.notFound, "blob \(digest) of \(reference.familiarName) not found: \(words)")
            case .push, .registry: return Failure(.notFound, "\(endpoint.shown): \(words)")
            }
        default:
            let host = answer.isForeign ? ", sent to \"\(answer.address.authority)\"" : ""
            var text = words.hasPrefix("HTTP") ? words : "HTTP \(status): \(words)"
            if case .push(_, let digest) = subject { text = "\(digest.short): \(text)" }
            if status == 413 { text += ": the registry, or a proxy before it, takes nothing of this size" }
            if status == 507 { text += ": the registry has no space left" }
            return Failure(status == 403 ? .denied : .unavailable, "\(endpoint.shown): repository \"\(reference.path)\"\(host): \(text)")
        }
    }

    private static func login(_ endpoint: RegistryEndpoint) -> String {
        "log in with `docker login\(endpoint.domain == ImageReference.defaultDomain ? "" : " \(endpoint.domain)")`"
    }

    /// Says who was counted and when it ends, as far as the registry tells.
    private func rateLimited(_ endpoint: RegistryEndpoint) -> Failure {
        var text = "\(endpoint.shown): too many requests: \(code.isEmpty && message.isEmpty ? "HTTP 429" : words)"
        let now = Self.now
        text += RateLimit(answer.head, now: now).words(now: now)
        return Failure(.unavailable, text, hint: "log in for a higher limit, or wait")
    }
}
