import LinuxSys
import OCI
import Primitives
import Registry
import TestSupport
import Testing

@Suite struct ManifestTests {
    @Test("a manifest is fetched by tag and by digest, and has the digest of its bytes")
    func fetch() throws {
        let registry = try FakeRegistry()
        let digest = registry.addManifest("a/b", tag: "1", manifestText)
        let client = client()
        for name in ["\(registry.address)/a/b:1", "\(registry.address)/a/b@\(digest)", "\(registry.address)/a/b:gone@\(digest)"] {
            let resolved = try client.resolve(try ImageReference(name))
            #expect(resolved.descriptor.digest == digest)
            #expect(resolved.descriptor.mediaType == .ociManifest)
            #expect(resolved.bytes == Array(manifestText.utf8))
        }
        #expect(registry.requests.filter { $0.path == "/v2/" }.count == 1, "the registry is probed once")
        #expect(registry.requests.allSatisfy { $0["user-agent"] == "proa/test" })
        #expect(registry.requests.last?["accept"]?.contains(FakeRegistry.indexType) == true)
    }

    static let lies: [(String, FakeResponse, Failure.Kind)] = [
        ("rubbish", FakeResponse(200, [], "<html>"), .corrupt),
        ("another content", FakeResponse(200, [], manifestText + " "), .corrupt),
        (
            "a wrong announced digest",
            FakeResponse(200, [("Docker-Content-Digest", "sha256:" + String(repeating: "0", count: 64))], manifestText), .corrupt
        ),
        ("another type", FakeResponse(200, [("Content-Type", FakeRegistry.indexType)], manifestText), .corrupt),
        ("an endless body", FakeResponse(body: .endless(pattern(65536))), .corrupt),
        ("too many headers", FakeResponse(200, (0..<1000).map { ("X-\($0)", "y") }, manifestText), .corrupt),
        ("schema 1", FakeResponse(200, [], #"{"schemaVersion":1,"fsLayers":[]}"#), .corrupt),
        ("no HTTP", FakeResponse(body: .rubbish(Array("SSH-2.0-x\r\n".utf8))), .unavailable),
        ("nothing", FakeResponse(body: .rubbish([])), .unavailable),
        ("a cut body", FakeResponse(body: .cut(Array(manifestText.utf8), after: 10)), .unavailable),
        ("a status of its own", FakeResponse(418), .unavailable),
    ]

    @Test("what is not the manifest asked for is refused", arguments: lies)
    func lie(_ what: String, _ response: FakeResponse, _ kind: Failure.Kind) throws {
        let registry = try FakeRegistry()
        let digest = registry.addManifest("x", tag: "y", manifestText)
        registry.intercept { $0.path.contains("/manifests/") ? response : nil }
        let error = failure { _ = try client().resolve(try ImageReference("\(registry.address)/x@\(digest)")) }
        #expect(error?.kind == kind, "\(what): \(String(describing: error))")
    }

    @Test("10,000 layers are refused")
    func layers() throws {
        let registry = try FakeRegistry()
        let layer = #"{"mediaType":"\#(FakeRegistry.layerType)","digest":"sha256:\#(String(repeating: "b", count: 64))","size":1}"#
        let all = Array(repeating: layer, count: 10_000).joined(separator: ",")
        registry.addManifest("x", tag: "y", manifestText.replacing("\"layers\":[]", with: "\"layers\":[\(all)]"))
        let error = failure { _ = try client().resolve(try ImageReference("\(registry.address)/x:y")) }
        #expect(
            error?.message
                == #"registry "\#(registry.address)": "\#(registry.address)/x:y": image manifest: "layers" has 10000 entries, more than 127"#
        )
    }

    @Test("an index's entry is held to its size and type")
    func expected() throws {
        let registry = try FakeRegistry()
        let digest = registry.addManifest("x", tag: nil, manifestText)
        let reference = try ImageReference("\(registry.address)/x@\(digest)")
        let size = UInt64(manifestText.utf8.count)
        let good = ContentDescriptor(mediaType: .ociManifest, digest: digest, sizeBytes: size)
        #expect(try client().resolve(reference, expected: good).descriptor.digest == digest)
        for bad in [
            ContentDescriptor(mediaType: .ociManifest, digest: digest, sizeBytes: size + 1),
            ContentDescriptor(mediaType: .dockerManifest, digest: digest, sizeBytes: size),
            ContentDescriptor(mediaType: .ociIndex, digest: digest, sizeBytes: size),
        ] {
            #expect(failure { _ = try client().resolve(reference, expected: bad) }?.kind == .corrupt)
        }
    }

    static let refusals: [(FakeResponse, Failure.Kind, String)] = [
        (
            .error(404, "MANIFEST_UNKNOWN", "manifest unknown"), .notFound,
            "manifest for HOST/x:y not found: manifest unknown: manifest unknown"
        ),
        (
            .error(404, "NAME_UNKNOWN", "repository name not known to registry"), .notFound,
            "repository HOST/x not found: name unknown: repository name not known to registry"
        ),
        (FakeResponse(404), .notFound, "manifest for HOST/x:y not found: HTTP 404"),
        (
            .error(403, "DENIED", "requested access to the resource is denied"), .notFound,
            "pull access denied for HOST/x, repository does not exist or may require 'docker login': denied: requested access to the resource is denied"
        ),
        (
            .error(400, "NAME_INVALID", "bad \\u001b[31m\\nname"), .unavailable,
            #"registry "HOST": repository "x": HTTP 400: name invalid: bad  [31m name"#
        ),
        (FakeResponse(418, [], "<html>"), .unavailable, #"registry "HOST": repository "x": HTTP 418"#),
    ]

    @Test("a registry's own words are shown, in docker's form", arguments: refusals)
    func words(_ response: FakeResponse, _ kind: Failure.Kind, _ message: String) throws {
        let registry = try FakeRegistry()
        registry.intercept { $0.path.contains("/manifests/") ? response : nil }
        let error = failure { _ = try client().resolve(try ImageReference("\(registry.address)/x:y")) }
        #expect(error?.kind == kind)
        #expect(error?.message == message.replacing("HOST", with: registry.address))
    }

    @Test("a long message is cut off")
    func long() throws {
        let registry = try FakeRegistry()
        registry.intercept { $0.path.contains("/manifests/") ? .error(400, "X", String(repeating: "m", count: 5000)) : nil }
        let error = failure { _ = try client().resolve(try ImageReference("\(registry.address)/x:y")) }
        #expect((error?.message.count ?? 9999) < 400)
    }

    @Test("a host that is not there is named")
    func nobody() throws {
        let port = try FakeRegistry().port
        let error = failure { _ = try client().resolve(try ImageReference("127.0.0.1:\(port)/x")) }
        #expect(error?.kind == .unavailable)
        #expect(error?.message == #"registry "127.0.0.1:\#(port)": "127.0.0.1:\#(port)" refused the connection"#)
        let unknown = failure { _ = try client().resolve(try ImageReference("nobody.invalid/x")) }
        #expect(unknown?.message.hasSuffix(#"cannot find the host "nobody.invalid""#) == true)
    }
}
