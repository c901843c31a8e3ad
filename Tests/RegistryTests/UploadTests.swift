import Glibc
import LinuxSys
import OCI
import Primitives
import Registry
import TestSupport
import Testing

@Suite struct UploadTests {
    let bytes = pattern(300_000)

    /// Uploads bytes that lie in a file.
    func upload(
        _ bytes: [UInt8], to registry: FakeRegistry, _ client: RegistryClient? = nil, mounting sources: [String] = [],
        descriptor: ContentDescriptor? = nil
    ) throws -> BlobUploadOutcome {
        let scratch = try Scratch("upload")
        let directory = try Directory.open(scratch.path)
        try directory.writeFile("blob", bytes, durable: false)
        let file = try directory.openFile("blob", O_RDONLY)
        let descriptor =
            descriptor ?? ContentDescriptor(mediaType: .ociLayerGzip, digest: SHA256.of(bytes), sizeBytes: UInt64(bytes.count))
        var places: [ImageReference] = []
        for source in sources { places.append(try ImageReference("\(registry.address)/\(source)")) }
        return try (client ?? RegistryClient(Recorder().settings())).uploadBlob(
            descriptor, to: try ImageReference("\(registry.address)/team/app"), from: BorrowedFile(file), mounting: places)
    }

    func writes(_ registry: FakeRegistry) -> [String] {
        registry.requests.filter { $0.path.hasPrefix("/v2/team") }.map { "\($0.method) \($0["content-range"] ?? "")" }
    }

    @Test("a large blob is one stream, a small one goes with the request that ends its upload", arguments: [300_000, 1000, 0])
    func whole(_ size: Int) throws {
        let registry = try FakeRegistry()
        let bytes = pattern(size)
        #expect(try upload(bytes, to: registry) == .uploaded)
        #expect(registry.blob(SHA256.of(bytes)) == bytes)
        #expect(writes(registry) == (size > 65536 ? ["HEAD ", "POST ", "PATCH ", "PUT "] : ["HEAD ", "POST ", "PUT "]))
    }

    @Test("a blob that is there is not sent")
    func exists() throws {
        let registry = try FakeRegistry()
        registry.addBlob(bytes)
        #expect(try upload(bytes, to: registry) == .exists)
        #expect(writes(registry) == ["HEAD "])
    }

    @Test("a blob is taken over from another repository of the registry, with one token for both")
    func mount() throws {
        let registry = try FakeRegistry()
        registry.allow(.bearer(user: "alice", password: "secret"))
        registry.intercept { $0.method == "HEAD" && $0["authorization"] != nil ? FakeResponse(404) : nil }
        registry.addBlob(bytes)
        let credential = OneCredential(domain: registry.address, value: .password(user: "alice", password: "secret"))
        let client = RegistryClient(Recorder().settings(), credentials: credential)
        let outcome = try upload(bytes, to: registry, client, mounting: ["team/app", "base/os"])
        #expect(outcome == .mounted(try ImageReference("\(registry.address)/base/os")))
        #expect(registry.requests.last?.query == "mount=sha256%3A\(SHA256.of(bytes).hex)&from=base%2Fos")
        #expect(
            registry.requests.last { $0.path == "/token" }?.query
                == "service=fake&scope=repository%3Ateam%2Fapp%3Apull%2Cpush&scope=repository%3Abase%2Fos%3Apull")
    }

    @Test("who may not read the other repository sends the blob")
    func mountDenied() throws {
        let registry = try FakeRegistry()
        registry.allow(.bearer())
        registry.intercept { $0.path == "/token" && $0.query.contains("base%2Fos") ? FakeResponse(403, [], "{}") : nil }
        #expect(try upload(bytes, to: registry, mounting: ["base/os"]) == .uploaded)
    }

    @Test("a registry that errs for ever behind the first part is left as soon as any other")
    func stuck() throws {
        let registry = try FakeRegistry()
        registry.cutBodies("PATCH", after: [100_000])
        registry.intercept { $0.method == "PATCH" && $0["content-range"] != nil ? FakeResponse(503) : nil }
        let recorder = Recorder()
        #expect(failure { _ = try upload(bytes, to: registry, RegistryClient(recorder.settings())) }?.kind == .unavailable)
        #expect(recorder.pauses.count <= 6)
    }

    @Test("a registry that does not mount gets the blob")
    func noMount() throws {
        let registry = try FakeRegistry()
        #expect(try upload(bytes, to: registry, mounting: ["base/os"]) == .uploaded)
        #expect(registry.requests.filter { $0.method == "POST" }.count == 1)
    }

    @Test("a connection lost in the middle is gone on with where the registry stands")
    func resume() throws {
        let registry = try FakeRegistry()
        registry.cutBodies("PATCH", after: [100_000, 50_000])
        let recorder = Recorder()
        #expect(try upload(bytes, to: registry, RegistryClient(recorder.settings())) == .uploaded)
        #expect(registry.blob(SHA256.of(bytes)) == bytes)
        #expect(
            writes(registry) == [
                "HEAD ", "POST ", "PATCH ", "GET ", "PATCH 100000-299999", "GET ", "PATCH 150000-299999", "PUT ",
            ])
        #expect(recorder.pauses.count == 2)
    }

    @Test("an upload that the registry has forgotten is begun anew")
    func forgotten() throws {
        let registry = try FakeRegistry()
        registry.cutBodies("PATCH", after: [100_000])
        registry.intercept { [weak registry] request in
            if request.method == "GET", request.path.contains("uploads") { registry?.forgetUploads() }
            return nil
        }
        #expect(try upload(bytes, to: registry) == .uploaded)
        #expect(registry.blob(SHA256.of(bytes)) == bytes)
        #expect(registry.requests.filter { $0.method == "POST" }.count == 2)
    }

    @Test("a token that ends in the middle is renewed, and the part is sent again")
    func expired() throws {
        let registry = try FakeRegistry()
        registry.allow(.bearer())
        let refused = Once()
        registry.intercept { request in
            guard request.method == "PATCH", refused.take() else { return nil }
            return .error(
                401, "UNAUTHORIZED", "expired",
                [("WWW-Authenticate", #"Bearer realm="http://\#(request["host"] ?? "")/token",service="fake""#)])
        }
        #expect(try upload(bytes, to: registry) == .uploaded)
        #expect(registry.requests.filter { $0.path == "/token" }.count == 2)
        #expect(registry.blob(SHA256.of(bytes)) == bytes)
    }

    static let refusals: [(Int, String, String, Failure.Kind, String)] = [
        (401, "UNAUTHORIZED", "no", .denied, "denied: requested access to the resource is denied"),
        (403, "DENIED", "only on Sundays", .denied, "denied: only on Sundays"),
        (
            413, "SIZE_INVALID", "too large", .unavailable,
            "HTTP 413: size invalid: too large: the registry, or a proxy before it, takes nothing"
        ),
        (507, "", "", .unavailable, "HTTP 507: the registry has no space left"),
        (400, "DIGEST_INVALID", "not that", .unavailable, "HTTP 400: digest invalid: not that"),
        (301, "", "", .unavailable, "HTTP 301"),
    ]

    @Test("a refusal in the middle of an upload is told, not repeated", arguments: refusals)
    func refused(_ status: Int, _ code: String, _ message: String, _ kind: Failure.Kind, _ words: String) throws {
        let registry = try FakeRegistry()
        registry.intercept { request in
            guard request.method == "PATCH" else { return nil }
            return .error(status, code, message, status == 301 ? [("Location", "/elsewhere")] : [])
        }
        let recorder = Recorder()
        let error = failure { _ = try upload(bytes, to: registry, RegistryClient(recorder.settings())) }
        #expect(error?.kind == kind)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        #expect(recorder.pauses.isEmpty)
        #expect(registry.requests.filter { $0.method == "PATCH" }.count == 1)
    }

    @Test("where a request may not be that large, the blob goes in parts")
    func parts() throws {
        let registry = try FakeRegistry()
        registry.intercept { request in
            (request["content-length"].flatMap { Int($0) } ?? 0) > 16 << 20 ? .error(413, "SIZE_INVALID", "too large") : nil
        }
        let bytes = [UInt8](repeating: 7, count: 20 << 20)
        #expect(try upload(bytes, to: registry) == .uploaded)
        #expect(registry.blob(SHA256.of(bytes)) == bytes)
        #expect(
            writes(registry).filter { $0.hasPrefix("PATCH") }.suffix(3) == [
                "PATCH 0-8388607", "PATCH 8388608-16777215", "PATCH 16777216-20971519",
            ])
    }

    @Test("an upload may go on at another host, which gets no proof")
    func otherHost() throws {
        let (registry, other) = (try FakeRegistry(), try FakeRegistry())
        registry.allow(.basic(user: "alice", password: "secret"))
        registry.intercept { request in
            guard request.method == "POST", request["authorization"] != nil else { return nil }
            return FakeResponse(202, [("Location", "http://\(other.address)/bucket?sig=1")])
        }
        other.intercept { $0.method == "PATCH" ? FakeResponse(202, [("Location", "/bucket?sig=2")]) : FakeResponse(201) }
        let credential = OneCredential(domain: registry.address, value: .password(user: "alice", password: "secret"))
        #expect(try upload(bytes, to: registry, RegistryClient(Recorder().settings(), credentials: credential)) == .uploaded)
        #expect(other.requests.map { "\($0.method) \($0.target.prefix(18))" } == ["PATCH /bucket?sig=1", "PUT /bucket?sig=2&dige"])
        #expect(other.requests.allSatisfy { $0["authorization"] == nil })
        #expect(other.requests.first?.body == bytes)
    }

    @Test("a file that is shorter than its descriptor says is told")
    func short() throws {
        let registry = try FakeRegistry()
        let descriptor = ContentDescriptor(mediaType: .ociLayer, digest: SHA256.of(bytes), sizeBytes: 400_000)
        let error = failure { _ = try upload(bytes, to: registry, descriptor: descriptor) }
        #expect(error?.kind == .corrupt)
    }

    @Test("a registry that only errs is left, with growing pauses")
    func giveUp() throws {
        let registry = try FakeRegistry()
        registry.intercept { $0.method == "PATCH" ? FakeResponse(503) : nil }
        let recorder = Recorder()
        let error = failure { _ = try upload(bytes, to: registry, RegistryClient(recorder.settings())) }
        #expect(error?.kind == .unavailable)
        #expect(recorder.pauses.count == 4)
    }

    @Test("a manifest goes under its tag, with its type, and its digest is compared")
    func manifest() throws {
        let registry = try FakeRegistry()
        let client = RegistryClient(Recorder().settings())
        let reference = try ImageReference("\(registry.address)/team/app:1")
        let text = #"{"schemaVersion":2,"manifests":[]}"#
        #expect(try client.putManifest(Array(text.utf8), .ociIndex, to: reference) == SHA256.of(text))
        #expect(registry.manifest("team/app:1") == Array(text.utf8))
        #expect(registry.requests.last?["content-type"] == MediaType.ociIndex.text)
        #expect(try client.hasManifest(SHA256.of(text), in: reference))
        #expect(try !client.hasManifest(SHA256.of("x"), in: reference))
        let missing = failure { try client.putManifest(Array(manifestText.utf8), .ociManifest, to: reference) }
        #expect(missing?.message.contains("manifest blob unknown") == true)
        registry.intercept { _ in FakeResponse(201, [("Docker-Content-Digest", SHA256.of("x").description)]) }
        #expect(failure { try client.putManifest(Array(text.utf8), .ociIndex, to: reference) }?.kind == .corrupt)
    }
}
