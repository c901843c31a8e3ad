import LinuxSys
import Primitives
import TestSupport
import Testing

@testable import Registry

@Suite struct HelperTests {
    /// A helper that is this shell script. - Parameter body: sees the word as `$1`, and `$dir`.
    func script(_ body: String, timeoutMilliseconds: Int64 = 10_000) throws -> (CredentialHelper, Scratch) {
        let scratch = try Scratch("helper")
        let program = try scratch.write("docker-credential-fake", "#!/bin/sh\ndir=\(scratch.path)\n\(body)\n", mode: 0o755)
        return (CredentialHelper(program: program, timeoutMilliseconds: timeoutMilliseconds), scratch)
    }

    @Test("a credential is kept, found and erased")
    func life() throws {
        let (helper, scratch) = try script(
            #"case $1 in store) cat >$dir/ring;; get) cat >$dir/asked; cat $dir/ring 2>/dev/null || { echo "credentials not found in native keychain"; exit 1; };; erase) rm $dir/ring;; esac"#
        )
        #expect(try helper.get("a.example") == nil)
        try helper.store(.password(user: "alice", password: "se\"cret"), for: "a.example")
        #expect(try helper.get("a.example") == .password(user: "alice", password: "se\"cret"))
        #expect(HostFile.text("\(scratch.path)/asked") == "a.example")
        try helper.store(.identityToken("token"), for: "a.example")
        #expect(try helper.get("a.example") == .identityToken("token"))
        try helper.erase("a.example")
        #expect(try helper.get("a.example") == nil)
    }

    static let rubbish = [
        "echo secret", #"echo '{"Username":"a"}'"#, #"echo '{"Username":7,"Secret":"secret"}'"#, "echo '[]'", "true",
        #"printf '{"Username":"a\\nb","Secret":"secret"}'"#, #"printf '\377\376secret'"#,
        #"printf '{"Username":"a","Secret":"'; head -c 70000 /dev/zero | tr '\0' s; printf '"}'"#,
    ]

    @Test("garbage is an error that does not show it", arguments: rubbish)
    func garbage(_ body: String) throws {
        let (helper, scratch) = try script(body)
        let error = failure { _ = try helper.get("a.example") }
        #expect(error?.kind == .corrupt)
        #expect(error?.message.contains("secret") == false)
        withExtendedLifetime(scratch) {}
    }

    @Test("a helper that says no says why, cleaned for a terminal")
    func refuses() throws {
        let (helper, scratch) = try script(#"printf 'the ring is \033[31mlocked\n'; exit 3"#)
        let error = failure { _ = try helper.get("a.example") }
        #expect(error?.kind == .unavailable)
        #expect(
            error?.message.hasSuffix(#"docker-credential-fake get" ended with 3: the ring is  [31mlocked"#) == true,
            "\(error?.message ?? "")")
        withExtendedLifetime(scratch) {}
    }

    @Test("a helper that hangs is ended, and so is one that never stops talking", arguments: ["exec sleep 60", "exec cat /dev/zero"])
    func endless(_ body: String) throws {
        let (helper, scratch) = try script("echo $$ >$dir/pid\n" + body, timeoutMilliseconds: 500)
        let error = failure { _ = try helper.get("a.example") }
        #expect(error?.kind == (body.contains("sleep") ? .unavailable : .corrupt))
        let pid = try #require(HostFile.text("\(scratch.path)/pid")).prefix { $0 != "\n" }
        #expect(!HostFile.exists("/proc/\(pid)"))
    }

    @Test("what a helper leaves running is not waited for")
    func agent() throws {
        let (helper, scratch) = try script(#"sleep 30 2>/dev/null & echo $! >$dir/pid; echo '{"Username":"a","Secret":"b"}'"#)
        // Waiting for all of it would end with the time that a helper has.
        #expect(try helper.get("a.example") == .password(user: "a", password: "b"))
        let pid = try #require(HostFile.text("\(scratch.path)/pid")?.split { $0 == "\n" }.first.map(String.init))
        try Command("kill", [pid]).check()
    }

    @Test("a helper that is not there is named; a name that is no word is refused")
    func missing() throws {
        let error = failure { _ = try CredentialHelper("nobody-has-this").get("a") }
        #expect(error?.kind == .notFound)
        #expect(error?.message.contains("docker-credential-nobody-has-this") == true)
        for name in ["", "../evil", "a/b", "a b", "ä", String(repeating: "a", count: 65)] {
            #expect(failure { _ = try CredentialHelper(name) }?.kind == .invalid)
        }
    }

    @Test("what a helper said is handed on to another process, its failures too")
    func handed() throws {
        let store = try storeFile(#"{"credsStore":"nobody-has-this","auths":{"plain.example":{"auth":"YTpi"}}}"#)
        let bytes = try #require(HandedCredentials.collect([("a.example", "x"), ("plain.example", "x")], from: store.0))
        let handed = try HandedCredentials(bytes, otherwise: store.0)
        #expect(failure { _ = try handed.credential(domain: "a.example", path: "x") }?.message.contains("nobody-has-this") == true)
        #expect(try handed.credential(domain: "plain.example", path: "x") == .password(user: "a", password: "b"))
        let (plain, scratch) = try storeFile(#"{"auths":{"plain.example":{"auth":"YTpi"}}}"#)
        #expect(HandedCredentials.collect([("plain.example", "x"), ("none.example", "x")], from: plain) == nil)
        withExtendedLifetime((store.1, scratch)) {}
    }

    private func storeFile(_ text: String) throws -> (CredentialStore, Scratch) {
        let scratch = try Scratch("auth")
        return (CredentialStore(paths: [try scratch.write("config.json", text)]), scratch)
    }
}

@Suite struct CredentialEditorTests {
    func edited(_ text: String?, _ body: (CredentialEditor) throws -> Void) throws -> String? {
        let scratch = try Scratch("editor")
        let path = "\(scratch.path)/folder/config.json"
        if let text {
            _ = try scratch.directory("folder")
            try Directory.open("\(scratch.path)/folder").writeFile("config.json", Array(text.utf8), mode: 0o644, durable: false)
        }
        try body(CredentialEditor(path: path))
        #expect(HostFile.status(path).map { $0.mode & 0o777 } == 0o600)
        return HostFile.text(path)
    }

    let alice = RegistryCredential.password(user: "alice", password: "secret")

    @Test("a login is written as docker writes it, what else stands there stays")
    func store() throws {
        let text = try edited(#"{"HttpHeaders":{"a":"b"},"auths":{"x":{"auth":"YTpi"}},"later":[1]}"#) {
            let isClear = try $0.store(alice, user: "alice", domain: "127.0.0.1:5001")
            #expect(isClear)
        }
        let expected = """
            {
            \t"HttpHeaders": {
            \t\t"a": "b"
            \t},
            \t"auths": {
            \t\t"x": {
            \t\t\t"auth": "YTpi"
            \t\t},
            \t\t"127.0.0.1:5001": {
            \t\t\t"auth": "YWxpY2U6c2VjcmV0"
            \t\t}
            \t},
            \t"later": [
            \t\t1
            \t]
            }
            """
        #expect(text == expected)
    }

    @Test("Docker Hub and identity tokens have docker's form, in a file that was not there")
    func token() throws {
        let text = try edited(nil) { _ = try $0.store(.identityToken("refresh"), user: "alice", domain: "docker.io") }
        let json = try JSON.parse(Array(try #require(text).utf8))
        #expect(json["auths"] == ["https://index.docker.io/v1/": ["auth": "YWxpY2U6", "identitytoken": "refresh"]])
        let file = try CredentialFile(Array(try #require(text).utf8), path: "/f")
        #expect(file.find(domain: "docker.io", path: "library/x") == .credential(.identityToken("refresh")))
    }

    @Test("a logout takes every name of the registry, and nothing else")
    func erase() throws {
        let text = try edited(
            #"{"auths":{"a.example":{},"https://a.example":{},"http://a.example/v1/":{},"b.a.example":{},"a.example.b":{}}}"#
        ) {
            try $0.erase(domain: "a.example") { _ in Issue.record("no helper") }
        }
        let json = try JSON.parse(Array(try #require(text).utf8))
        #expect(json == ["auths": ["b.a.example": [:], "a.example.b": [:]]])
    }

    @Test("a file that cannot be read is left as it is", arguments: ["{\"auths\":rubbish", "[]", "{\"auths\":[]}", "null"])
    func rubbish(_ text: String) throws {
        let scratch = try Scratch("editor")
        let path = try scratch.write("config.json", text)
        let editor = CredentialEditor(path: path)
        #expect(failure { _ = try editor.store(alice, user: "alice", domain: "a.example") }?.kind == .invalid)
        #expect(failure { try editor.erase(domain: "a.example") { _ in } }?.kind == .invalid)
        #expect(HostFile.text(path) == text)
    }

    @Test("a link stays a link")
    func link() throws {
        let scratch = try Scratch("editor")
        _ = try scratch.directory("real")
        let directory = try Directory.open(scratch.path)
        try Directory.open("\(scratch.path)/real").writeFile("c.json", Array("{}".utf8), durable: false)
        try directory.createLink("config.json", to: "real/c.json")
        _ = try CredentialEditor(path: "\(scratch.path)/config.json").store(alice, user: "alice", domain: "a.example")
        #expect(directory.readLink("config.json") == "real/c.json")
        #expect(HostFile.text("\(scratch.path)/real/c.json")?.contains("a.example") == true)
    }

    @Test(
        "what stands after login becomes a domain",
        arguments: [
            ("", "docker.io"), ("docker.io", "docker.io"), ("https://index.docker.io/v1/", "docker.io"), ("a.example", "a.example"),
            ("http://127.0.0.1:5001/v2/", "127.0.0.1:5001"), ("a/b", "a"),
        ])
    func domain(_ text: String, _ domain: String) throws { #expect(try CredentialEditor.domain(text) == domain) }

    @Test("what is no host is refused", arguments: ["a b", "a@b", "a:x", "-a", "ä"])
    func noDomain(_ text: String) { #expect(failure { _ = try CredentialEditor.domain(text) }?.kind == .invalid) }
}

@Suite struct LoginTests {
    func login(_ registry: FakeRegistry, _ password: String = "se:cret") throws -> String? {
        try RegistryClient.login(registry.address, .password(user: "alice", password: password), settings: Recorder().settings())
    }

    @Test("a login is proved, by password or by token")
    func proved() throws {
        let registry = try FakeRegistry()
        registry.allow(.basic(user: "alice", password: "se:cret"))
        #expect(try login(registry) == nil)
        let error = failure { _ = try login(registry, "wrong") }
        #expect(error == Failure(.denied, "login attempt to http://\(registry.address)/v2/ failed with status: 401 Unauthorized"))
        registry.allow(.everybody)
        #expect(try login(registry, "anything") == nil)
    }

    @Test("an identity token is taken in place of the password, and bought with no scope")
    func identity() throws {
        let registry = try FakeRegistry()
        registry.intercept { request in
            if request.path == "/token" { return FakeResponse(200, [], #"{"token":"t","refresh_token":"refresh"}"#) }
            if request["authorization"] == "Bearer t" { return FakeResponse(200, [], "{}") }
            return .error(
                401, "UNAUTHORIZED", "", [("WWW-Authenticate", #"Bearer realm="http://\#(request["host"] ?? "")/token",service="fake""#)])
        }
        #expect(try login(registry) == "refresh")
        let asked = try #require(registry.requests.first { $0.path == "/token" })
        #expect(asked.query == "service=fake&client_id=proa&offline_token=true&account=alice")
        #expect(asked["authorization"] == "Basic " + FakeRegistry.base64("alice:se:cret"))
    }

    @Test("a token server that refuses is told without the password")
    func refused() throws {
        let registry = try FakeRegistry()
        registry.allow(.bearer(user: "alice", password: "right"))
        let error = failure { _ = try login(registry) }
        #expect(error?.kind == .denied)
        #expect(error?.message.contains("refused your credentials") == true)
        #expect(error?.message.contains("se:cret") == false)
    }
}
