import Primitives
import TestSupport
import Testing

@Suite struct ReferenceFuzzTests {
    static let digest = "sha256:" + String(repeating: "a1", count: 32)
    static let seeds = [
        "busybox", "library/busybox:latest", "docker.io/library/busybox", "localhost:5000/a/b:tag", "[::1]:5000/x",
        "a.b/c__d/e-f.g:1.2_3-x",
        "example.com/x@\(digest)", "example.com/x:1@\(digest)", "index.docker.io/a", String(repeating: "a", count: 64), "x/../y", "UPPER/x",
    ]

    @Test("whatever is taken as a name means the same when it is read again, and is safe as a path")
    func names() throws {
        Fuzz(Self.seeds, words: ["..", "@sha256:", "://", "\u{0}", "e\u{301}"]).run(rounds: 1500) { bytes in
            guard let name = try? ImageReference(String(decoding: bytes, as: UTF8.self)) else { return }
            #expect((try? ImageReference(name.canonical)) == name)
            // docker's short form of such a name is another name, in docker too: nothing is ever found by it.
            let first = name.familiarName.split(separator: "/").first ?? ""
            let isAmbiguous =
                name.domain == ImageReference.defaultDomain && (first == "localhost" || first.contains(".") || first.contains(":"))
            if !isAmbiguous { #expect((try? ImageReference(name.familiar)) == name, "\(name)") }
            #expect(name.canonical.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F })
            #expect(!name.path.split(separator: "/", omittingEmptySubsequences: false).contains { $0.isEmpty || $0 == "." || $0 == ".." })
        }
    }
}
