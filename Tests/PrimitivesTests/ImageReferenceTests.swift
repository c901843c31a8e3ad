import Primitives
import Testing

private let hex = String(repeating: "f", count: 64)
private let tag128 = String(repeating: "t", count: 128)
private let path255 = String(repeating: "a/", count: 127) + "a"

@Suite struct ImageReferenceTests {
    struct Good: Sendable {
        var text: String
        var domain: String
        var path: String
        var tag: String?
        var digest: String?
        var familiar: String
        init(_ text: String, _ domain: String, _ path: String, _ tag: String?, _ digest: String? = nil, shown: String) {
            (self.text, self.domain, self.path, self.tag, self.digest, familiar) = (text, domain, path, tag, digest, shown)
        }
    }

    static let good: [Good] = [
        Good("busybox", "docker.io", "library/busybox", "latest", shown: "busybox:latest"),
        Good("busybox:1.36", "docker.io", "library/busybox", "1.36", shown: "busybox:1.36"),
        Good("library/busybox", "docker.io", "library/busybox", "latest", shown: "busybox:latest"),
        Good("docker.io/busybox", "docker.io", "library/busybox", "latest", shown: "busybox:latest"),
        Good("docker.io/library/busybox", "docker.io", "library/busybox", "latest", shown: "busybox:latest"),
        Good("index.docker.io/busybox", "docker.io", "library/busybox", "latest", shown: "busybox:latest"),
        Good("index.docker.io/u/app:x", "docker.io", "u/app", "x", shown: "u/app:x"),
        Good("library/distros/debian", "docker.io", "library/distros/debian", "latest", shown: "library/distros/debian:latest"),
        Good("u/app", "docker.io", "u/app", "latest", shown: "u/app:latest"),
        Good("localhost", "docker.io", "library/localhost", "latest", shown: "localhost:latest"),
        Good("localhost/x", "localhost", "x", "latest", shown: "localhost/x:latest"),
        Good("localhost:5000/x", "localhost:5000", "x", "latest", shown: "localhost:5000/x:latest"),
        Good("127.0.0.1:5000/debian:12", "127.0.0.1:5000", "debian", "12", shown: "127.0.0.1:5000/debian:12"),
        Good("[::1]:5000/a/b", "[::1]:5000", "a/b", "latest", shown: "[::1]:5000/a/b:latest"),
        Good("[2001:db8::1]/repo:t", "[2001:db8::1]", "repo", "t", shown: "[2001:db8::1]/repo:t"),
        Good("test.com:5000", "docker.io", "library/test.com", "5000", shown: "test.com:5000"),
        Good("test:5000/repo", "test:5000", "repo", "latest", shown: "test:5000/repo:latest"),
        Good("foo_bar.com:8080", "docker.io", "library/foo_bar.com", "8080", shown: "foo_bar.com:8080"),
        Good("foo/foo_bar.com:8080", "docker.io", "foo/foo_bar.com", "8080", shown: "foo/foo_bar.com:8080"),
        Good("Upper/lower", "Upper", "lower", "latest", shown: "Upper/lower:latest"),
        Good("xn--n3h.com/my---image:xn--n3h.com", "xn--n3h.com", "my---image", "xn--n3h.com", shown: "xn--n3h.com/my---image:xn--n3h.com"),
        Good("a__b/c_d.e-f:A_b.C-9", "docker.io", "a__b/c_d.e-f", "A_b.C-9", shown: "a__b/c_d.e-f:A_b.C-9"),
        Good("x:_t", "docker.io", "library/x", "_t", shown: "x:_t"),
        Good("name@sha256:\(hex)", "docker.io", "library/name", nil, "sha256:\(hex)", shown: "name@sha256:\(hex)"),
        Good("name:tag@sha256:\(hex)", "docker.io", "library/name", "tag", "sha256:\(hex)", shown: "name:tag@sha256:\(hex)"),
        Good("q.io/n@sha512:\(hex)\(hex)", "q.io", "n", nil, "sha512:\(hex)\(hex)", shown: "q.io/n@sha512:\(hex)\(hex)"),
        Good(hex + "f", "docker.io", "library/\(hex)f", "latest", shown: "\(hex)f:latest"),
        Good("u/" + hex, "docker.io", "u/\(hex)", "latest", shown: "u/\(hex):latest"),
        Good(
            "x:\(tag128)", "docker.io", "library/x", tag128,
            shown: "x:\(tag128)"),
        Good(
            "q.io/\(path255)", "q.io", path255, "latest",
            shown: "q.io/\(path255):latest"),
    ]

    @Test("a name is completed as docker completes it", arguments: good)
    func parses(_ row: Good) throws {
        let reference = try ImageReference(row.text)
        #expect(reference.domain == row.domain)
        #expect(reference.path == row.path)
        #expect(reference.tag == row.tag)
        #expect(reference.digest?.description == row.digest)
        #expect(reference.familiar == row.familiar)
        #expect(try ImageReference(reference.canonical) == reference, "the complete name reads back as itself")
        #expect(try ImageReference(reference.familiar) == reference, "the short name reads back as itself")
    }

    static let plain: [String] = [
        "", " ", ":tag", "@sha256:\(hex)", "busy box", "a//b", "/a", "a/", "a:", "a:b:c", "a@", "a@b", "a@sha256:zz",
        "a@sha256:" + String(repeating: "f", count: 31), "-a", "a-", "a..b", "a___b", "a._b", ".a", "_a", "a.", "a/../b", "../a", "./a",
        "aa/asdf$$^/aa", "a:-t", "a:.t", "a:" + String(repeating: "t", count: 129), "a b/c", "[2001:db8::1]", "[2001:db8::1]:5000",
        "[fe80::1%eth0]:5000/r", "[]/r", "[::1/r", "-x.com/a", "x-.com/a", "x..com/a", "a.com:/b", "a.com:80x/b", "bücher.de/a", "a\u{0}b",
        "a\nb",
        "a:t\n", "http://a.com/b", "a@sha256:\(hex)@sha256:\(hex)", "a@sha256:\(hex):t", "1:2/a@9x:\(hex)",
        String(repeating: "a", count: 5000),
    ]

    @Test("what is no reference is refused", arguments: plain)
    func refuses(_ text: String) {
        #expect(throws: Failure(.invalid, "invalid reference format")) { try ImageReference(text) }
    }

    static let named: [(String, String)] = [
        ("Busy", "invalid reference format: repository name (library/Busy) must be lowercase"),
        ("q.io/Busy:Tag", "invalid reference format: repository name (Busy) must be lowercase"),
        ("u/App", "invalid reference format: repository name (u/App) must be lowercase"),
        ("ä/É", "invalid reference format: repository name (ä/É) must be lowercase"),
        (hex, "invalid repository name (\(hex)), cannot specify 64-byte hexadecimal strings"),
        ("q.io/\(String(repeating: "a/", count: 128))a", "repository name must not be more than 255 characters"),
        ("a@sha256:\(String(repeating: "f", count: 34))", "invalid checksum digest length"),
        ("a@sha256:\(String(repeating: "F", count: 64))", "invalid checksum digest format"),
        ("a@invaliddigest:\(hex)", "unsupported digest algorithm"),
    ]

    @Test("docker's own words name the reason", arguments: named)
    func words(_ text: String, _ message: String) {
        #expect(throws: Failure(.invalid, message)) { try ImageReference(text) }
    }

    @Test("a bare name stays bare when no default tag is wanted")
    func bare() throws {
        let reference = try ImageReference("busybox", defaultTag: nil)
        #expect(reference.tag == nil)
        #expect(reference.familiar == "busybox")
        #expect(try reference.tagged("v1").canonical == "docker.io/library/busybox:v1")
        #expect(throws: Failure(.invalid, "invalid tag format")) { try reference.tagged("-") }
        let digest = try #require(Digest("sha256:\(hex)"))
        #expect(reference.pinned(to: digest).familiar == "busybox@sha256:\(hex)")
        #expect(try ImageReference("busybox:1").repository == reference)
    }
}
