import Primitives
import TestSupport
import Testing

@testable import Registry

@Suite struct AuthenticationTests {
    let alice = RegistryCredential.password(user: "alice", password: "se:cret")

    func registry(_ access: FakeRegistry.Access) throws -> FakeRegistry {
        let registry = try FakeRegistry()
        registry.addManifest("team/app", tag: "1", manifestText)
        registry.addManifest("other", tag: "1", manifestText)
        registry.allow(access)
        return registry
    }

    func client(_ registry: FakeRegistry, _ credential: RegistryCredential? = nil) -> RegistryClient {
        let settings = Recorder().settings()
        guard let credential else { return RegistryClient(settings) }
        return RegistryClient(settings, credentials: OneCredential(domain: registry.address, value: credential))
    }

    func pull(_ client: RegistryClient, _ registry: FakeRegistry, _ name: String = "team/app:1") throws {
        _ = try client.resolve(try ImageReference("\(registry.address)/\(name)"))
    }

    @Test("a basic challenge is answered, and without being asked again the next time")
    func basic() throws {
        let registry = try registry(.basic(user: "alice", password: "se:cret"))
        let client = client(registry, alice)
        try pull(client, registry)
        try pull(client, registry)
        #expect(registry.requests.filter { $0.path.contains("/manifests/") }.map { $0["authorization"] != nil } == [false, true, true])
    }

    @Test("without or with wrong credentials a basic registry refuses in docker's words")
    func basicRefused() throws {
        let registry = try registry(.basic(user: "alice", password: "right"))
        let none = failure { try pull(client(registry), registry) }
        #expect(
            none
                == Failure(
                    .denied, #"registry "\#(registry.address)": repository "team/app": no basic auth credentials"#,
                    hint: "log in with `docker login \(registry.address)`"))
        let wrong = failure { try pull(client(registry, alice), registry) }
        #expect(wrong?.kind == .denied)
        #expect(wrong?.message.hasSuffix("unauthorized: authentication required") == true)
    }

    @Test("a token is got once per repository, for our own scope and without credentials when there are none")
    func bearer() throws {
        let registry = try registry(.bearer())
        let client = client(registry)
        try pull(client, registry)
        try pull(client, registry)
        try pull(client, registry, "other:1")
        let tokens = registry.requests.filter { $0.path == "/token" }
        #expect(
            tokens.map(\.query) == [
                "service=fake&scope=repository%3Ateam%2Fapp%3Apull", "service=fake&scope=repository%3Aother%3Apull",
            ])
        #expect(tokens.allSatisfy { $0["authorization"] == nil })
    }

    @Test("a token server gets the credentials, the registry only the token")
    func bearerWithCredentials() throws {
        let registry = try registry(.bearer(user: "alice", password: "se:cret"))
        try pull(client(registry, alice), registry)
        for request in registry.requests where request.path != "/token" {
            #expect(request["authorization"]?.hasPrefix("Basic") != true)
        }
        let error = failure { try pull(client(registry, .password(user: "alice", password: "wrong")), registry) }
        #expect(error?.kind == .denied)
        #expect(error?.message.hasSuffix("refused your credentials: HTTP 401: incorrect username or password") == true)
    }

    @Test("an identity token is posted as a refresh token")
    func identityToken() throws {
        let registry = try registry(.bearer())
        registry.intercept { request in
            guard request.path == "/token", request.method == "POST" else { return nil }
            let form = String(decoding: request.body, as: UTF8.self)
            #expect(
                form == "grant_type=refresh_token&service=fake&client_id=proa&scope=repository%3Ateam%2Fapp%3Apull&refresh_token=a%2Fb%3D")
            return FakeResponse(200, [], #"{"access_token":"token-of-repository:team/app:pull"}"#)
        }
        try pull(client(registry, .identityToken("a/b=")), registry)
    }

    @Test("a token that has ended is renewed")
    func renewed() throws {
        let registry = try registry(.bearer())
        let client = client(registry)
        try pull(client, registry)
        registry.intercept { request in
            guard request["authorization"] == "Bearer token-of-repository:team/app:pull", request.path.contains("/manifests/"),
                registry.requests.filter({ $0.path.contains("/manifests/") }).count == 3
            else { return nil }
            return .error(401, "UNAUTHORIZED", "expired", [("WWW-Authenticate", #"Bearer realm="http://\#(registry.address)/token""#)])
        }
        try pull(client, registry)
        #expect(registry.requests.filter { $0.path == "/token" }.count == 2)
    }

    @Test(
        "a foreign token server never sees the credentials, a plain one not even the question",
        arguments: [
            ("https://tokens.invalid/token", "asks for your credentials to be sent to another host, \"tokens.invalid\""),
            ("http://tokens.invalid/token", "has no TLS"),
            ("ftp://127.0.0.1/token", "is no web address"),
            ("https://user:pw@127.0.0.1/token", "is no web address"),
            ("", "is no web address"),
        ])
    func foreignRealm(_ realm: String, _ words: String) throws {
        let registry = try registry(.bearer(realm: realm))
        let error = failure { try pull(client(registry, alice), registry) }
        #expect(error?.kind == .denied)
        #expect(error?.message.contains(words) == true, "\(String(describing: error))")
    }

    static let tokens: [FakeResponse] = [
        FakeResponse(200, [], "{}"), FakeResponse(200, [], #"{"token":""}"#), FakeResponse(200, [], #"{"token":"a\r\nX-Evil: 1"}"#),
        FakeResponse(200, [], #"{"token":7}"#), FakeResponse(200, [], "x"), FakeResponse(body: .endless([0x20])),
        FakeResponse(200, [], #"{"token":"\#(String(repeating: "t", count: 40_000))"}"#),
    ]

    @Test("a token answer that holds no usable token is refused", arguments: tokens)
    func badToken(_ response: FakeResponse) throws {
        let registry = try registry(.bearer())
        registry.intercept { $0.path == "/token" ? response : nil }
        #expect(failure { try pull(client(registry), registry) }?.kind == .corrupt)
    }

    @Test("a registry that is never satisfied is asked twice and no more")
    func never() throws {
        let registry = try registry(.bearer())
        registry.intercept { request in
            guard request.path.contains("/manifests/") else { return nil }
            return .error(
                401, "UNAUTHORIZED", "no",
                [("WWW-Authenticate", #"Bearer realm="http://\#(registry.address)/token",error="insufficient_scope""#)])
        }
        let error = failure { try pull(client(registry), registry) }
        #expect(error?.kind == .notFound)
        #expect(
            error?.message
                == "pull access denied for \(registry.address)/team/app, repository does not exist or may require 'docker login': denied: requested access to the resource is denied"
        )
        #expect(registry.requests.filter { $0.path.contains("/manifests/") }.count == 2)
    }

    struct NeedsHelper: CredentialSource {
        func credential(domain: String, path: String) throws(Failure) -> RegistryCredential? { throw Failure(.unsupported, "helper") }
    }

    @Test("a credential that cannot be had matters only where it is needed")
    func helper() throws {
        let open = try registry(.bearer())
        try pull(RegistryClient(Recorder().settings(), credentials: NeedsHelper()), open)
        let closed = try registry(.basic(user: "a", password: "b"))
        #expect(
            failure { try pull(RegistryClient(Recorder().settings(), credentials: NeedsHelper()), closed) }
                == Failure(.unsupported, "helper"))
    }
}
