package import OCI
package import Primitives

extension RegistryClient {
    /// Streams a blob, each byte once and in order, however often the connection is lost: what is missing is asked for by
    /// range, and from a server without ranges what is known already is skipped. The digest is not checked here.
    /// - Parameters:
    ///   - repository: where the blob is; tag and digest are ignored.
    ///   - offset: the first byte wanted; those before it are with the caller.
    ///   - sink: what it throws ends the transfer and is thrown on.
    /// - Throws: `.corrupt` for a size or range that is not what was promised or asked for; `.notFound`, `.denied`;
    ///   `.unavailable` after the last attempt; `.cancelled`.
    package func fetchBlob(
        _ descriptor: ContentDescriptor, of repository: ImageReference, from offset: UInt64 = 0,
        cancellation: CancellationFlag = CancellationFlag(), into sink: (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        let route = try reading(repository, cancellation)
        let (repository, endpoint) = (route.reference, route.endpoint)
        let what = "\(endpoint.shown): blob \(descriptor.digest.short) of \"\(repository.familiarName)\""
        var stream = BlobStream(sizeBytes: descriptor.sizeBytes, position: offset)
        var persistence = Persistence(settings, cancellation)
        while !stream.isComplete {
            let before = stream.position
            stream.begin()
            let request = RegistryRequest(reading: "blobs/\(descriptor.digest)", of: repository, headers: stream.headers)
            let reply = try exchange(
                request, endpoint, cancellation,
                onHead: { (head) throws(Failure) in try doing(what) { () throws(Failure) in try stream.check(head) } },
                onBody: { (bytes) throws(Failure) in
                    let fresh = try doing(what) { () throws(Failure) in try stream.take(bytes) }
                    if !fresh.isEmpty { try sink(fresh) }
                })
            let failure: Failure
            var retryAfterSeconds: Int64?
            switch reply.result {
            case .success(let answer) where answer.head.isSuccess:
                if stream.isComplete { return }
                failure = Failure(.unavailable, "\(what): ended after \(stream.position) of \(descriptor.sizeBytes) bytes")
            case .success(let answer) where answer.head.status == 416 && stream.usesRanges:
                stream.usesRanges = false
                failure = Failure(.unavailable, "\(what): HTTP 416")
                retryAfterSeconds = 0
            case .success(let answer):
                let said = RegistryAnswer(answer)
                failure = said.failure(.blob(descriptor.digest, repository), endpoint, hadCredentials: reply.hadCredentials)
                guard said.isTransient else { throw failure }
                retryAfterSeconds = said.retryAfterSeconds
            case .failure(let problem):
                failure = problem.failure.within(what)
                // One that was there a moment ago is being started again.
                guard problem.isTransient || (problem.cause == .refused && stream.position > offset) else { throw failure }
            }
            try persistence.pause(after: failure, retryAfterSeconds: retryAfterSeconds, progressed: stream.position > before)
        }
    }

    /// A small blob (an image's configuration) with its digest checked.
    /// - Parameter bytesMax: a larger descriptor is refused unread.
    package func readBlob(
        _ descriptor: ContentDescriptor, of repository: ImageReference, bytesMax: Int, cancellation: CancellationFlag = CancellationFlag()
    ) throws(Failure) -> [UInt8] {
        guard descriptor.sizeBytes <= UInt64(bytesMax) else {
            throw Failure(.corrupt, "blob \(descriptor.digest.short): \(descriptor.sizeBytes) bytes are more than \(bytesMax)")
        }
        var check = try BlobVerifier(descriptor)
        var out: [UInt8] = []
        try fetchBlob(descriptor, of: repository, cancellation: cancellation) { (bytes) throws(Failure) in
            try check.update(bytes)
            out += bytes
        }
        try check.finish()
        return out
    }
}

/// Where the reading of one blob stands. Spec: RFC 9110, 14 (ranges).
struct BlobStream {
    let sizeBytes: UInt64
    /// How many bytes of the blob have been handed on.
    private(set) var position: UInt64
    var usesRanges = true
    /// Bytes of this answer that are known already.
    private var skip: UInt64 = 0

    init(sizeBytes: UInt64, position: UInt64) {
        self.sizeBytes = sizeBytes
        self.position = position
    }

    var isComplete: Bool { position >= sizeBytes }

    private var asksForRange: Bool { position > 0 && usesRanges }
    var headers: [String] { asksForRange ? ["Range: bytes=\(position)-"] : [] }

    mutating func begin() { skip = position }

    mutating func check(_ head: HTTPHead) throws(Failure) {
        if head.status == 206 {
            guard asksForRange, let range = head["content-range"].flatMap(Self.range), range.start == position,
                range.end < sizeBytes, range.total == nil || range.total == sizeBytes
            else { throw Failure(.corrupt, "answered with another range: \(Shown.quoted(head["content-range"] ?? ""))") }
            skip = 0
            return
        }
        guard head.status == 200 else { throw Failure(.unavailable, "HTTP \(head.status)") }
        if let length = head["content-length"], UInt64(length) != sizeBytes {
            throw Failure(.corrupt, "has \(Shown.text(length)) bytes, its manifest promised \(sizeBytes)")
        }
    }

    /// The part of a piece that is new.
    mutating func take(_ bytes: Bytes) throws(Failure) -> Bytes {
        let known = min(skip, UInt64(bytes.count))
        skip -= known
        let fresh = Bytes(rebasing: bytes[Int(known)...])
        guard UInt64(fresh.count) <= sizeBytes - position else {
            throw Failure(.corrupt, "is larger than the \(sizeBytes) bytes its manifest promised")
        }
        position += UInt64(fresh.count)
        return fresh
    }

    /// `bytes 5-9/10`; the total may be `*`.
    static func range(_ text: String) -> (start: UInt64, end: UInt64, total: UInt64?)? {
        let words = text.split(separator: " ")
        guard words.count == 2, words[0].lowercased() == "bytes" else { return nil }
        let halves = words[1].split(separator: "/")
        guard halves.count == 2 else { return nil }
        let ends = halves[0].split(separator: "-")
        guard ends.count == 2, let start = UInt64(ends[0]), let end = UInt64(ends[1]), start <= end else { return nil }
        if halves[1] == "*" { return (start, end, nil) }
        guard let total = UInt64(halves[1]) else { return nil }
        return (start, end, total)
    }
}
