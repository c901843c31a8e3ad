import LinuxSys
import OCI
import Primitives
import Registry
import TestSupport
import Testing

@Suite struct RedirectTests {
    let bytes = pattern(1000)

    func fetch(_ registry: FakeRegistry, _ client: RegistryClient? = nil) throws -> [UInt8] {
        let credential = OneCredential(domain: registry.address, value: .password(user: "alice", password: "secret"))
        let client = client ?? RegistryClient(Recorder().settings(), credentials: credential)
        var out: [UInt8] = []
        let descriptor = ContentDescriptor(mediaType: .ociLayer, digest: SHA256.of(bytes), sizeBytes: UInt64(bytes.count))
        try client.fetchBlob(descriptor, of: try ImageReference("\(registry.address)/x")) { (piece) throws(Failure) in out += piece }
        return out
    }

    @Test("a redirect to another host is followed without the credentials", arguments: [301, 302, 303, 307, 308])
    func other(_ status: Int) throws {
        let other = try FakeRegistry()
        let registry = try FakeRegistry()
        registry.allow(.basic(user: "alice", password: "secret"))
        let bytes = bytes
        other.intercept { $0.path == "/store" ? FakeResponse(body: .whole(bytes)) : nil }
        registry.intercept {
            $0.path.contains("/blobs/") && $0["authorization"] != nil ? .to("http://\(other.address)/store?sig=1", status) : nil
        }
        #expect(try fetch(registry) == bytes)
        #expect(other.requests.map(\.target) == ["/store?sig=1"])
        #expect(other.requests.allSatisfy { $0["authorization"] == nil })
    }

    @Test("after another host, even the first one gets no credentials any more")
    func back() throws {
        let other = try FakeRegistry()
        let registry = try FakeRegistry()
        registry.allow(.basic(user: "alice", password: "secret"))
        let bytes = bytes
        registry.intercept { request in
            if request.path == "/store" { return FakeResponse(body: .whole(bytes)) }
            return request.path.contains("/blobs/") && request["authorization"] != nil ? .to("http://\(other.address)/hop") : nil
        }
        other.intercept { _ in .to("http://\(registry.address)/store") }
        #expect(try fetch(registry) == bytes)
        #expect(registry.requests.last?.path == "/store")
        #expect(registry.requests.last?["authorization"] == nil)
    }

    @Test("a challenge of another host is not answered")
    func foreignChallenge() throws {
        let other = try FakeRegistry()
        let registry = try FakeRegistry()
        other.allow(.basic(user: "alice", password: "secret"))
        registry.intercept { $0.path.contains("/blobs/") ? .to("http://\(other.address)/v2/x/blobs/y") : nil }
        let error = failure { _ = try fetch(registry) }
        #expect(
            error?.message
                == #"registry "\#(registry.address)": repository "x", sent to "\#(other.address)": HTTP 401: unauthorized: authentication required"#
        )
        #expect(other.requests.allSatisfy { $0["authorization"] == nil })
    }

    @Test("a relative redirect on the same host keeps the credentials")
    func relative() throws {
        let registry = try FakeRegistry()
        registry.allow(.basic(user: "alice", password: "secret"))
        let bytes = bytes
        registry.intercept { request in
            guard request["authorization"] != nil else { return nil }
            if request.path == "/v2/x/blobs/moved" { return FakeResponse(body: .whole(bytes)) }
            return request.path.contains("/blobs/") ? .to("moved") : nil
        }
        #expect(try fetch(registry) == bytes)
    }

    @Test("a loop of redirects ends")
    func loop() throws {
        let registry = try FakeRegistry()
        registry.intercept { $0.path.contains("/blobs/") ? .to($0.target) : nil }
        let error = failure { _ = try fetch(registry) }
        #expect(error?.message.contains("more than 10 redirects") == true)
        #expect(registry.requests.filter { $0.path.contains("/blobs/") }.count == 11)
    }

    @Test(
        "a redirect to a link-local or multicast address is refused before connecting",
        arguments: [
            "http://169.254.169.254/latest/meta-data", "http://[fe80::1]/x", "http://[::ffff:169.254.169.254]/x",
            "http://[64:ff9b::a9fe:a9fe]/x",
            "http://2852039166/x", "http://0xa9fea9fe/x", "http://0251.0376.0251.0376/x", "http://[fd00:ec2::254]/x", "http://224.0.0.1/",
            "http://255.255.255.255/",
        ])
    func linkLocal(_ location: String) throws {
        let registry = try FakeRegistry()
        registry.intercept { $0.path.contains("/blobs/") ? .to(location) : nil }
        let error = failure { _ = try fetch(registry) }
        #expect(error?.kind == .denied, "\(String(describing: error))")
        #expect(error?.message.contains("no registry may send us to") == true)
        #expect(error?.message.contains("\(registry.address)\" leads to") == false, "the one refused is named")
    }

    @Test(
        "a redirect to what is no web address is refused",
        arguments: [
            "file:///etc/passwd", "gopher://127.0.0.1/", "", "http://user:pw@127.0.0.1/", "http://127.0.0.1:0/", "http://exa mple/",
            "http://a\\b/", "scp:x", "http:///x",
        ])
    func noWeb(_ location: String) throws {
        let registry = try FakeRegistry()
        registry.intercept { $0.path.contains("/blobs/") ? .to(location) : nil }
        let error = failure { _ = try fetch(registry) }
        #expect(error?.kind == .denied, "\(String(describing: error))")
        #expect(error?.message.contains("no web address") == true)
    }

    @Test("a password never stands in a message")
    func secrets() throws {
        let registry = try FakeRegistry()
        registry.allow(.bearer(user: "alice", password: "right"))
        registry.intercept { $0.path == "/token" ? FakeResponse(401, [], #"{"details":"wrong password secret for alice"}"#) : nil }
        let error = failure { _ = try fetch(registry) }
        #expect(error?.message.contains("wrong password *** for alice") == true)
    }
}
