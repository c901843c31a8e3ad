internal import CCurl
internal import Primitives

/// A registry as it is reached: its name in references, and the address behind it.
struct RegistryEndpoint: Hashable, Sendable {
    /// As in references: `docker.io`.
    let domain: String
    var base: WebAddress
    /// Plain http and unproved certificates are allowed: loopback, or the user says so.
    let isInsecure: Bool

    /// - Throws: `.invalid` for a domain that is no host and port (a reference's grammar takes port 0).
    init(domain: String, insecure: InsecureRegistries, isInsecure: Bool = false) throws(Failure) {
        self.domain = domain
        let authority = domain == ImageReference.defaultDomain ? "registry-1.docker.io" : domain
        guard let base = WebAddress(.https, authority: authority) else {
            throw Failure(.invalid, "registry \(Shown.quoted(domain)): no valid host and port")
        }
        self.base = base
        self.isInsecure = isInsecure || base.isLoopback || insecure.contains(base)
    }

    /// The same host by http; without a port in the name that is port 80.
    var plain: RegistryEndpoint? {
        guard let base = WebAddress(.http, authority: domain) else { return nil }
        var out = self
        out.base = base
        return out
    }

    func address(_ target: String) -> WebAddress {
        var out = base
        out.target = target
        return out
    }

    /// Which addresses a connection to `address` may not lead to. Our own registry may be on this host by any name; nobody
    /// else may send us there, unless the registry is on it itself. Link-local is for nobody but a literal, marked registry.
    func refusedAddresses(for address: WebAddress) -> UInt32 {
        let own = address.host == base.host
        let linkLocal = own && isInsecure ? 0 : UInt32(CC_REFUSE_LINK_LOCAL)
        return own || isInsecure ? linkLocal : linkLocal | UInt32(CC_REFUSE_LOOPBACK)
    }

    /// Only an insecure registry itself may go without a proof; whoever it sends us to may not.
    func verifiesPeer(_ address: WebAddress) -> Bool { !(isInsecure && address.host == base.host && address.port == base.port) }

    /// What the domain is called in a message.
    var shown: String { "registry \"\(domain)\"" }
}
