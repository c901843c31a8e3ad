import Glibc
import LinuxSys
import OCI
import Primitives
import Registry
import Synchronization
import TestSupport
import Testing

@Suite struct DownloadTests {
    let bytes = pattern(300_000)
    var descriptor: ContentDescriptor {
        ContentDescriptor(mediaType: .ociLayerGzip, digest: SHA256.of(bytes), sizeBytes: UInt64(bytes.count))
    }

    /// Downloads into a file that holds `known` already. - Returns: what the sink saw and what the file holds at the end.
    func run(
        _ registry: FakeRegistry, known: [UInt8], descriptor: ContentDescriptor? = nil,
        _ change: (inout RegistrySettings) -> Void = { _ in }
    )
        throws -> (seen: [UInt8], file: [UInt8], failure: Failure?)
    {
        let scratch = try Scratch("download")
        let directory = try Directory.open(scratch.path)
        try directory.writeFile("part", known, durable: false)
        let file = try directory.openFile("part", O_RDWR)
        var seen: [UInt8] = []
        var progress: [UInt64] = []
        var failure: Failure?
        let download = BlobDownload(
            descriptor ?? self.descriptor, of: try ImageReference("\(registry.address)/x"),
            from: RegistryClient(Recorder().settings(change)))
        do throws(Failure) {
            try download.run(into: file, progress: { progress.append($0) }, sink: { (piece) throws(Failure) in seen += piece })
        } catch { failure = error }
        #expect(progress == progress.sorted())
        return (seen, try directory.readFile("part"), failure)
    }

    @Test("a partial file is completed, and the receiver sees every byte once", arguments: [0, 1, 299_999, 300_000])
    func resume(_ known: Int) throws {
        let registry = try FakeRegistry()
        registry.addBlob(bytes)
        let result = try run(registry, known: Array(bytes[..<known]))
        #expect(result.failure == nil)
        #expect(result.seen == bytes)
        #expect(result.file == bytes)
        let ranges = registry.requests.filter { $0.path.contains("/blobs/") }.map { $0["range"] }
        #expect(ranges == (known == 0 ? [nil] : known == 300_000 ? [] : ["bytes=\(known)-"]))
    }

    @Test("a file that is too long is begun anew")
    func tooLong() throws {
        let registry = try FakeRegistry()
        registry.addBlob(bytes)
        let result = try run(registry, known: bytes + [1])
        #expect(result.failure == nil)
        #expect(result.file == bytes)
        #expect(result.seen == bytes)
    }

    @Test("a wrong beginning or a wrong content is found, and leaves an empty file to begin anew", arguments: [true, false])
    func corrupt(_ fileIsWrong: Bool) throws {
        let registry = try FakeRegistry()
        registry.addBlob(fileIsWrong ? bytes : pattern(300_001).dropFirst().map { $0 }, as: SHA256.of(bytes))
        let result = try run(registry, known: fileIsWrong ? [UInt8](repeating: 0, count: 1000) : [])
        #expect(result.failure?.kind == .corrupt)
        #expect(result.file.isEmpty)
    }

    @Test("what came before the connection was lost for good stays for the next time")
    func lost() throws {
        let registry = try FakeRegistry()
        let bytes = bytes
        registry.intercept { request in
            guard request.path.contains("/blobs/") else { return nil }
            return request["range"] == nil ? FakeResponse(body: .cut(bytes, after: 200_000)) : FakeResponse(503)
        }
        let result = try run(registry, known: [])
        #expect(result.failure?.kind == .unavailable)
        #expect(result.file == Array(bytes[..<200_000]))
        registry.intercept { _ in nil }
        registry.addBlob(bytes)
        #expect(try run(registry, known: result.file).file == bytes)
    }

    @Test("a digest of another algorithm is refused before anything is asked")
    func sha512() throws {
        let registry = try FakeRegistry()
        let digest = try #require(Digest(.sha512, hex: String(repeating: "a", count: 128)))
        let result = try run(registry, known: [], descriptor: ContentDescriptor(mediaType: .ociLayer, digest: digest, sizeBytes: 1))
        #expect(result.failure?.kind == .unsupported)
        #expect(registry.requests.isEmpty)
    }

    @Test("several threads download at once with one client")
    func threads() throws {
        let registry = try FakeRegistry()
        let blobs = (0..<8).map { number in pattern(200_000).map { $0 &+ UInt8(number) } }
        for blob in blobs { registry.addBlob(blob) }
        let client = RegistryClient(Recorder().settings())
        let reference = try ImageReference("\(registry.address)/x")
        let results = Mutex<[Int: Bool]>([:])
        let (done, signal) = try Self.pipe()
        for (number, blob) in blobs.enumerated() {
            Thread.detached {
                let descriptor = ContentDescriptor(mediaType: .ociLayer, digest: SHA256.of(blob), sizeBytes: UInt64(blob.count))
                let read = try? client.readBlob(descriptor, of: reference, bytesMax: 1 << 20)
                results.withLock { $0[number] = read == blob }
                _ = write(signal, "x", 1)
            }
        }
        var byte: UInt8 = 0
        for _ in blobs { _ = read(done, &byte, 1) }
        #expect(results.withLock { $0.count == 8 && $0.values.allSatisfy { $0 } })
        close(done)
        close(signal)
    }

    static func pipe() throws(Failure) -> (Int32, Int32) {
        var ends: [Int32] = [-1, -1]
        try call("making a pipe") { pipe2(&ends, O_CLOEXEC) }
        return (ends[0], ends[1])
    }
}
