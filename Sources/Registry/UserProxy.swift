internal import LinuxSys

/// The user's own proxy, from the variables that libcurl reads, and from `HTTP_PROXY`.
enum UserProxy {
    /// In the order in which they count. A server that runs us for a request (CGI) has `HTTP_PROXY` from its client:
    /// as in Go, it is no setting then.
    static func address(for scheme: WebAddress.Scheme, _ environment: (String) -> String?) -> (name: String, text: String)? {
        let own =
            scheme == .https
            ? ["https_proxy", "HTTPS_PROXY"] : ["http_proxy"] + (environment("REQUEST_METHOD") == nil ? ["HTTP_PROXY"] : [])
        for name in own + ["all_proxy", "ALL_PROXY"] { if let text = environment(name), !text.isEmpty { return (name, text) } }
        return nil
    }

    /// A proxy that libcurl would not find.
    static func unseen(for scheme: WebAddress.Scheme) -> String? {
        address(for: scheme) { Process.environment($0) }.flatMap { $0.name == "HTTP_PROXY" ? $0.text : nil }
    }

    /// Its port, which may be connected to on loopback; 0 without a proxy.
    static func port(for scheme: WebAddress.Scheme, _ environment: (String) -> String? = { Process.environment($0) }) -> UInt32 {
        guard let text = address(for: scheme, environment)?.text else { return 0 }
        let afterScheme = text.split(separator: "/", omittingEmptySubsequences: true)
        let authority = text.contains("://") ? afterScheme.dropFirst().first : afterScheme.first
        guard let port = authority?.split(separator: ":").last.flatMap({ UInt32($0) }) else {
            return text.hasPrefix("https://") ? 443 : 1080
        }
        return port
    }
}
