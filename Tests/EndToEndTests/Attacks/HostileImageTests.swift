import Glibc
import Layers
import LinuxSys
import Primitives
import TestSupport
import Testing

/// Archives and registries that lie.
@Suite struct HostileImageTests {
    typealias Build = @Sendable (Tar, String) throws(Failure) -> Void

    static let archives: [(String, Build)] = [
        ("dot-dot", { (tar, _) throws(Failure) in try tar.file("../../../../canary/file", "x") }),
        ("dot-dot inside", { (tar, _) throws(Failure) in try tar.file("a/../../../../../canary/new", "x") }),
        ("absolute", { (tar, canary) throws(Failure) in try tar.file(canary + "/file", "x") }),
        (
            "write through a link",
            { (tar, canary) throws(Failure) in
                try tar.link("out", to: canary)
                try tar.file("out/file", "x")
                try tar.directory("out/made", mode: 0o777)
            }
        ),
        (
            "write through a climbing link",
            { (tar, _) throws(Failure) in
                try tar.link("out", to: "../../../../../../canary")
                try tar.file("out/file", "x")
            }
        ),
        (
            "replace a link to a file",
            { (tar, canary) throws(Failure) in
                try tar.link("file", to: canary + "/file")
                try tar.file("file", "x", mode: 0o666)
            }
        ),
        (
            "links of links",
            { (tar, canary) throws(Failure) in
                try tar.link("a", to: "b/..")
                try tar.link("b", to: "../..")
                try tar.link("c", to: "a/b/../..\(canary)")
                try tar.file("c/file", "x")
            }
        ),
        (
            "a hard link out",
            { (tar, canary) throws(Failure) in
                try tar.add(.hardLink, "stolen", to: canary + "/file")
                try tar.file("stolen", "x")
            }
        ),
        (
            "a hard link out by a link",
            { (tar, canary) throws(Failure) in
                try tar.link("out", to: canary)
                try tar.add(.hardLink, "stolen", to: "out/file")
            }
        ),
        (
            "a hard link to a link",
            { (tar, canary) throws(Failure) in
                try tar.link("out", to: canary + "/file")
                try tar.add(.hardLink, "stolen", to: "out", mode: 0o777)
                try tar.file("stolen", "x")
            }
        ),
        (
            "the mode of a linked directory",
            { (tar, canary) throws(Failure) in
                try tar.link("out", to: canary)
                try tar.directory("out", mode: 0o777)
                try tar.directory("out/.", mode: 0o777)
            }
        ),
        ("the root as a link", { (tar, canary) throws(Failure) in try tar.link("./", to: canary) }),
        (
            "whiteouts of parents",
            { (tar, canary) throws(Failure) in
                try tar.link("out", to: canary)
                try tar.file("out/.wh.file", "")
                try tar.file("out/.wh..wh..opq", "")
                try tar.file(".wh...", "")
            }
        ),
        ("whiteouts of dots", { (tar, _) throws(Failure) in try tar.file(".wh..", "") }),
        ("a deep whiteout", { (tar, _) throws(Failure) in try tar.file("../.wh.canary", "") }),
        (
            "attributes of overlays",
            { (tar, canary) throws(Failure) in
                func attribute(_ name: String, _ value: String) -> TarEntry.Attribute {
                    .init(name: Array(name.utf8), value: Array(value.utf8))
                }
                try tar.add(
                    .directory, "redirected",
                    attributes: [
                        attribute("user.overlay.redirect", canary), attribute("trusted.overlay.redirect", canary),
                        attribute("user.overlay.opaque", "y"), attribute("user.overlay.metacopy", ""),
                        attribute("user.overlay.whiteouts", "y"),
                        attribute("security.selinux", "x"), attribute("user.mime", "ok"), attribute("system.posix_acl_access", "x"),
                    ])
                try tar.add(
                    .file, "meta",
                    attributes: [attribute("user.overlay.metacopy", ""), attribute("user.overlay.redirect", canary + "/file")])
            }
        ),
        (
            "a fifo in a directory's place",
            { (tar, _) throws(Failure) in
                try tar.add(.fifo, "bin2")
                try tar.file("bin2/x", "x")
            }
        ),
        (
            "odd bytes",
            { (tar, _) throws(Failure) in
                try tar.file("\u{1b}[31m\r\nred", "x")
                try tar.file("/\u{301}../\u{301}../\u{301}canary/file", "x")
                try tar.link("mark", to: "/\u{301}../../../../canary")
            }
        ),
    ]

    @Test("no archive writes, links or changes anything outside its layer", arguments: archives.indices)
    func archive(_ index: Int) throws {
        let (name, build) = Self.archives[index]
        // The canary also lies where a climb out of the staging directory arrives.
        let attack = try Attack([:], build)
        let outcome = try attack.run(
            [], "cat /out/file /stolen /file /meta /redirected/file \(attack.canary)/file; ls /redirected; echo ran")
        #expect(!attack.leaks(outcome), "\(name): \(outcome.text)")
        #expect(outcome.text.hasSuffix("ran\n") || outcome.errorText.contains("layer"), "\(name): \(outcome)")
        #expect(!outcome.errorText.contains("\u{1b}"), "\(name)")
        #expect(try attack.isUntouched(), "\(name)")
        // Whatever was refused is not left behind as an image.
        if outcome.status == 125 { #expect(try attack.proa(["images", "-q"]).text == "", "\(name)") }
    }

    private func served(_ change: (FakeRegistry) throws -> Void) throws -> (Proa, FakeRegistry, Outcome) {
        let proa = try Proa("attack")
        let registry = try FakeRegistry()
        try change(registry)
        let outcome = try proa.command(["pull", "\(registry.address)/hostile"], timeoutSeconds: 30).run()
        return (proa, registry, outcome)
    }

    private func manifest(_ config: String, layer: String = "", more: String = "") -> String {
        let layers = layer.isEmpty ? "" : #"{"mediaType":"\#(FakeRegistry.layerType)","digest":"\#(layer)","size":10}"#
        return #"""
            {"schemaVersion":2,"mediaType":"\#(FakeRegistry.manifestType)","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"\#(config)","size":2},"layers":[\#(layers)]\#(more)}
            """#
    }

    @Test(
        "a digest that is a path is refused before anything is asked for or written (CVE-2024-3727)",
        arguments: [
            "sha256:../../../canary/file", "sha256:/etc/passwd", "../../x", "sha256:", "sha256:\(String(repeating: "a", count: 63))",
            "sha256:\(String(repeating: "a", count: 63))/", "sha256:\(String(repeating: "A", count: 64))",
            "md5:\(String(repeating: "a", count: 32))",
            "sha512:\(String(repeating: "../", count: 42))aa", "sha256:\(String(repeating: "a", count: 64))/../../../x", "",
            "sha256:%2e%2e%2f",
        ])
    func digests(_ digest: String) throws {
        for text in [manifest(digest), manifest("sha256:\(String(repeating: "b", count: 64))", layer: digest.isEmpty ? "x" : digest)] {
            let (proa, registry, outcome) = try served { $0.addManifest("hostile", tag: "latest", text) }
            #expect(outcome.status == 1, "\(outcome)")
            #expect(registry.requests.allSatisfy { !$0.path.contains("..") && !$0.path.contains("passwd") && !$0.path.contains("%2e") })
            #expect(try proa.check("images", "-q").text == "")
        }
    }

    @Test("a manifest that is also an index is refused, whatever its header says (CVE-2021-41190)")
    func twoShapes() throws {
        let other =
            #","manifests":[{"mediaType":"\#(FakeRegistry.manifestType)","digest":"sha256:\#(String(repeating: "a", count: 64))","size":2}]"#
        for type in [FakeRegistry.manifestType, FakeRegistry.indexType] {
            let text = manifest("sha256:\(String(repeating: "b", count: 64))", more: other)
            let (_, registry, outcome) = try served { $0.addManifest("hostile", tag: "latest", text, type: type) }
            #expect(outcome.status == 1)
            #expect(!registry.requests.contains { $0.path.contains("/blobs/") || $0.path.contains("sha256:a") }, "\(outcome.errorText)")
        }
    }

    @Test("a document of another size or kind than it may have is refused quickly")
    func sizes() throws {
        let big = String(repeating: " ", count: 9 << 20)
        #expect(
            try served { $0.addManifest("hostile", tag: "latest", manifest("sha256:\(String(repeating: "b", count: 64))") + big) }.2.status
                == 1)
        let deep = String(repeating: "[", count: 100_000)
        #expect(try served { $0.addManifest("hostile", tag: "latest", deep) }.2.status == 1)
        let entry = #"{"mediaType":"\#(FakeRegistry.layerType)","digest":"sha256:\#(String(repeating: "c", count: 64))","size":10}"#
        let many = Array(repeating: entry, count: 10_000).joined(separator: ",")
        let text = manifest("sha256:\(String(repeating: "b", count: 64))").replacing("\"layers\":[]", with: "\"layers\":[\(many)]")
        let (_, registry, outcome) = try served { $0.addManifest("hostile", tag: "latest", text) }
        #expect(outcome.status == 1 && registry.requests.count < 10)
        // An image configuration of 100 MB is announced, and not fetched.
        let huge = manifest("sha256:\(String(repeating: "b", count: 64))").replacing("\"size\":2}", with: "\"size\":104857600}")
        let (_, asked, refused) = try served { $0.addManifest("hostile", tag: "latest", huge) }
        #expect(refused.status == 1 && !asked.requests.contains { $0.path.contains("/blobs/") }, "\(refused.errorText)")
    }

    @Test("a layer that is not what its digest says leaves nothing behind, however far it was unpacked")
    func wrongDigest() throws {
        let tar = Tar()
        try tar.file("evil", "x")
        let bytes = try tar.finished()
        let proa = try Proa("attack")
        let registry = try FakeRegistry()
        registry.addImage(
            "hostile", layers: [bytes], diffIDs: [SHA256.of([1])], layerType: "application/vnd.oci.image.layer.v1.tar",
            config: ["Cmd": .strings(["x"])])
        #expect(try proa("pull", "\(registry.address)/hostile").status == 1)
        let fresh = try Proa("attack")
        let other = try FakeRegistry()
        other.addImage(
            "hostile", layers: [bytes], diffIDs: [SHA256.of(bytes)], layerType: "application/vnd.oci.image.layer.v1.tar", config: [:])
        other.addBlob(bytes.reversed(), as: SHA256.of(bytes))
        #expect(try fresh("pull", "\(other.address)/hostile").status == 1)
        #expect(try proa.check("images", "-q").text == "")
        #expect(try fresh.check("images", "-q").text == "")
        let found = try Command("find", [proa.scratch.path + "/data", fresh.scratch.path + "/data", "-name", "evil"]).check().text
        #expect(found == "")
    }

    @Test("a gzip bomb ends at its limit, in little memory (a file of 64 GiB in 64 MiB)", .timeLimit(.minutes(1)))
    func bomb() throws {
        // A header that announces more than one file may have, with zeros behind it.
        let tar = Tar()
        try tar.file("head", "x")
        var bytes = try tar.finished()
        bytes.removeLast(1024)
        let scratch = try Scratch("bomb")
        try Command(
            "/bin/sh",
            [
                "-euc",
                "mkdir d; truncate -s 5T d/huge 2>/dev/null || truncate -s 2T d/huge; tar -C d --sparse -cf l.tar huge; gzip -c l.tar >l.gz",
            ],
            directory: scratch.path
        ).check()
        let layer = try HostFile.read(scratch.path + "/l.gz")
        let diff = try Command("sha256sum", [scratch.path + "/l.tar"]).check().text.prefix(64)
        let proa = try Proa("attack")
        let registry = try FakeRegistry()
        registry.addImage("hostile", layers: [layer], diffIDs: [try #require(Digest("sha256:\(diff)"))])
        let command = try proa.command(["pull", "\(registry.address)/hostile"], timeoutSeconds: 30)
        let outcome = try command.run()
        #expect(outcome.status == 1, "\(outcome)")
        #expect(try proa.check("images", "-q").text == "")
    }

    private func pull(_ attack: Attack, password: String) throws -> Outcome {
        let config = try attack.proa.scratch.directory("config-of-docker")
        let auth = FakeRegistry.base64("me:\(password)")
        try attack.proa.scratch.put("config-of-docker/config.json", #"{"auths":{"\#(attack.registry.address)":{"auth":"\#(auth)"}}}"#)
        return try attack.proa.command(["--config", config, "pull", attack.image], timeoutSeconds: 30).run()
    }

    @Test("credentials do not follow a redirect to another server")
    func redirectedCredentials() throws {
        let thief = try FakeRegistry()
        let attack = try Attack()
        let address = thief.address
        attack.registry.allow(.basic(user: "me", password: "the password"))
        attack.registry.intercept { request in
            request.path.contains("/blobs/") && request["authorization"] != nil ? .to("http://\(address)\(request.path)") : nil
        }
        #expect(try pull(attack, password: "the password").status == 1)
        let auth = FakeRegistry.base64("me:the password")
        #expect(attack.registry.requests.contains { $0["authorization"] == "Basic \(auth)" })
        #expect(!thief.requests.isEmpty)
        for request in thief.requests {
            #expect(
                request["authorization"] == nil && !request.target.contains("password") && !request.body.contains(Array("password".utf8)))
        }
    }

    @Test(
        "a token server that is not the registry's, or without TLS, is not asked",
        arguments: ["http://192.0.2.1/token", "http://evil.example/token", "file:///etc/passwd"])
    func foreignRealm(_ realm: String) throws {
        let attack = try Attack()
        attack.registry.allow(.bearer(realm: realm, user: "me", password: "the password"))
        let outcome = try pull(attack, password: "the password")
        #expect(outcome.status == 1 && outcome.errorText.contains("token server"), "\(outcome)")
    }

    @Test(
        "a redirect to an internal address is not followed",
        arguments: [
            "http://169.254.169.254/latest/meta-data", "http://[fe80::1]/x", "file:///etc/passwd", "gopher://127.0.0.1/x", "http://0/x",
            "ftp://127.0.0.1/x", "unix:///run/x",
        ])
    func redirects(_ location: String) throws {
        let attack = try Attack()
        attack.registry.intercept { request in request.path.contains("/blobs/") ? .to(location) : nil }
        let began = Clock.monotonicNanoseconds()
        let outcome = try attack.proa.command(["pull", attack.image], timeoutSeconds: 40).run()
        #expect(outcome.status == 1, "\(outcome)")
        #expect(Clock.monotonicNanoseconds() - began < 20_000_000_000, "it tried: \(outcome.errorText)")
        #expect(!outcome.errorText.contains("root:x:0:0"))
    }
}

extension [UInt8] {
    func contains(_ other: [UInt8]) -> Bool {
        guard count >= other.count else { return false }
        return (0...count - other.count).contains { self[$0..<$0 + other.count].elementsEqual(other) }
    }
}
