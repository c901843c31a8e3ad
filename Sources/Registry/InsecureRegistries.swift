package import Primitives

/// The registries the user allows to be spoken to without TLS, or with a certificate nobody vouches for.
/// Loopback registries always are among them, as in docker.
package struct InsecureRegistries: Equatable, Sendable {
    private enum Rule: Equatable, Sendable {
        case host(String, port: UInt16?)
        case network(HostAddress, bits: Int)
    }
    private var rules: [Rule] = []

    package init() {}

    /// A list divided by commas or blanks of `host`, `host:port`, `address/bits`.
    /// - Throws: `.invalid` naming the entry.
    package init(list: String) throws(Failure) {
        for entry in list.split(whereSeparator: { $0 == "," || $0 == " " || $0 == "\n" }) { rules.append(try Self.rule(String(entry))) }
    }

    private static func rule(_ entry: String) throws(Failure) -> Rule {
        let parts = entry.split(separator: "/", omittingEmptySubsequences: false)
        if parts.count == 2, let network = HostAddress(parts[0]), let bits = Int(parts[1]), (0...network.bytes.count * 8).contains(bits) {
            return .network(network, bits: bits)
        }
        guard let address = WebAddress(.http, authority: entry) else {
            throw Failure(.invalid, "insecure registry \(Shown.quoted(entry)): expected host[:port] or address/bits")
        }
        let hasPort = entry.hasSuffix(":\(address.port)")
        return .host(address.host, port: hasPort ? address.port : nil)
    }

    func contains(_ address: WebAddress) -> Bool {
        rules.contains { rule in
            switch rule {
            case .host(let host, let port): host == address.host && (port == nil || port == address.port)
            case .network(let network, let bits): HostAddress(address.host)?.isWithin(network, bits: bits) == true
            }
        }
    }
}
