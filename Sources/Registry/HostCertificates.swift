internal import LinuxSys
internal import Primitives

/// Certificates for one registry: whose word counts for it, and what we show it. Spec: docker's "Verify repository
/// client with certificates", containers-certs.d(5).
package struct HostCertificates: Equatable, Sendable {
    static let bytesMax = 4 << 20

    /// PEM of the `*.crt` files.
    var authorities: [UInt8] = []
    /// The first `*.cert` with its `*.key`.
    var client: Pair?

    struct Pair: Equatable, Sendable {
        var certificate: String
        var key: String
    }

    var isEmpty: Bool { authorities.isEmpty && client == nil }

    /// Folders below which `HOST[:PORT]` is looked for, first the user's.
    package static func folders(_ environment: (String) -> String?) -> [String] {
        func value(_ name: String) -> String? { environment(name).flatMap { $0.isEmpty ? nil : $0 } }
        let home = value("HOME")
        let users = [
            value("DOCKER_CERT_PATH").map { "\($0)/certs.d" }, home.map { "\($0)/.docker/certs.d" },
            (value("XDG_CONFIG_HOME") ?? home.map { "\($0)/.config" }).map { "\($0)/containers/certs.d" },
        ].compactMap { $0 }
        return users + ["/etc/containers/certs.d", "/etc/docker/certs.d"]
    }

    /// What lies for a host in all folders: authorities add up, the first client certificate counts.
    /// - Parameter names: `host:port` and other names of the registry, as in references.
    /// - Throws: `.invalid` for a certificate without a key or the other way round.
    static func load(_ names: [String], from folders: [String]) throws(Failure) -> HostCertificates {
        var out = HostCertificates()
        for folder in folders {
            for name in names where isFolderName(name) && HostFile.isDirectory("\(folder)/\(name)") { try out.add("\(folder)/\(name)") }
        }
        return out
    }

    /// A host comes from a redirect too: it must be one component of a path.
    private static func isFolderName(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && !name.utf8.contains(0x2F) && !name.utf8.contains(0)
    }

    private mutating func add(_ path: String) throws(Failure) {
        let names = try Directory.open(path).names().sorted()
        for name in names where name.hasSuffix(".crt") {
            let bytes = try HostFile.read("\(path)/\(name)", limit: Self.bytesMax)
            guard authorities.count + bytes.count <= Self.bytesMax else {
                throw Failure(.invalid, "\"\(path)\": more than \(Self.bytesMax) bytes")
            }
            authorities += bytes + [0x0A]
        }
        for name in names where name.hasSuffix(".cert") {
            let key = String(name.dropLast(5)) + ".key"
            guard names.contains(key) else {
                throw Failure(
                    .invalid, "missing key \(key) for client certificate \(name) in \"\(path)\"", hint: "CA certificates must end in .crt")
            }
            if client == nil { client = Pair(certificate: "\(path)/\(name)", key: "\(path)/\(key)") }
        }
        for name in names where name.hasSuffix(".key") && !names.contains(String(name.dropLast(4)) + ".cert") {
            throw Failure(.invalid, "missing client certificate \(name.dropLast(4)).cert for key \(name) in \"\(path)\"")
        }
    }

    /// The authorities of the system, where distributions keep them.
    static let systemAuthorities: [UInt8] = {
        let own = Process.environment("SSL_CERT_FILE").map { [$0] } ?? []
        for path in own + [
            "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/ca-bundle.pem", "/etc/ssl/cert.pem",
        ] {
            if let bytes = try? HostFile.read(path, limit: bytesMax) { return bytes + [0x0A] }
        }
        return []
    }()
}
