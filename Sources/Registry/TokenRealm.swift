internal import Primitives

/// A token server named by a registry's challenge, and whether it may see the user's credentials.
/// Spec: distribution's "Token Authentication".
struct TokenRealm: Equatable, Sendable {
    let address: WebAddress
    let service: String?
    let mayHaveCredentials: Bool

    /// - Throws: `.denied` for a realm that is no URL, or without TLS while its registry has it.
    init(_ challenge: Challenge, of endpoint: RegistryEndpoint, trusted: Set<String>) throws(Failure) {
        guard let text = challenge.parameters["realm"], let address = WebAddress(text) else {
            throw Failure(.denied, "the token server is no web address: \(Shown.quoted(challenge.parameters["realm"] ?? ""))")
        }
        let sameHost = address.host == endpoint.base.host || (address.isLoopback && endpoint.base.isLoopback)
        guard address.scheme == .https || (endpoint.base.scheme == .http && endpoint.isInsecure && sameHost) else {
            throw Failure(.denied, "the token server \(Shown.quoted(address.shown)) has no TLS")
        }
        self.address = address
        service = challenge.parameters["service"]
        mayHaveCredentials = sameHost || trusted.contains(address.host) || Self.areRelated(address.host, endpoint.base.host)
    }

    /// Hosts of one owner, as far as names can tell: one lies below the other's parent domain, which has at least two
    /// labels (three below a short second level such as `co.uk`). Addresses are related to nobody.
    static func areRelated(_ a: String, _ b: String) -> Bool {
        if HostAddress(a) != nil || HostAddress(b) != nil { return false }
        // Their owner runs them under two names.
        if Set([a, b]) == ["registry.redhat.io", "sso.redhat.com"] { return true }
        guard let owner = owner(of: a) else { return false }
        return owner == Self.owner(of: b)
    }

    /// Below these everybody can have a name.
    private static let shared: Set<String> = [
        "amazonaws.com", "azurewebsites.net", "azurecr.io", "cloudapp.net", "github.io", "gitlab.io", "googleapis.com", "herokuapp.com",
        "appspot.com", "run.app", "pages.dev", "workers.dev", "vercel.app", "netlify.app", "ngrok.io", "nip.io", "sslip.io", "duckdns.org",
        "cloudfront.net", "azureedge.net", "jfrog.io", "web.app", "fly.dev", "onrender.com", "firebaseapp.com", "trycloudflare.com",
    ]

    private static func owner(of host: String) -> [Substring]? {
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy({ !$0.isEmpty }) else { return nil }
        let last = labels.suffix(2)
        let short = last[last.startIndex].count <= 3 && last[last.endIndex - 1].count == 2
        let need = short || shared.contains(last.joined(separator: ".")) ? 3 : 2
        return labels.count >= need ? Array(labels.suffix(need)) : nil
    }

    /// The request for a token: the scope is ours, never what the challenge asks for; several are divided by blanks.
    func query(scope: String) -> WebAddress {
        var out = address
        var items: [String] = []
        if let service { items.append("service=" + WebAddress.escaped(service)) }
        for part in scope.split(separator: " ") { items.append("scope=" + WebAddress.escaped(String(part))) }
        if items.isEmpty { return out }
        out.target += (out.target.contains("?") ? "&" : "?") + items.joined(separator: "&")
        return out
    }
}
