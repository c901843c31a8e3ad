import LinuxSys
import OCI
import Primitives
import TestSupport
import Testing

@testable import Registry

@Suite struct RegistriesConfigurationTests {
    func configuration(_ text: String) throws -> RegistriesConfiguration {
        var out = RegistriesConfiguration()
        try out.add(Array(text.utf8))
        return out
    }

    static let text = """
        unqualified-search-registries = ["quay.io"]
        short-name-mode = "enforcing"
        [[registry]]
        prefix = "docker.io"
        location = "hub.example/mirror"
        [[registry]]
        location = "reg.example:5000"
        insecure = true
        [[registry]]
        prefix = "reg.example:5000/team"
        location = "other.example/t"
        [[registry]]
        prefix = "reg.example:5000/team/app:1"
        location = "one.example/app:one"
        [[registry]]
        prefix = "*.internal"
        location = "proxy.example"
        [[registry]]
        prefix = "far.internal"
        [[registry]]
        prefix = "evil.example"
        blocked = true
        [[registry]]
        location = "mirrored.example"
        [[registry.mirror]]
        location = "near.example/m"
        insecure = true
        [[registry.mirror]]
        location = "digests.example"
        pull-from-mirror = "digest-only"
        [aliases]
        "fedora" = "registry.fedoraproject.org/fedora"
        "team/tool" = "quay.io/team/tool"
        "gone" = ""
        """

    static let rewritings: [(String, String, Bool)] = [
        ("busybox", "hub.example/mirror/library/busybox:latest", false), ("reg.example:5000/x:1", "reg.example:5000/x:1", true),
        ("reg.example:5000/team/x:1", "other.example/t/x:1", false), ("reg.example:5000/teams/x:1", "reg.example:5000/teams/x:1", true),
        ("reg.example:5000/team/app:1", "one.example/app:one", false), ("reg.example:5000/team/app:12", "other.example/t/app:12", false),
        ("reg.example/x:1", "reg.example/x:1", false), ("a.internal/x:1", "proxy.example/x:1", false),
        ("a.b.internal/x:1", "proxy.example/x:1", false), ("internal/x:1", "hub.example/mirror/internal/x:1", false),
        ("far.internal/x:1", "far.internal/x:1", false), ("a.internal:1/x:1", "a.internal:1/x:1", false),
    ]

    @Test("the longest prefix says where a name leads", arguments: rewritings)
    func rewriting(_ name: String, _ expected: String, _ isInsecure: Bool) throws {
        let target = try configuration(Self.text).target(of: try ImageReference(name))
        #expect(target.reference.canonical == expected)
        #expect(target.isInsecure == isInsecure)
    }

    @Test("mirrors come first, some only for digests, and never for writing")
    func mirrors() throws {
        let configuration = try configuration(Self.text)
        let tagged = try ImageReference("mirrored.example/x:1")
        #expect(try configuration.sources(of: tagged).map(\.reference.canonical) == ["near.example/m/x:1", "mirrored.example/x:1"])
        #expect(try configuration.sources(of: tagged).map(\.isInsecure) == [true, false])
        let pinned = tagged.pinned(to: SHA256.of("x"))
        #expect(try configuration.sources(of: pinned).map(\.reference.domain) == ["near.example", "digests.example", "mirrored.example"])
        #expect(try configuration.target(of: tagged).reference == tagged)
    }

    @Test("a blocked registry is told")
    func blocked() throws {
        let error = failure { _ = try configuration(Self.text).sources(of: try ImageReference("evil.example/x")) }
        #expect(error?.kind == .denied)
        #expect(error?.message.hasPrefix(#"registry "evil.example" is blocked in registries.conf"#) == true)
    }

    @Test(
        "aliases stand for whole short names",
        arguments: [
            ("fedora", "registry.fedoraproject.org/fedora"), ("fedora:40", "registry.fedoraproject.org/fedora:40"),
            ("team/tool@sha256:x", "quay.io/team/tool@sha256:x"), ("fedora/x", nil), ("gone", nil), ("busybox", nil),
            ("docker.io/library/fedora", nil),
        ])
    func alias(_ text: String, _ expected: String?) throws { #expect(try configuration(Self.text).expand(text) == expected) }

    @Test("a later file wins, prefix by prefix and alias by alias")
    func order() throws {
        var configuration = try configuration(Self.text)
        try configuration.add(Array("[[registry]]\nprefix=\"docker.io\"\nlocation=\"new.example\"\n[aliases]\nfedora=\"\"".utf8))
        #expect(try configuration.target(of: try ImageReference("busybox")).reference.domain == "new.example")
        #expect(try configuration.target(of: try ImageReference("far.internal/x")).reference.domain == "far.internal")
        #expect(configuration.expand("fedora") == nil)
    }

    @Test("the lists of the first version count")
    func firstVersion() throws {
        let configuration = try configuration(
            "[registries.insecure]\nregistries=['a.example:5000']\n[registries.block]\nregistries=['b.example']")
        #expect(configuration.isInsecure(domain: "a.example:5000"))
        #expect(!configuration.isInsecure(domain: "b.example"))
        #expect(failure { _ = try configuration.target(of: try ImageReference("b.example/x")) }?.kind == .denied)
    }

    static let mistakes: [(String, String)] = [
        ("[[registry]]\n", #"registry 1: prefix """#), ("[[registry]]\nprefix=\"https://a.example\"", "invalid reference format"),
        ("[[registry]]\nlocation=\"a.example\"\ninsecure=\"yes\"", "\"insecure\" is neither true nor false"),
        ("[[registry]]\nprefix=7", "\"prefix\" is no text"), ("registry = 1", "\"registry\" is no array"),
        ("[[registry]]\nprefix=\"*.a/b\"", "stands for hosts only"),
        ("[[registry]]\nlocation=\"a.example\"\n[[registry.mirror]]\ninsecure=true", "mirror 1: \"location\" is missing"),
        ("[[registry]]\nlocation=\"a.example\"\n[[registry.mirror]]\nlocation=\"b.example\"\npull-from-mirror=\"no\"", "pull-from-mirror"),
        ("[aliases]\nx = \"a.example/x:1\"", "no full name"), ("[aliases]\nx = \"y\"", "no full name"), ("[aliases]\nx = 1", "is no text"),
        ("[[registry]]\nlocation = a.example", "line 2: "),
    ]

    @Test("a mistake is told with its place", arguments: mistakes)
    func mistake(_ text: String, _ words: String) {
        let error = failure { _ = try configuration(text) }
        #expect(error?.kind == .invalid)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test("the files of an environment: the variable's in place of the user's, then the folders by name")
    func files() throws {
        let scratch = try Scratch("registries")
        _ = try scratch.directory("c/containers/registries.conf.d")
        let folder = try Directory.open("\(scratch.path)/c/containers")
        func write(_ name: String, _ text: String, _ directory: borrowing Directory) throws {
            try directory.writeFile(name, Array(text.utf8), durable: false)
        }
        try write("registries.conf", "[[registry]]\nprefix='a.example'\nlocation='user.example'", folder)
        try write(
            "9.conf", "[[registry]]\nprefix='b.example'\nlocation='nine.example'", try Directory.open("\(folder.path)/registries.conf.d"))
        try write(
            "1.conf", "[[registry]]\nprefix='b.example'\nlocation='one.example'", try Directory.open("\(folder.path)/registries.conf.d"))
        try write("no.txt", "rubbish", try Directory.open("\(folder.path)/registries.conf.d"))
        func targets(_ environment: [String: String]) throws -> [String] {
            let configuration = try RegistriesConfiguration.load { environment[$0] }
            var out: [String] = []
            for name in ["a.example/x", "b.example/x"] {
                out.append(try configuration.target(of: try ImageReference(name)).reference.domain)
            }
            return out
        }
        let user = ["XDG_CONFIG_HOME": "\(scratch.path)/c"]
        #expect(try targets(user) == ["user.example", "nine.example"])
        let other = try scratch.write("other.conf", "[[registry]]\nprefix='a.example'\nlocation='other.example'")
        #expect(try targets(user.merging(["CONTAINERS_REGISTRIES_CONF": other]) { $1 }) == ["other.example", "nine.example"])
        let broken = try scratch.write("broken.conf", "[[registry]\n")
        let error = failure { _ = try targets(["CONTAINERS_REGISTRIES_CONF": broken]) }
        #expect(error == Failure(.invalid, "\"\(broken)\": line 1: expected \"]\""))
    }
}

@Suite struct MirrorTests {
    func client(_ text: String, _ recorder: Recorder = Recorder()) throws -> RegistryClient {
        var configuration = RegistriesConfiguration()
        try configuration.add(Array(text.utf8))
        let registries = configuration
        return RegistryClient(recorder.settings { $0.registries = registries })
    }

    @Test("an image comes whole from the mirror that has it, under the name that was asked for")
    func mirror() throws {
        let (main, empty, mirror) = (try FakeRegistry(), try FakeRegistry(), try FakeRegistry())
        let layer = pattern(1000)
        mirror.addImage("m/team/app", tag: "1", layers: [layer], diffIDs: [SHA256.of(layer)])
        let recorder = Recorder()
        let client = try client(
            """
            [[registry]]
            location = "\(main.address)"
            [[registry.mirror]]
            location = "\(empty.address)"
            [[registry.mirror]]
            location = "\(mirror.address)/m"
            """, recorder)
        let reference = try ImageReference("\(main.address)/team/app:1")
        guard case .manifest(let manifest) = try client.resolve(reference).document else {
            Issue.record("no manifest")
            return
        }
        #expect(try client.readBlob(manifest.config, of: reference, bytesMax: 1 << 20).count == Int(manifest.config.sizeBytes))
        #expect(main.requests.isEmpty)
        #expect(mirror.requests.contains { $0.path == "/v2/m/team/app/blobs/\(manifest.config.digest)" })
        #expect(recorder.notices.count == 1)
    }

    @Test("when no mirror has it, the registry itself is asked, and its words are told")
    func fallback() throws {
        let (main, mirror) = (try FakeRegistry(), try FakeRegistry())
        main.addManifest("team/app", tag: "1", manifestText)
        let client = try client("[[registry]]\nlocation='\(main.address)'\n[[registry.mirror]]\nlocation='\(mirror.address)'")
        _ = try client.resolve(try ImageReference("\(main.address)/team/app:1"))
        let error = failure { _ = try client.resolve(try ImageReference("\(main.address)/team/app:2")) }
        #expect(error?.message == "manifest for \(main.address)/team/app:2 not found: manifest unknown: manifest unknown")
    }

    @Test("a mirror that lies about a digest is passed over")
    func lie() throws {
        let (main, mirror) = (try FakeRegistry(), try FakeRegistry())
        let digest = main.addManifest("team/app", tag: "1", manifestText)
        mirror.intercept {
            $0.path.contains("/manifests/") ? FakeResponse(200, [("Content-Type", FakeRegistry.manifestType)], manifestText + " ") : nil
        }
        let client = try client("[[registry]]\nlocation='\(main.address)'\n[[registry.mirror]]\nlocation='\(mirror.address)'")
        let reference = try ImageReference("\(main.address)/team/app@\(digest)")
        #expect(try client.resolve(reference).descriptor.digest == digest)
    }

    @Test("pages of tags are followed on the same host only")
    func pages() throws {
        let registry = try FakeRegistry()
        registry.intercept { request in
            guard request.path == "/v2/x/tags/list" else { return nil }
            if request.query.contains("last=b") {
                return FakeResponse(200, [("Link", "<http://other.example/v2/x>; rel=\"next\"")], #"{"tags":["c"]}"#)
            }
            return FakeResponse(200, [("Link", "</v2/x/tags/list?last=b>; rel=\"next\"")], #"{"name":"x","tags":["a","b"]}"#)
        }
        let client = RegistryClient(Recorder().settings())
        #expect(try client.tags(of: try ImageReference("\(registry.address)/x", defaultTag: nil)) == ["a", "b", "c"])
        registry.intercept { _ in FakeResponse(200, [("Link", "</v2/x/tags/list>; rel=\"next\"")], #"{"tags":null}"#) }
        #expect(
            failure { _ = try client.tags(of: try ImageReference("\(registry.address)/y", defaultTag: nil)) }?.message.contains(
                "has no end") == true)
        registry.intercept { _ in FakeResponse(200, [], #"{"tags":[1]}"#) }
        #expect(failure { _ = try client.tags(of: try ImageReference("\(registry.address)/z", defaultTag: nil)) }?.kind == .corrupt)
    }
}
