import LinuxSys
import Primitives
import TestSupport
import Testing

@Suite struct RegistryCommandTests {
    @Test("a login is kept for pull and push, and forgotten by logout")
    func login() throws {
        let registry = try FakeRegistry()
        registry.allow(.basic(user: "alice", password: "secret"))
        let proa = try Proa.withBusybox()
        let name = "\(registry.address)/app"
        try proa.check("tag", "busybox", name)
        let wrong = try proa("login", "-u", "alice", "--password-stdin", registry.address, input: "wrong\n")
        #expect(wrong.status == 1)
        #expect(wrong.errorText == "Error: login attempt to http://\(registry.address)/v2/ failed with status: 401 Unauthorized\n")
        let right = try proa("login", "-u", "alice", "--password-stdin", registry.address, input: "secret\n")
        #expect(right.text == "Login Succeeded\n")
        let file = "\(proa.environment["HOME"] ?? "")/.docker/config.json"
        #expect(right.errorText.contains("WARNING! Your credentials are stored unencrypted in '\(file)'."))
        try proa.check("push", "-q", name)
        try proa.check("pull", "-q", name)
        let again = try proa("login", registry.address)
        #expect(
            again.text == "Login Succeeded\n" && again.errorText.hasPrefix("Authenticating with existing credentials... [Username: alice]"))
        #expect(try proa.check("logout", registry.address).text == "Removing login credentials for \(registry.address)\n")
        #expect(try proa("pull", "-q", name).status == 1)
        #expect(HostFile.text(file) == "{\n\t\"auths\": {}\n}")
    }

    @Test("mistakes of login are told as docker does")
    func mistakes() throws {
        let proa = try Proa()
        let none = try proa("login", "127.0.0.1:1")
        #expect(none.status == 1 && none.errorText == "Error: Cannot perform an interactive login from a non TTY device\n")
        #expect(
            try proa("login", "--password-stdin", "127.0.0.1:1").errorText.contains(
                "the --password-stdin option requires --username to be set"))
        #expect(try proa("login", "-u", "a", "-p", "b", "--password-stdin", "127.0.0.1:1").errorText.contains("conflicting options"))
        #expect(try proa("login", "-u", "a", "--password-stdin", "127.0.0.1:1").errorText.contains("password is empty"))
        let insecure = try proa("login", "-u", "a", "-p", "b", "127.0.0.1:1")
        #expect(insecure.errorText.hasPrefix("WARNING! Using --password via the CLI is insecure. Use --password-stdin.\n"))
        #expect(insecure.status == 1)
    }

    @Test("a password typed on a terminal is not shown")
    func prompt() throws {
        let registry = try FakeRegistry()
        registry.allow(.basic(user: "alice", password: "secret"))
        let proa = try Proa()
        let terminal = try proa.terminal("login", registry.address)
        try terminal.expect("Username: ")
        try terminal.send("alice\r")
        try terminal.expect("Password: ")
        try terminal.send("secret\r")
        #expect(try !terminal.expect("Login Succeeded").contains("secret"))
        #expect(try terminal.end() == 0)
        withExtendedLifetime(proa) {}
    }

    @Test("a credential helper is asked outside every namespace, and one that is missing is told only where it matters")
    func helper() throws {
        let registry = try FakeRegistry()
        registry.allow(.basic(user: "alice", password: "secret"))
        let bin = try Scratch("bin")
        try bin.write(
            "docker-credential-fake", "#!/bin/sh\nid -u >\(bin.path)/uid\necho '{\"Username\":\"alice\",\"Secret\":\"secret\"}'\n",
            mode: 0o755)
        let proa = try Proa(environment: ["PATH": "\(bin.path):/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"])
        let folder = try proa.scratch.directory("home/.docker")
        let config = try Directory.open(folder)
        let layer = [UInt8](repeating: 0, count: 1024)
        registry.addImage("app", layers: [layer], diffIDs: [SHA256.of(layer)], layerType: "application/vnd.oci.image.layer.v1.tar")
        try config.writeFile("config.json", Array(#"{"credsStore":"nobody-has-this"}"#.utf8), durable: false)
        let refused = try proa("pull", "-q", "\(registry.address)/app")
        #expect(refused.status == 1 && refused.errorText.contains("docker-credential-nobody-has-this\" is not installed"))
        try config.writeFile("config.json", Array(#"{"credsStore":"fake"}"#.utf8), durable: false)
        try proa.check("pull", "-q", "\(registry.address)/app")
        #expect(HostFile.text("\(bin.path)/uid") == "\(Process.effectiveUserID)\n")
        registry.allow(.everybody)
        try config.writeFile("config.json", Array(#"{"credsStore":"nobody-has-this"}"#.utf8), durable: false)
        try proa.check("pull", "-q", "\(registry.address)/app")
    }

    @Test("one registries.conf serves pull and run: mirrors, aliases, blocked registries")
    func registries() throws {
        let name = try TestImages.pushedBusybox()
        let address = try RealRegistry.start().address
        let scratch = try Scratch("registries")
        let file = try scratch.write(
            "registries.conf",
            """
            [[registry]]
            prefix = "far.example"
            location = "nowhere.invalid"
            [[registry.mirror]]
            location = "\(address)"
            [[registry]]
            prefix = "evil.example"
            blocked = true
            [aliases]
            "bb" = "far.example/busybox"
            """)
        let proa = try Proa(environment: ["CONTAINERS_REGISTRIES_CONF": file])
        #expect(try proa.check("run", "--rm", "-q", "far.example/busybox", "echo", "mirrored").text == "mirrored\n")
        #expect(try proa.check("images", "--format", "{{.Repository}}").line == "far.example/busybox")
        #expect(try proa.check("pull", "-q", "bb").line == "far.example/busybox:latest")
        #expect(try proa.check("run", "--rm", "bb", "echo", "alias").text == "alias\n")
        #expect(try proa.inspect("bb", "{{.Id}}") == proa.inspect("far.example/busybox", "{{.Id}}"))
        let blocked = try proa("pull", "evil.example/x")
        #expect(blocked.status == 1 && blocked.errorText.contains("is blocked in registries.conf"))
        try scratch.write("registries.conf", "[[registry]\n")
        #expect(try proa("pull", "-q", name).errorText == "Error: \"\(file)\": line 1: expected \"]\"\n")
    }

    @Test("a proxy is asked for registries elsewhere, and not led to a link-local address by them")
    func proxy() throws {
        let layer = [UInt8](repeating: 0, count: 1024)
        let behind = try FakeRegistry()
        behind.addImage("app", layers: [layer], diffIDs: [SHA256.of(layer)], layerType: "application/vnd.oci.image.layer.v1.tar")
        // A proxy gets whole addresses; this one serves them itself, as the registry.
        behind.intercept { request in
            if request.target == "http://reg.example:5000/v2/lured/manifests/latest" {
                return .to("http://169.254.169.254/latest/meta-data")
            }
            return request.target.hasPrefix("http://reg.example:5000/") ? nil : FakeResponse(502)
        }
        let proa = try Proa(environment: [
            "HTTP_PROXY": "http://\(behind.address)", "HTTPS_PROXY": "http://127.0.0.1:1", "PROA_INSECURE_REGISTRIES": "reg.example:5000",
        ])
        let lured = try proa("pull", "reg.example:5000/lured")
        #expect(lured.status == 1 && lured.errorText.contains("leads to an address that no registry may send us to"))
        #expect(behind.requests.allSatisfy { !$0.target.contains("169.254") })
        #expect(behind.requests.contains { $0.target == "http://reg.example:5000/v2/" })
    }

    @Test("search shows docker's columns, from a search or a catalogue")
    func search() throws {
        let registry = try FakeRegistry()
        let text = String(repeating: "long ", count: 20)
        registry.intercept { request in
            guard request.path == "/v1/search" else { return nil }
            return FakeResponse(
                200, [],
                #"{"results":[{"name":"few","description":"a\nb","star_count":1},{"name":"many","description":"\#(text)","star_count":20,"is_official":true}]}"#
            )
        }
        let proa = try Proa()
        let lines = try proa.check("search", "\(registry.address)/x").lines
        #expect(lines[0] == "NAME      DESCRIPTION                                     STARS     OFFICIAL")
        #expect(lines[1] == "many      long long long long long long long long long…   20        [OK]")
        #expect(lines[2].hasPrefix("few       a b "))
        #expect(registry.requests.last?.query == "q=x&n=25")
        #expect(
            try proa.check("search", "--filter", "stars=2", "--format", "{{.Name}} {{.StarCount}}", "\(registry.address)/x").text
                == "many 20\n")
        #expect(try proa.check("search", "--filter", "is-official=false", "--format", "{{.Name}}", "\(registry.address)/x").text == "few\n")
        #expect(try proa("search", "--limit", "101", "x").errorText == "Error: limit 101 is outside the range of [1, 100]\n")
        #expect(try proa("search", "--filter", "colour=red", "x").errorText == "Error: invalid filter 'colour'\n")
        registry.intercept { request in
            request.path == "/v2/_catalog"
                ? FakeResponse(200, [], #"{"repositories":["team/app","other"]}"#) : request.path == "/v1/search" ? FakeResponse(404) : nil
        }
        #expect(try proa.check("search", "--format", "{{.Name}}", "\(registry.address)/app").text == "\(registry.address)/team/app\n")
    }

    @Test("what is attached to an image is listed, by the registry or by the tag of the old form", arguments: [true, false])
    func referrers(_ hasList: Bool) throws {
        let registry = try FakeRegistry()
        let layer = [UInt8](repeating: 0, count: 1024)
        let image = registry.addImage("app", layers: [layer], diffIDs: [SHA256.of(layer)])
        let digest = SHA256.of("attached")
        let list =
            #"{"schemaVersion":2,"mediaType":"\#(FakeRegistry.indexType)","manifests":[{"mediaType":"\#(FakeRegistry.manifestType)","digest":"\#(digest)","size":1234,"artifactType":"application/spdx+json"}]}"#
        if hasList {
            registry.intercept {
                $0.path == "/v2/app/referrers/\(image)" ? FakeResponse(200, [("Content-Type", FakeRegistry.indexType)], list) : nil
            }
        } else {
            registry.addManifest("app", tag: "sha256-\(image.hex)", list, type: FakeRegistry.indexType)
        }
        let proa = try Proa()
        let name = "\(registry.address)/app"
        let lines = try proa.check("image", "referrers", name).lines
        #expect(lines[0].hasPrefix("DIGEST ") && lines[0].contains("ARTIFACT TYPE") && lines[0].hasSuffix("SIZE"))
        #expect(lines[1].hasPrefix("\(digest)   application/spdx+json   1.23"))
        #expect(try proa.check("image", "referrers", "-q", "--artifact-type", "application/spdx+json", name).line == digest.description)
        #expect(try proa.check("image", "referrers", "-q", "--artifact-type", "other", name).text == "")
    }
}
