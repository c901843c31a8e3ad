import CCurl
import LinuxSys
import OCI
import Primitives
import TestSupport
import Testing

@testable import Registry

/// The rules about whom to trust, where no server is needed.
@Suite struct RuleTests {
    func endpoint(_ domain: String) throws -> RegistryEndpoint {
        try RegistryEndpoint(domain: domain, insecure: InsecureRegistries(list: "open.example, 10.0.0.0/8"))
    }

    @Test(
        "who may lead us to this host or to a link-local address",
        arguments: [
            // The registry's own host may be anywhere but link-local; whoever it sends us to may not be this host, either.
            ("reg.example", "https://reg.example/", 1), ("reg.example", "https://cdn.example/", 3),
            ("reg.example", "https://localhost/", 3),
            ("docker.io", "https://registry-1.docker.io/", 1), ("docker.io", "https://auth.docker.io/", 3),
            // A registry on this host, or one that the user marked, may send us to this host.
            ("localhost:5000", "http://127.0.0.1:5001/", 1), ("localhost:5000", "http://localhost:5000/", 0),
            ("open.example", "https://cdn.example/", 1),
            ("10.1.2.3:5000", "http://10.1.2.3:5000/", 0),
        ])
    func addresses(_ domain: String, _ target: String, _ expected: UInt32) throws {
        #expect(try endpoint(domain).refusedAddresses(for: try #require(WebAddress(target))) == expected)
    }

    @Test(
        "certificates are checked everywhere but on an insecure registry itself",
        arguments: [
            ("reg.example", "https://reg.example/", true), ("reg.example", "https://cdn.example/", true),
            ("open.example", "https://open.example/", false),
            ("open.example", "https://cdn.example/", true), ("open.example", "https://open.example:444/", true),
            ("127.0.0.1:5000", "https://127.0.0.1:5000/", false),
        ])
    func certificates(_ domain: String, _ target: String, _ expected: Bool) throws {
        #expect(try endpoint(domain).verifiesPeer(try #require(WebAddress(target))) == expected)
    }

    func redirect(_ domain: String, _ from: String, _ to: String) throws -> Result<WebAddress, Failure> {
        var head = HTTPHead()
        for line in ["HTTP/1.1 302 Found\r\n", "Location:  \(to) \r\n"] { try Array(line.utf8).withUnsafeBytes { try head.take(line: $0) } }
        let answer = HTTPAnswer(head: head, address: try #require(WebAddress(from)))
        let endpoint = try endpoint(domain)
        return Result { () throws(Failure) in try HTTPClient(RegistrySettings(userAgent: "t")).destination(of: answer, endpoint) }
    }

    @Test("a redirect never leaves TLS, except for a registry that may be without")
    func downgrade() throws {
        #expect(
            try redirect("reg.example", "https://reg.example/a", "http://cdn.example/b")
                == .failure(Failure(.denied, #"registry "reg.example": redirects to "http://cdn.example/b", which has no TLS"#)))
        #expect(try redirect("reg.example", "https://reg.example/a", "https://cdn.example/b").get().host == "cdn.example")
        #expect(try redirect("open.example", "https://open.example/a", "http://cdn.example/b").get().scheme == .http)
    }

    static let realms: [(String, String, Bool?)] = [
        ("reg.example.com", "https://reg.example.com/t", true), ("reg.example.com", "https://auth.example.com/t", true),
        ("reg.example.com", "https://evil.test/t", false), ("reg.example.com", "https://trusted.test/t", true),
        ("reg.example.com", "http://reg.example.com/t", nil),
        ("open.example", "https://open.example/t", true), ("docker.io", "https://auth.docker.io/token", true),
        ("docker.io", "https://docker.io.evil.test/", false),
        ("reg.example.com", "https://169.254.169.254/", false),
    ]

    @Test("only a token server of the registry's owner, by TLS, may see credentials", arguments: realms)
    func realm(_ domain: String, _ text: String, _ expected: Bool?) throws {
        let challenge = Challenge(scheme: "bearer", parameters: ["realm": text])
        let endpoint = try endpoint(domain)
        let realm = Result { () throws(Failure) in try TokenRealm(challenge, of: endpoint, trusted: ["trusted.test"]) }
        if let expected {
            #expect(try realm.get().mayHaveCredentials == expected)
        } else {
            #expect(throws: Failure.self) { try realm.get() }
        }
    }

    @Test("a realm's own query is kept")
    func query() throws {
        let challenge = Challenge(scheme: "bearer", parameters: ["realm": "https://reg.example/t?x=1", "service": "a b&c"])
        let realm = try TokenRealm(challenge, of: try endpoint("reg.example"), trusted: [])
        #expect(
            realm.query(scope: "repository:x:pull").description == "https://reg.example/t?x=1&service=a%20b%26c&scope=repository%3Ax%3Apull"
        )
    }

    @Test(
        "causes are told apart, and only those that may pass are tried again",
        arguments: [
            (CURLE_COULDNT_RESOLVE_HOST, 0, .unresolved, false), (CURLE_COULDNT_CONNECT, 111, .refused, false),
            (CURLE_COULDNT_CONNECT, 113, .unreachable, true),
            (CURLE_OPERATION_TIMEDOUT, 0, .timedOut, true), (CURLE_PARTIAL_FILE, 0, .cutOff, true), (CURLE_RECV_ERROR, 104, .cutOff, true),
            (CURLE_SSL_CONNECT_ERROR, 0, .tls, false), (CURLE_PEER_FAILED_VERIFICATION, 0, .untrusted, false),
            (CURLE_OUT_OF_MEMORY, 0, .other, false),
        ] as [(CURLcode, Int, TransferProblem.Cause, Bool)])
    func causes(_ code: CURLcode, _ error: Int, _ cause: TransferProblem.Cause, _ again: Bool) throws {
        let address = try #require(WebAddress("https://reg.example/"))
        let problem = TransferProblem(code: code, text: "words", address, systemError: error, refused: 0)
        #expect(problem.cause == cause)
        #expect(problem.isTransient == again)
        #expect(problem.failure.message.contains("reg.example"))
    }

    @Test("an untrusted certificate is never a reason to try without TLS")
    func untrusted() throws {
        let address = try #require(WebAddress("https://reg.example/"))
        #expect(!TransferProblem(.untrusted, "", address).suggestsPlain)
        #expect(TransferProblem(.tls, "", address).suggestsPlain)
    }

    @Test("the user's variables are taken")
    func variables() throws {
        var settings = RegistrySettings(userAgent: "t")
        try settings.take { ["PROA_INSECURE_REGISTRIES": "a:5000", "PROA_TRUSTED_REALMS": "B.example,c"][$0] }
        #expect(try settings.insecure == InsecureRegistries(list: "a:5000"))
        #expect(settings.trustedRealmHosts == ["b.example", "c"])
        let error = failure { try settings.take { $0 == "PROA_INSECURE_REGISTRIES" ? "a/b" : nil } }
        #expect(error?.message == #"PROA_INSECURE_REGISTRIES: insecure registry "a/b": expected host[:port] or address/bits"#)
    }
}
