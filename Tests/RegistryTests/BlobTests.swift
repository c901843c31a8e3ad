import LinuxSys
import OCI
import Primitives
import Registry
import Synchronization
import TestSupport
import Testing

@Suite struct BlobTests {
    let bytes = pattern(700_000)

    func descriptor(_ bytes: [UInt8], size: Int? = nil) -> ContentDescriptor {
        ContentDescriptor(mediaType: .ociLayerGzip, digest: SHA256.of(bytes), sizeBytes: UInt64(size ?? bytes.count))
    }

    func fetch(_ registry: FakeRegistry, _ descriptor: ContentDescriptor, from offset: UInt64 = 0, _ recorder: Recorder = Recorder()) throws
        -> [UInt8]
    {
        var out: [UInt8] = []
        try client(recorder).fetchBlob(descriptor, of: try ImageReference("\(registry.address)/x"), from: offset) {
            (piece) throws(Failure) in
            out += piece
        }
        return out
    }

    @Test("a blob comes whole, and from an offset by range or by skipping", arguments: [true, false])
    func whole(_ ranges: Bool) throws {
        let registry = try FakeRegistry()
        registry.addBlob(bytes)
        registry.setRanges(ranges)
        #expect(try fetch(registry, descriptor(bytes)) == bytes)
        #expect(try fetch(registry, descriptor(bytes), from: 500_001) == Array(bytes[500_001...]))
        #expect(registry.requests.last?["range"] == "bytes=500001-")
        #expect(try fetch(registry, descriptor(bytes), from: 700_000).isEmpty)
    }

    @Test("a connection that is lost again and again is resumed where it ended", arguments: [true, false])
    func resume(_ ranges: Bool) throws {
        let registry = try FakeRegistry()
        let bytes = bytes
        registry.intercept { request in
            guard request.path.contains("/blobs/") else { return nil }
            let start = ranges ? request["range"].flatMap { Int($0.dropFirst(6).dropLast()) } ?? 0 : 0
            let cuts = [100_000, 300_000, 300_000, 650_000, 700_000]
            let number = registry.requests.filter { $0.path.contains("/blobs/") }.count - 1
            let rest = Array(bytes[start...])
            let headers = start > 0 ? [("Content-Range", "bytes \(start)-699999/700000")] : []
            return FakeResponse(start > 0 ? 206 : 200, headers, body: .cut(rest, after: cuts[min(number, 4)] - start))
        }
        let recorder = Recorder()
        #expect(try fetch(registry, descriptor(bytes), from: 0, recorder) == bytes)
        #expect(recorder.pauses.count == 4)
        #expect(recorder.pauses.allSatisfy { $0 >= 250_000_000 && $0 <= 2_000_000_000 })
    }

    @Test("without any progress it ends, with growing pauses")
    func giveUp() throws {
        let registry = try FakeRegistry()
        registry.intercept { $0.path.contains("/blobs/") ? FakeResponse(503) : nil }
        let recorder = Recorder()
        let error = failure { _ = try fetch(registry, descriptor(bytes), from: 0, recorder) }
        #expect(error?.kind == .unavailable)
        #expect(error?.message.hasSuffix("HTTP 503") == true)
        #expect(recorder.pauses.count == 4)
        #expect(recorder.pauses[3] > recorder.pauses[0])
    }

    @Test("an error of the server passes")
    func transient() throws {
        let registry = try FakeRegistry()
        registry.addBlob(bytes)
        registry.intercept { request in
            request.path.contains("/blobs/") && registry.requests.filter { $0.path.contains("/blobs/") }.count < 3
                ? .error(500, "UNKNOWN", "unknown error") : nil
        }
        #expect(try fetch(registry, descriptor(bytes)) == bytes)
    }

    static let lies: [(String, FakeResponse)] = [
        ("a wrong announced length", FakeResponse(body: .whole(pattern(10)))),
        ("an endless body", FakeResponse(body: .endless(pattern(4096)))),
        ("a range nobody asked for", FakeResponse(206, [("Content-Range", "bytes 0-699999/700000")], body: .whole(pattern(700_000)))),
    ]

    @Test("another size than promised ends the transfer at once", arguments: lies)
    func size(_ what: String, _ response: FakeResponse) throws {
        let registry = try FakeRegistry()
        registry.intercept { $0.path.contains("/blobs/") ? response : nil }
        let error = failure { _ = try fetch(registry, descriptor(bytes)) }
        #expect(error?.kind == .corrupt, "\(what): \(String(describing: error))")
        #expect(registry.requests.filter { $0.path.contains("/blobs/") }.count == 1, "no second attempt")
    }

    @Test(
        "another range than asked for is refused",
        arguments: [
            "bytes 0-699999/700000", "bytes 600000-699999/700001", "bytes 600000-700000/700001", "600000-699999/700000", "", "bytes x-y/z",
            "bytes 9-3/10",
        ])
    func range(_ text: String) throws {
        let registry = try FakeRegistry()
        let rest = Array(bytes[600_000...])
        registry.intercept { $0.path.contains("/blobs/") ? FakeResponse(206, [("Content-Range", text)], body: .whole(rest)) : nil }
        #expect(failure { _ = try fetch(registry, descriptor(bytes), from: 600_000) }?.kind == .corrupt)
    }

    @Test("a refused range is given up for the whole")
    func noRange() throws {
        let registry = try FakeRegistry()
        registry.addBlob(bytes)
        registry.intercept { $0["range"] == nil ? nil : FakeResponse(416) }
        #expect(try fetch(registry, descriptor(bytes), from: 699_000) == Array(bytes[699_000...]))
    }

    @Test("a short pause that a registry asks for is made and said; a long one is an error that says when it ends")
    func rateLimit() throws {
        let registry = try FakeRegistry()
        registry.addBlob(bytes)
        let wait = Mutex("7")
        registry.intercept { request in
            guard request.path.contains("/blobs/"), registry.requests.filter({ $0.path.contains("/blobs/") }).count % 2 == 1 else {
                return nil
            }
            let headers = [("Retry-After", wait.withLock { $0 }), ("Docker-RateLimit-Source", "192.0.2.1")]
            return .error(429, "TOOMANYREQUESTS", "slow down", headers)
        }
        let recorder = Recorder()
        #expect(try fetch(registry, descriptor(bytes), from: 0, recorder) == bytes)
        #expect(recorder.pauses == [7_000_000_000])
        let text = #"registry "\#(registry.address)": too many requests: toomanyrequests: slow down; counted for "192.0.2.1"; it ends in"#
        #expect(recorder.notices == ["\(text) 7 s: waiting 7 s"])
        wait.withLock { $0 = "3600" }
        #expect(
            failure { _ = try fetch(registry, descriptor(bytes), from: 0, recorder) }?.message.hasPrefix("\(text) 3600 s, at 20") == true)
        #expect(recorder.pauses.count == 1)
    }

    @Test("a drip of bytes is ended")
    func drip() throws {
        let registry = try FakeRegistry()
        registry.intercept { $0.path.contains("/blobs/") ? FakeResponse(body: .drip(pattern(700_000), pauseMilliseconds: 20)) : nil }
        let settings = Recorder().settings {
            $0.lowSpeedSeconds = 1
            $0.attemptsMax = 1
        }
        let error = failure {
            try RegistryClient(settings).fetchBlob(descriptor(bytes), of: try ImageReference("\(registry.address)/x")) { _ in }
        }
        #expect(error?.message.hasSuffix("sends too slowly: less than 1024 bytes a second") == true)
    }

    @Test("a cancelled transfer ends, before and in the middle")
    func cancel() throws {
        let registry = try FakeRegistry()
        registry.addBlob(bytes)
        let reference = try ImageReference("\(registry.address)/x")
        let flag = CancellationFlag()
        var got = 0
        let error = failure {
            try client().fetchBlob(descriptor(bytes), of: reference, cancellation: flag) { (piece) throws(Failure) in
                got += piece.count
                flag.cancel()
            }
        }
        #expect(error?.kind == .cancelled)
        #expect(got > 0 && got < bytes.count)
        #expect(failure { try client().fetchBlob(descriptor(bytes), of: reference, cancellation: flag) { _ in } }?.kind == .cancelled)
    }

    @Test("what the receiver throws ends the transfer and is thrown on")
    func sink() throws {
        let registry = try FakeRegistry()
        registry.addBlob(bytes)
        let error = failure {
            try client().fetchBlob(descriptor(bytes), of: try ImageReference("\(registry.address)/x")) { (_) throws(Failure) in
                throw Failure(.noSpace, "full")
            }
        }
        #expect(error == Failure(.noSpace, "full"))
    }

    @Test("a small blob is read with its digest checked")
    func small() throws {
        let registry = try FakeRegistry()
        let reference = try ImageReference("\(registry.address)/x")
        registry.addBlob(Array("{}".utf8))
        #expect(try client().readBlob(descriptor(Array("{}".utf8)), of: reference, bytesMax: 10) == Array("{}".utf8))
        #expect(failure { _ = try client().readBlob(descriptor(bytes), of: reference, bytesMax: 10) }?.kind == .corrupt)
        registry.addBlob(Array("[]".utf8), as: SHA256.of("{}"))
        #expect(failure { _ = try client().readBlob(descriptor(Array("{}".utf8)), of: reference, bytesMax: 10) }?.kind == .corrupt)
        #expect(failure { _ = try client().readBlob(descriptor(Array("none".utf8)), of: reference, bytesMax: 10) }?.kind == .notFound)
    }
}
