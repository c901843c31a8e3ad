import LinuxSys
import Primitives
import TestSupport
import Testing

@testable import Registry

/// Texts of registries, files and helpers, changed thousands of times: nothing traps, limits hold, and what was read
/// can be written and read again.
@Suite struct HostileTextFuzzTests {
    @Test("WWW-Authenticate")
    func challenges() {
        let seeds = [
            #"Bearer realm="https://auth.docker.io/token",service="registry.docker.io",scope="repository:library/busybox:pull""#,
            #"Basic realm="a, \"b\" = c", Bearer realm=x"#, "Negotiate, Basic realm=\"x\"", "Bearer ,,, a=b , c = \"d\"",
            #"Digest realm="\\", qop="auth,auth-int""#,
        ]
        Fuzz(seeds, words: ["Bearer ", "Basic ", "realm=", "\"", "\\", ",", "=", " ", "\t", "\u{0}", "é"]).run(rounds: 3000) { bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            let found = Challenge.parse([text, text])
            #expect(found.count <= Challenge.challengesMax)
            for challenge in found {
                #expect(!challenge.scheme.isEmpty && challenge.scheme == challenge.scheme.lowercased())
                #expect(challenge.parameters.count <= Challenge.parametersMax)
                let written = challenge.scheme + " " + challenge.parameters.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ", ")
                if written.utf8.count <= Challenge.bytesMax { #expect(Challenge.parse([written]) == [challenge]) }
            }
        }
    }

    private func escaped(_ text: String) -> String {
        String(decoding: text.utf8.flatMap { $0 == 0x22 || $0 == 0x5C ? [0x5C, $0] : [$0] }, as: UTF8.self)
    }

    @Test("registries.conf")
    func registries() throws {
        let names = try ["busybox", "reg.example:5000/team/app:1", "a.b.internal/x@sha256:\(String(repeating: "a", count: 64))"].map {
            try ImageReference($0)
        }
        let seeds = [
            RegistriesConfigurationTests.text, "[registries.insecure]\nregistries = ['a.example']\n",
            "[[registry]]\nprefix='a.example/x'\nlocation='b.example'\n[[registry.mirror]]\nlocation=\"c.example:1/y\"\n",
            "[aliases]\n\"a\" = \"b.example/c\"\n'x/y'='docker.io/library/z'",
        ]
        let words = [
            "[[registry]]\n", "[[registry.mirror]]\n", "[aliases]\n", "\"\"\"", "'''", "\\u0000", "prefix=", "location=", "*.", "/", ":",
            "=", "\n", "{", "}", "[", "]", ".", "true",
        ]
        Fuzz(seeds, words: words).run(rounds: 3000) { bytes in
            var configuration = RegistriesConfiguration()
            do throws(Failure) { try configuration.add(bytes) } catch {
                #expect(error.kind == .invalid)
                return
            }
            for name in names {
                do throws(Failure) {
                    let sources = try configuration.sources(of: name)
                    let target = try configuration.target(of: name)
                    #expect(sources.last == target && sources.dropLast().allSatisfy(\.isMirror))
                } catch { #expect(error.kind == .denied || error.kind == .invalid) }
            }
            _ = configuration.expand("busybox:1")
        }
    }

    @Test("the file of credentials, and its editor")
    func credentials() throws {
        let seeds = [
            CredentialTests.file,
            #"{"auths":{"a.example":{"auth":"YTpi"},"https://b.example/v1/":{"identitytoken":"x"}},"credsStore":"pass"}"#,
            #"{"auths":{"a.example/x/y":{"username":"u","password":"p"}},"credHelpers":{"a":"b"}}"#, "{}",
        ]
        let words = [
            "\"auths\"", "\"auth\":", "\"credsStore\":", "null", "{", "}", "[", "]", ":", ",", "\"", "\\u0000", "https://", "/", "==",
        ]
        Fuzz(seeds, words: words).run(rounds: 3000) { bytes in
            do throws(Failure) {
                let file = try CredentialFile(bytes, path: "/f")
                for (domain, path) in [("a.example", "x/y/z"), ("docker.io", "library/x"), ("", "")] {
                    _ = file.find(domain: domain, path: path)
                }
            } catch {
                #expect(error.kind == .invalid && error.message.hasPrefix("credentials in \"/f\""))
                #expect(error.message.utf8.allSatisfy { $0 >= 0x20 })
            }
        }
    }

    @Test("policy.json")
    func policy() {
        let seeds = [
            #"{"default":[{"type":"reject"}],"transports":{"docker":{"a.example":[{"type":"insecureAcceptAnything"}],"":[{"type":"signedBy"}]}}}"#,
            #"{"default":[{"type":"sigstoreSigned","keyData":"LS0t","signedIdentity":{"type":"matchRepository"}}]}"#,
        ]
        let words = ["\"type\":", "\"reject\"", "null", "[", "]", "{", "}", ",", "\"", "\"docker\":", "\"default\":"]
        Fuzz(seeds, words: words).run(rounds: 3000) { bytes in
            do throws(Failure) {
                let policy = try SignaturePolicy(bytes, path: "/p")
                #expect(!policy.standard.isEmpty)
            } catch { #expect(error.kind == .invalid || error.kind == .notFound) }
        }
    }

    @Test("addresses, ranges and dates in headers")
    func headers() {
        let seeds = [
            "https://a.example:5000/v2/x?y=z#f", "//b/c", "/v2/x/blobs/uploads/1?state=2", "http://[::1]:80/", "bytes 5-9/10", "0-99",
            "Sun, 06 Nov 1994 08:49:37 GMT",
            "100;w=21600",
        ]
        Fuzz(seeds, words: ["http://", "@", "..", "[", "]", ":", "-", "/", "\u{0}", "%", "18446744073709551615", "GMT", ";w="]).run(
            rounds: 3000
        ) {
            bytes in
            let text = String(decoding: bytes, as: UTF8.self)
            if let address = WebAddress(text) {
                #expect(WebAddress(address.description) == address)
                #expect(!address.host.isEmpty && address.target.hasPrefix("/"))
            }
            _ = WebAddress("https://a/b?c")?.resolving(text)
            if let range = BlobStream.range(text) { #expect(range.start <= range.end) }
            _ = HTTPDate.seconds(text)
            var head = HTTPHead()
            do throws(Failure) {
                for name in ["Retry-After", "RateLimit-Limit", "Range", "X-RateLimit-Reset"] {
                    let line = Result { () throws(Failure) in try take("\(name): \(text)", &head) }
                    try line.get()
                }
            } catch { #expect(error.kind == .corrupt) }
            if let received = UploadSession.received(head) { #expect(received <= 1 << 40) }
            #expect(RateLimit(head, now: 1_000_000_000).words(now: 1_000_000_000).unicodeScalars.allSatisfy { $0.value >= 0x20 })
        }
    }

    private func take(_ line: String, _ head: inout HTTPHead) throws(Failure) {
        let bytes = Array(line.utf8)
        let result = bytes.withUnsafeBytes { raw in Result { () throws(Failure) in try head.take(line: raw) } }
        try result.get()
    }
}
