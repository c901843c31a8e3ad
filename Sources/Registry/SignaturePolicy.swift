internal import LinuxSys
package import Primitives

/// Which images may be used, by where they come from. Spec: containers-policy.json(5).
package struct SignaturePolicy: Equatable, Sendable {
    static let bytesMax = 1 << 20
    static let scopesMax = 10_000

    /// One demand; all demands of a scope must be met.
    enum Requirement: Equatable, Sendable {
        case accept
        case reject
        case sigstore(SigstoreRequirement)
        /// Something that cannot be proved here: what, for the error.
        case unsupported(String)
    }

    /// Of images that no scope covers.
    private(set) var standard: [Requirement]
    /// By registry, repository or name; `""` stands for all of them.
    private(set) var scopes: [String: [Requirement]] = [:]
    /// For messages.
    let path: String

    /// Everything is accepted, as by docker.
    package static let acceptAll = SignaturePolicy(standard: [.accept], path: "")

    private init(standard: [Requirement], path: String) { (self.standard, self.path) = (standard, path) }

    /// The user's file, else the system's; without one everything is accepted.
    /// - Throws: `.invalid` naming file and member: a policy that cannot be read forbids everything.
    package static func load(_ environment: (String) -> String?) throws(Failure) -> SignaturePolicy {
        func value(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        let user = (value("XDG_CONFIG_HOME") ?? value("HOME").map { "\($0)/.config" }).map { "\($0)/containers/policy.json" }
        for path in [user, "/etc/containers/policy.json"].compactMap({ $0 }) where HostFile.exists(path) {
            return try SignaturePolicy(try HostFile.read(path, limit: bytesMax), path: path)
        }
        return acceptAll
    }

    package init(_ bytes: [UInt8], path: String) throws(Failure) {
        self.path = path
        standard = []
        do throws(Failure) { try read(try JSON.parse(bytes)) } catch { throw Failure(.invalid, "the policy \"\(path)\": \(error.message)") }
    }

    private mutating func read(_ json: JSON) throws(Failure) {
        guard let root = json.object else { throw Failure(.invalid, "is no object") }
        if let unknown = root.keys.first(where: { $0 != "default" && $0 != "transports" }) {
            throw Failure(.invalid, "has the unknown member \(Shown.quoted(unknown))")
        }
        guard let standard = root["default"] else { throw Failure(.invalid, "has no \"default\"") }
        self.standard = try doing("\"default\"") { () throws(Failure) in try Self.requirements(standard) }
        guard let transports = root["transports"] else { return }
        guard let members = transports.object else { throw Failure(.invalid, "\"transports\" is no object") }
        guard let docker = members["docker"] else { return }
        guard let entries = docker.object?.members, entries.count <= Self.scopesMax else {
            throw Failure(.invalid, "\"docker\" is no object")
        }
        for entry in entries {
            scopes[entry.key] = try doing("scope \(Shown.quoted(entry.key))") { () throws(Failure) in try Self.requirements(entry.value) }
        }
    }

    private static func requirements(_ json: JSON) throws(Failure) -> [Requirement] {
        guard let array = json.array, !array.isEmpty, array.count <= 100 else { throw Failure(.invalid, "is no list of requirements") }
        var out: [Requirement] = []
        for entry in array { out.append(try requirement(entry)) }
        return out
    }

    private static func requirement(_ json: JSON) throws(Failure) -> Requirement {
        switch json["type"]?.string {
        case "insecureAcceptAnything": return .accept
        case "reject": return .reject
        case "sigstoreSigned": return try SigstoreRequirement.read(json)
        case "signedBy": return .unsupported("a GPG signature (signedBy): not supported, only sigstoreSigned with a public key is")
        case let other: throw Failure(.invalid, "has the unknown requirement \(Shown.quoted(other ?? ""))")
        }
    }

    /// What is demanded of an image, from the narrowest scope that covers it.
    func requirements(for reference: ImageReference) -> (scope: String, demands: [Requirement]) {
        for scope in Self.scopes(of: reference) { if let found = scopes[scope] { return (scope, found) } }
        return ("default", standard)
    }

    /// From the whole name to its registry, then wild cards of the registry's domain, then all.
    static func scopes(of reference: ImageReference) -> [String] {
        var out: [String] = []
        if let digest = reference.digest {
            out.append("\(reference.name)@\(digest)")
        } else if let tag = reference.tag {
            out.append("\(reference.name):\(tag)")
        }
        var name = reference.name
        out.append(name)
        while let slash = name.utf8.lastIndex(of: 0x2F) {
            name = String(name[..<slash])
            out.append(name)
        }
        var host = reference.domain.prefix { $0 != ":" }
        while let dot = host.firstIndex(of: ".") {
            host = host[host.index(after: dot)...]
            out.append("*.\(host)")
        }
        return out + [""]
    }

    /// Whether no image at all has to be proved.
    package var acceptsEverything: Bool {
        standard.allSatisfy { $0 == .accept } && scopes.values.allSatisfy { $0.allSatisfy { $0 == .accept } }
    }

    /// Whether nothing has to be proved.
    package func acceptsAnything(_ reference: ImageReference) -> Bool { requirements(for: reference).demands.allSatisfy { $0 == .accept } }

    /// Refuses what no proof could help, before anything is asked for.
    package func refuse(_ reference: ImageReference) throws(Failure) {
        let demands = requirements(for: reference).demands.filter { if case .sigstore = $0 { false } else { true } }
        try check(reference, [], demands) { () throws(Failure) in [] }
    }

    /// Proves an image.
    /// - Parameters:
    ///   - digests: of the manifest, and of the index it was chosen from.
    ///   - proofs: signatures and what they sign; asked for where one is needed.
    /// - Throws: `.denied` naming the scope and what is missing.
    package func check(
        _ reference: ImageReference, _ digests: [Digest], proofs: () throws(Failure) -> [SigstoreSignature]
    ) throws(Failure) {
        try check(reference, digests, requirements(for: reference).demands, proofs)
    }

    private func check(
        _ reference: ImageReference, _ digests: [Digest], _ demands: [Requirement], _ proofs: () throws(Failure) -> [SigstoreSignature]
    ) throws(Failure) {
        let scope = requirements(for: reference).scope
        let place = "the policy \"\(path)\" (\(scope == "default" ? "default" : "scope \(Shown.quoted(scope))"))"
        var known: [SigstoreSignature]?
        for demand in demands {
            switch demand {
            case .accept: break
            case .reject: throw Failure(.denied, "\"\(reference.familiar)\" is rejected by \(place)")
            case .unsupported(let what): throw Failure(.denied, "\"\(reference.familiar)\": \(place) demands \(what)")
            case .sigstore(let requirement):
                let signatures: [SigstoreSignature]
                if let known { signatures = known } else { signatures = try proofs() }
                known = signatures
                do throws(Failure) { try requirement.check(reference, digests, signatures) } catch {
                    throw Failure(error.kind, "\"\(reference.familiar)\": \(place) demands a signature: \(error.message)")
                }
            }
        }
    }
}
