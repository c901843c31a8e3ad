import Glibc
import LinuxSys
import Primitives
import TestSupport
import Testing

@Suite struct PushTests {
    /// A repository of the real registry that no other test uses.
    func fresh(_ name: String) throws -> String { "\(try RealRegistry.start().address)/push-\(getpid())/\(name)" }

    func raw(_ name: String) throws -> String {
        try Command("skopeo", ["inspect", "--raw", "--tls-verify=false", "docker://\(name)"]).check().text
    }

    @Test("an image pushed elsewhere has the same bytes, and docker's lines tell of it")
    func digests() throws {
        let source = try TestImages.pushedBusybox()
        let target = try fresh("same")
        let proa = try Proa.withBusybox()
        try proa.check("tag", "busybox", target)
        let first = try proa.check("push", target).lines
        #expect(first.prefix(2) == ["Using default tag: latest", "The push refers to repository [\(target)]"])
        #expect(first[2...4].allSatisfy { $0.hasSuffix(": Preparing") })
        // The registry has them under the name they came from.
        #expect(first[5...7].allSatisfy { $0.hasSuffix(": Mounted from busybox") })
        let digest = SHA256.of(try raw(source))
        #expect(first[8] == "latest: digest: \(digest) size: \(try raw(source).utf8.count)")
        #expect(try raw(target) == raw(source))
        let second = try proa.check("push", target + ":latest").lines
        #expect(second[4...6].allSatisfy { $0.hasSuffix(": Layer already exists") })
        #expect(try proa.inspect("busybox", "{{json .RepoDigests}}").contains("\(target)@\(digest)"))
        #expect(try Proa().check("pull", "-q", target).line == target + ":latest")
    }

    @Test("a registry that knows nothing of the image gets all of it")
    func whole() throws {
        let registry = try FakeRegistry()
        let proa = try Proa.withBusybox()
        let name = "\(registry.address)/team/app"
        try proa.check("tag", "busybox", "\(name):1")
        let lines = try proa.check("push", "\(name):1").lines
        #expect(lines.filter { $0.hasSuffix(": Pushed") }.count == 3)
        let other = try Proa()
        try other.check("pull", "-q", "\(name):1")
        #expect(try other.inspect("\(name):1", "{{.Id}}") == proa.inspect("busybox", "{{.Id}}"))
        // Nothing was held open or sent twice: the blobs, the configuration and the manifest.
        #expect(registry.requests.filter { $0.method == "PUT" }.count == 5)
    }

    @Test("every tag goes with --all-tags, and comes with it")
    func allTags() throws {
        let target = try fresh("all")
        let proa = try Proa.withBusybox()
        for tag in ["1", "2"] { try proa.check("tag", "busybox", "\(target):\(tag)") }
        #expect(try proa.check("push", "--quiet", "--all-tags", target).text == "\(target)\n")
        let other = try Proa()
        let lines = try other.check("pull", "--all-tags", target).lines
        #expect(lines.filter { $0.hasPrefix("Digest: ") }.count == 2)
        #expect(lines.suffix(2) == ["Status: Downloaded newer image for \(target)", target])
        #expect(Set(try other.check("images", "--format", "{{.Tag}}").lines) == ["1", "2"])
        let refused = try proa("push", "-a", "\(target):1")
        #expect(refused.status == 1 && refused.errorText == "Error: tag can't be used with --all-tags/-a\n")
    }

    @Test("what cannot be pushed is told in docker's words")
    func refused() throws {
        let proa = try Proa.withBusybox()
        let name = try fresh("refused")
        #expect(try proa("push", name).errorText == "Error: An image does not exist locally with the tag: \(name)\n")
        try proa.check("tag", "busybox", "\(name):1")
        #expect(try proa("push", "\(name):2").errorText == "Error: tag does not exist: \(name):2\n")
        #expect(
            try proa("push", "\(name)@sha256:\(String(repeating: "0", count: 64))").errorText == "Error: cannot push a digest reference\n")
        #expect(
            try proa("push", "--platform", "linux/s390x", "\(name):1").errorText.contains(
                "does not match the specified platform: wanted linux/s390x"))
        let closed = try FakeRegistry()
        closed.allow(.basic(user: "alice", password: "secret"))
        try proa.check("tag", "busybox", "\(closed.address)/x")
        let outcome = try proa("push", "\(closed.address)/x")
        #expect(outcome.status == 1 && outcome.errorText.contains("no basic auth credentials"))
    }

    @Test("a registry that loses connections gets the image all the same")
    func lossy() throws {
        let registry = try FakeRegistry()
        registry.cutBodies("PATCH", after: [100_000, 300_000])
        let proa = try Proa.withBusybox()
        try proa.check("tag", "busybox", "\(registry.address)/app")
        try proa.check("push", "\(registry.address)/app")
        #expect(registry.requests.contains { $0.method == "PATCH" && $0["content-range"] != nil })
        try Proa().check("pull", "-q", "\(registry.address)/app")
    }

    @Test("a push that is killed at any moment leaves the store whole, and the next one goes on")
    func killed() throws {
        let registry = try FakeRegistry()
        registry.intercept { request in
            // Slow enough to be met in the middle.
            Clock.sleep(nanoseconds: 20_000_000)
            return nil
        }
        let proa = try Proa.withBusybox()
        let name = "\(registry.address)/app"
        try proa.check("tag", "busybox", name)
        for milliseconds: Int64 in [20, 60, 90, 130, 170, 220] {
            let push = try proa.background("push", name)
            Clock.sleep(nanoseconds: milliseconds * 1_000_000)
            push.send(signal: SIGKILL)
            _ = try push.end()
        }
        try proa.check("push", name)
        #expect(try proa.check("run", "--rm", "busybox", "echo", "whole").text == "whole\n")
        try Proa().check("pull", "-q", name)
    }

    @Test("for programs progress is one object a line")
    func json() throws {
        let registry = try FakeRegistry()
        let proa = try Proa.withBusybox()
        try proa.check("tag", "busybox", "\(registry.address)/app")
        for command in ["push", "pull"] {
            var statuses: [String] = []
            for line in try proa.check(command, "--progress=json", "\(registry.address)/app").lines {
                let json = try JSON.parse(Array(line.utf8))
                if let status = json["status"]?.string { statuses.append(status) }
            }
            #expect(statuses.contains { $0.contains("digest: sha256:") || $0.hasPrefix("Digest: sha256:") })
        }
        #expect(try proa("push", "--progress=loud", "x").status == 1)
    }

    @Test("on a terminal each layer has one line, with a bar")
    func terminal() throws {
        let registry = try FakeRegistry()
        let proa = try Proa.withBusybox()
        try proa.check("tag", "busybox", "\(registry.address)/app")
        let terminal = try proa.terminal("push", "\(registry.address)/app")
        let shown = try terminal.expect("size: ")
        #expect(shown.contains("\u{1B}["))
        #expect(shown.contains(": Pushed"))
        #expect(try terminal.end() == 0)
    }

    @Test("layers are packed anew on demand, and the image stays the same image", arguments: [("gzip", 9), ("zstd", 3)])
    func packing(_ format: String, _ level: Int) throws {
        let registry = try FakeRegistry()
        let proa = try Proa.withBusybox()
        let name = "\(registry.address)/app"
        try proa.check("tag", "busybox", name)
        let outcome = try proa("push", "--compression-format", format, "--compression-level", "\(level)", name)
        #expect(outcome.status == 0)
        #expect(outcome.errorText == "3 layers were packed anew: the digests at the registry are not those of the image here\n")
        let manifest = try JSON.parse(try #require(registry.manifest("app:latest")))
        for layer in manifest["layers"]?.array ?? [] {
            #expect(layer["mediaType"]?.string == "application/vnd.oci.image.layer.v1.tar+\(format)")
            let digest = try #require(Digest(layer["digest"]?.string ?? ""))
            #expect(registry.blob(digest).map { Int64($0.count) } == layer["size"]?.int)
        }
        let other = try Proa()
        #expect(try other.check("run", "-q", "--rm", name, "cat", "/etc/motd").text == "welcome from the second layer\n")
        #expect(try other.inspect(name, "{{.Id}}") == proa.inspect("busybox", "{{.Id}}"))
        #expect(try proa("push", "--compression-format", "lzma", name).errorText.contains("must be one of \"gzip\" or \"zstd\""))
        #expect(
            try proa("push", "--compression-format", format, "--compression-level", "99", name).errorText.contains(
                "compression level 99: expected 1 to"))
    }
}
