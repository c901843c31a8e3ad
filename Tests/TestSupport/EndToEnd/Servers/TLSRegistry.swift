import LinuxSys
package import Primitives

/// Debian's docker-registry with TLS: its certificate is by an authority nobody trusts, and it wants one from its
/// clients. By its address 0.0.0.0 it is no loopback registry to anybody; one per test process.
package final class TLSRegistry: Sendable {
    /// `0.0.0.0:40123`
    package let address: String
    /// Where `ca.crt`, `client.cert` and `client.key` lie, as in a folder of certs.d.
    package let certificates: String
    private let server: Server

    package static func start() throws(Failure) -> TLSRegistry { try shared.get() }
    private static let shared = Result { () throws(Failure) in try TLSRegistry() }

    private init() throws(Failure) {
        let port = try Loopback.freePort()
        address = "0.0.0.0:\(port)"
        let directory = try Scratch.unowned("tls-registry")
        certificates = directory + "/certs"
        try Command("/bin/sh", ["-euc", Self.script, "sh"], directory: directory).check()
        let configuration = """
            version: 0.1
            log: {level: warn}
            storage: {filesystem: {rootdirectory: \(directory)/data}}
            http:
              addr: "127.0.0.1:\(port)"
              tls: {certificate: \(directory)/server.crt, key: \(directory)/server.key, clientcas: [\(directory)/certs/ca.crt]}

            """
        try Directory.open(directory).writeFile("config.yml", Array(configuration.utf8), durable: false)
        server = try Server(["docker-registry", "serve", directory + "/config.yml"], directory: directory)
        try server.waitUntil("docker-registry with TLS") { Loopback.answers(port) }
    }

    private static let script = """
        mkdir certs
        openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test-ca -keyout ca.key -out certs/ca.crt 2>/dev/null
        for name in server client; do
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=$name" -keyout $name.key -out $name.csr 2>/dev/null
        done
        printf 'subjectAltName=IP:0.0.0.0,IP:127.0.0.1\\n' >server.ext
        printf 'extendedKeyUsage=clientAuth\\n' >client.ext
        openssl x509 -req -in server.csr -CA certs/ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile server.ext -out server.crt 2>/dev/null
        openssl x509 -req -in client.csr -CA certs/ca.crt -CAkey ca.key -CAcreateserial -days 2 -extfile client.ext -out certs/client.cert 2>/dev/null
        mv client.key certs/client.key
        """
}
