import CCurl
import Primitives
import Testing

@testable import Registry

@Suite struct ParsingTests {
    @Test(
        "web addresses are read strictly",
        arguments: [
            ("https://a.b/c?d#e", "https://a.b/c?d"), ("HTTP://A.b:80", "http://a.b/"), ("http://a:8080/x", "http://a:8080/x"),
            ("https://[::1]:5000/x", "https://[::1]:5000/x"), ("https://a?x=1", "https://a/?x=1"), ("https://a:443/", "https://a/"),
        ])
    func web(_ text: String, _ shown: String) { #expect(WebAddress(text)?.description == shown) }

    @Test(
        "what is no plain web address is none",
        arguments: [
            "", "a.b/c", "ftp://a/", "https://", "https:///a", "https://u@a/", "https://u:p@a/", "https://a:0/", "https://a:65536/",
            "https://a:+1/",
            "https://a:/", "https://[::1/", "https://[x]/", "https://[::1%25eth0]/", "https://a b/", "https://a\n/", "https://a\\b",
            "https://ä/",
            "https://-a/", "https://[::1]x/", "https://::1/",
        ])
    func noWeb(_ text: String) { #expect(WebAddress(text) == nil) }

    @Test(
        "a location is resolved against where it came from",
        arguments: [
            ("https://b/y", "https://b/y"), ("//b/y", "https://b/y"), ("/y?z", "https://a/y?z"), ("y", "https://a/p/y"),
            ("?z", "https://a/p/x?z"), ("y#f", "https://a/p/y"),
        ])
    func resolve(_ location: String, _ result: String) {
        #expect(WebAddress("https://a/p/x?q=/r")?.resolving(location)?.description == result)
    }

    @Test(
        "addresses are read strictly",
        arguments: [
            ("127.0.0.1", true), ("127.255.0.1", true), ("::1", true), ("0:0:0:0:0:0:0:1", true), ("128.0.0.1", false), ("::2", false),
            ("::", false),
            ("fe80::1", false), ("1:2:3:4:5:6:7:8", false), ("::127.0.0.1", false),
        ])
    func address(_ text: String, _ loopback: Bool) { #expect(HostAddress(text)?.isLoopback == loopback) }

    @Test(
        "what is no address is none",
        arguments: [
            "", "localhost", "127.1", "0127.0.0.1", "256.0.0.1", "1.2.3.4.5", ":::", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
            "12345::", "::1%lo", "1.2.3.4::", "+1::",
        ])
    func noAddress(_ text: String) { #expect(HostAddress(text) == nil) }

    @Test(
        "registries without TLS are those of the list",
        arguments: [
            ("reg.local:5000", "reg.local:5000", true), ("reg.local:5000", "reg.local:5001", false), ("reg.local", "reg.local:5001", true),
            ("10.0.0.0/8", "10.1.2.3:5000", true), ("10.0.0.0/8", "11.1.2.3", false), ("a, 10.1.0.0/15,b", "10.1.2.3", true),
            ("fd00::/8", "[fd12::1]:1", true),
            ("", "10.1.2.3", false), ("10.0.0.0/8", "ten.example", false),
        ])
    func insecure(_ list: String, _ domain: String, _ expected: Bool) throws {
        #expect(try RegistryEndpoint(domain: domain, insecure: InsecureRegistries(list: list)).isInsecure == expected)
    }

    @Test("a wrong list is refused", arguments: ["10.0.0.0/33", "http://a", "a/b", "a:b", "10.0.0.0/-1"])
    func insecureWrong(_ list: String) { #expect(throws: Failure.self) { try InsecureRegistries(list: list) } }

    @Test("Docker Hub's server has another name than its domain")
    func hub() throws {
        let endpoint = try RegistryEndpoint(domain: "docker.io", insecure: InsecureRegistries())
        #expect(endpoint.address("/v2/").description == "https://registry-1.docker.io/v2/")
        #expect(try RegistryEndpoint(domain: "localhost:5000", insecure: InsecureRegistries()).isInsecure)
    }

    static let challenges: [(String, [Challenge])] = [
        (
            #"Bearer realm="https://a/t",service="s",scope="x:y:pull,push""#,
            [Challenge(scheme: "bearer", parameters: ["realm": "https://a/t", "service": "s", "scope": "x:y:pull,push"])]
        ),
        (#"Basic realm="a \"b\", c""#, [Challenge(scheme: "basic", parameters: ["realm": #"a "b", c"#])]),
        (
            #"Negotiate, Basic realm=x , Bearer Realm = "y""#,
            [
                Challenge(scheme: "negotiate", parameters: [:]), Challenge(scheme: "basic", parameters: ["realm": "x"]),
                Challenge(scheme: "bearer", parameters: ["realm": "y"]),
            ]
        ),
        (#"Bearer realm="one",realm="two""#, [Challenge(scheme: "bearer", parameters: ["realm": "one"])]),
        (#"Bearer realm="open"#, []), ("", []), (",,,", []), ("=", []),
    ]

    @Test("challenges are read by the grammar", arguments: challenges)
    func challenge(_ text: String, _ expected: [Challenge]) { #expect(Challenge.parse([text]) == expected) }

    @Test("challenges are limited in number and size")
    func manyChallenges() {
        #expect(Challenge.parse(Array(repeating: "Basic", count: 100)).count == Challenge.challengesMax)
        #expect(Challenge.parse(["Bearer realm=\"\(String(repeating: "x", count: 9000))\""]).isEmpty)
        let many = (0..<100).map { "p\($0)=1" }.joined(separator: ",")
        #expect(Challenge.parse(["Bearer \(many)"]).first?.parameters.count == Challenge.parametersMax)
    }

    @Test(
        "base64 goes both ways",
        arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("user:pässwörd", "dXNlcjpww6Rzc3fDtnJk")])
    func base64(_ text: String, _ encoded: String) {
        #expect(Base64.encode(text) == encoded)
        #expect(Base64.decode(encoded) == Array(text.utf8))
    }

    @Test("what is no base64 is none", arguments: ["Z", "Zg=", "Z===", "Zm9v=", "Zm 9v", "Zm9v\n", "Zg==Zg==", "Zm-_"])
    func noBase64(_ text: String) { #expect(Base64.decode(text) == nil) }

    @Test(
        "hosts of one owner are related",
        arguments: [
            ("registry.gitlab.com", "gitlab.com", true), ("registry-1.docker.io", "auth.docker.io", true), ("ghcr.io", "ghcr.io", true),
            ("registry.redhat.io", "sso.redhat.com", true), ("a.example.com", "b.example.org", false),
            ("example.com", "notexample.com", false),
            ("a.co.uk", "b.co.uk", false), ("x.a.co.uk", "y.a.co.uk", true), ("a.github.io", "b.github.io", false),
            ("10.0.0.1", "10.0.0.2", false),
            ("com", "example.com", false), ("localhost", "localhost", false), ("1.s3.amazonaws.com", "2.s3.amazonaws.com", true),
            ("a..com", "b..com", false),
        ])
    func related(_ a: String, _ b: String, _ expected: Bool) {
        #expect(TokenRealm.areRelated(a, b) == expected && TokenRealm.areRelated(b, a) == expected)
    }

    @Test(
        "hostile text is made plain",
        arguments: [
            ("a\u{1b}[31mb", "a [31mb"), ("a\u{202E}b\u{200B}c", "a b c"), ("x\r\ny", "x  y"), ("grüße 🛶", "grüße 🛶"),
            ("\u{9b}31m", " 31m"),
        ])
    func shown(_ text: String, _ expected: String) { #expect(Shown.text(text) == expected) }

    @Test(
        "addresses that nobody may lead us to are known in every disguise",
        arguments: [
            ("169.254.1.2", 1), ("224.0.0.1", 1), ("255.255.255.255", 1), ("127.0.0.1", 2), ("0.0.0.0", 2), ("10.0.0.1", 0),
            ("192.0.2.1", 0),
            ("fe80::1", 1), ("febf::1", 1), ("fec0::1", 0), ("ff02::1", 1), ("::1", 2), ("::", 2), ("::ffff:127.0.0.1", 2),
            ("::ffff:169.254.1.1", 1),
            ("64:ff9b::169.254.1.1", 1), ("2002:a9fe:1::", 1), ("2001:db8::1", 0), ("fd00:ec2::254", 1), ("fd00::1", 0), ("::127.0.0.1", 2),
        ])
    func refused(_ text: String, _ expected: UInt32) throws {
        let bytes = try #require(HostAddress(text)).bytes
        var policy = cc_address_policy(refuse: 3, proxy_port: 0, refused: 0)
        #expect(cc_address_refused(&policy, bytes, Int32(bytes.count), 80) == expected)
        policy.refuse = 0
        #expect(cc_address_refused(&policy, bytes, Int32(bytes.count), 80) == 0)
        policy.refuse = 3
        policy.proxy_port = 3128
        #expect(cc_address_refused(&policy, bytes, Int32(bytes.count), 3128) == (expected == 2 ? 0 : expected))
    }
}
