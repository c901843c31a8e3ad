package import Primitives

extension CreateRequest {
    /// What docker's daemon refuses of flags that do not go together with the network's mode, and what it warns of.
    /// - Returns: warnings.
    package func checkNetwork() throws(Failure) -> [String] {
        try selection.checkMode()
        if case .container = mode {
            if !hostname.isEmpty { throw conflict("hostname and the network mode") }
            if !dns.isEmpty { throw conflict("dns and the network mode") }
            if !extraHosts.isEmpty { throw conflict("custom host-to-IP mapping and the network mode") }
            if !ports.isEmpty || publishAll { throw conflict("port publishing and the container type network mode") }
            if !exposed.isEmpty { throw conflict("port exposing and the container type network mode") }
        }
        if case .host = mode, !ports.isEmpty { return ["Published ports are discarded when using host network mode"] }
        return []
    }

    private func conflict(_ what: String) -> Failure { Failure(.invalid, "conflicting options: \(what)") }
}
