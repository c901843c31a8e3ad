import LinuxSys
import Primitives
import TestSupport
import Testing

@testable import Registry

@Suite struct CertificateTests {
    /// Asks a registry with TLS for an image it does not have, with these files in its folder of certs.d.
    func ask(_ files: [String]) throws -> Failure? {
        let registry = try TLSRegistry.start()
        let scratch = try Scratch("certs")
        let folder = try scratch.directory(registry.address)
        for file in files {
            try Directory.open(folder).writeFile(file, try HostFile.read("\(registry.certificates)/\(file)"), durable: false)
        }
        let client = RegistryClient(Recorder().settings { $0.certificateFolders = [scratch.path] })
        return failure { _ = try client.resolve(try ImageReference("\(registry.address)/no/such:1")) }
    }

    @Test("a registry with an authority of its own is trusted, and shown our certificate")
    func both() throws {
        #expect(try ask(["ca.crt", "client.cert", "client.key"])?.kind == .notFound)
    }

    @Test("without its authority a registry is not trusted, and the hint names what to do")
    func untrusted() throws {
        let error = try ask([])
        #expect(error?.kind == .unavailable)
        #expect(error?.message.contains("is not trusted") == true, "\(error?.message ?? "")")
    }

    @Test("without our certificate the registry does not talk to us")
    func noClient() throws {
        let error = try ask(["ca.crt"])
        #expect(error?.kind == .unavailable)
        #expect(error?.message.contains("not trusted") == false, "\(error?.message ?? "")")
    }

    @Test("a certificate without its key, and a key without its certificate, are told", arguments: ["client.cert", "client.key"])
    func half(_ file: String) throws {
        let error = try ask(["ca.crt", file])
        #expect(error?.kind == .invalid)
        #expect(error?.message.hasPrefix("missing ") == true)
    }

    @Test("folders are those of docker and podman, the user's first")
    func folders() {
        let folders = HostCertificates.folders { ["HOME": "/h", "XDG_CONFIG_HOME": "/c"][$0] }
        #expect(folders == ["/h/.docker/certs.d", "/c/containers/certs.d", "/etc/containers/certs.d", "/etc/docker/certs.d"])
    }

    static let proxies: [([String: String], WebAddress.Scheme, String?, UInt32)] = [
        ([:], .https, nil, 0), (["HTTPS_PROXY": "http://p:3128"], .https, "http://p:3128", 3128),
        (["https_proxy": "", "ALL_PROXY": "socks5h://p:9050/"], .https, "socks5h://p:9050/", 9050),
        (["HTTP_PROXY": "http://p:1"], .https, nil, 0), (["HTTP_PROXY": "p:1"], .http, "p:1", 1),
        (["HTTP_PROXY": "p:1", "http_proxy": "q:2"], .http, "q:2", 2), (["HTTP_PROXY": "p:1", "REQUEST_METHOD": "GET"], .http, nil, 0),
        (["HTTPS_PROXY": "http://p"], .https, "http://p", 1080),
    ]

    @Test("the user's proxy is found in the variables", arguments: proxies)
    func proxy(_ variables: [String: String], _ scheme: WebAddress.Scheme, _ expected: String?, _ port: UInt32) {
        #expect(UserProxy.address(for: scheme) { variables[$0] }?.text == expected)
        #expect(UserProxy.port(for: scheme) { variables[$0] } == port)
    }
}
