internal import LinuxSys
internal import OCI
package import Primitives

/// What became of a blob that a registry was to have.
package enum BlobUploadOutcome: Equatable, Sendable {
    /// It was there.
    case exists
    /// The registry took it over from another of its repositories.
    case mounted(ImageReference)
    case uploaded
}

/// One blob on its way from a file into a repository, gone on with where a connection was lost.
/// Spec: distribution-spec, "Pushing blobs".
struct BlobUpload {
    let client: RegistryClient
    let descriptor: ContentDescriptor
    let repository: ImageReference
    let endpoint: RegistryEndpoint
    let file: BorrowedFile
    let cancellation: CancellationFlag
    let progress: (UInt64) -> Void

    /// A blob up to this size is sent with the request that ends its upload.
    static let wholeBytesMax: UInt64 = 64 << 10
    /// Tried one after the other while a server (or what stands before it) says that a request is too large.
    static let chunkBytes: [UInt64] = [64 << 20, 8 << 20]

    private var what: String { "blob \(descriptor.digest.short) to \"\(repository.familiarName)\"" }

    /// - Parameter sources: repositories of the same registry that have the blob, likeliest first.
    func run(mounting sources: [ImageReference]) throws(Failure) -> BlobUploadOutcome {
        let route = RegistryClient.Route(reference: repository, endpoint: endpoint)
        if try client.isThere("blobs/\(descriptor.digest)", "*/*", descriptor.digest, route, cancellation) { return .exists }
        let source = sources.first { $0.domain == repository.domain && $0.path != repository.path }
        var persistence = Persistence(client.settings, cancellation)
        var chunks = Self.chunkBytes[...]
        var chunkBytesMax = UInt64.max
        var begun: UploadSession?
        do throws(Failure) { begun = try begin(source, &persistence) } catch {
            // Who may not read the other repository may write to this one all the same.
            guard source != nil, error.kind == .denied else { throw error }
            begun = try begin(nil, &persistence)
        }
        guard var session = begun else { return .mounted(source ?? repository) }
        var failedAt: UInt64 = 0
        while true {
            switch try send(session, chunkBytesMax) {
            case .done: return .uploaded
            case .advanced(let next): session = next
            case .tooLarge(let failure):
                guard let smaller = chunks.popFirst() else { throw failure }
                chunkBytesMax = smaller
                session = try restart(&persistence)
            case .failed(let failure, let retryAfterSeconds):
                try persistence.pause(after: failure, retryAfterSeconds: retryAfterSeconds, progressed: session.position > failedAt)
                failedAt = session.position
                if let known = try standing(session) {
                    session = known
                } else {
                    session = try restart(&persistence)
                }
            }
        }
    }

    /// - Returns: `nil` when the registry has mounted the blob.
    private func begin(_ source: ImageReference?, _ persistence: inout Persistence) throws(Failure)
        -> UploadSession?
    {
        var target = "blobs/uploads/"
        if let source { target += "?mount=\(WebAddress.escaped(descriptor.digest.description))&from=\(WebAddress.escaped(source.path))" }
        var request = RegistryRequest("POST", target, to: repository, reading: source)
        request.body = .bytes([])
        while true {
            let reply = try client.exchange(request, endpoint, cancellation)
            if case .success(let answer) = reply.result {
                if answer.head.status == 201, source != nil { return nil }
                if answer.head.status == 202 { return try session(answer) }
            }
            let (failure, retryAfterSeconds) = try transient(reply)
            try persistence.pause(after: failure, retryAfterSeconds: retryAfterSeconds)
        }
    }

    private func restart(_ persistence: inout Persistence) throws(Failure) -> UploadSession {
        guard let session = try begin(nil, &persistence) else {
            throw Failure(.unavailable, "\(endpoint.shown): \(what): no upload")
        }
        return session
    }

    private func session(_ answer: HTTPAnswer, position: UInt64 = 0) throws(Failure) -> UploadSession {
        let location = try doing(what) { () throws(Failure) in try client.http.destination(of: answer, endpoint) }
        return UploadSession(
            location: location, position: position, chunkBytesMin: answer.head["oci-chunk-min-length"].flatMap { UInt64($0) } ?? 0)
    }

    /// Where an upload stands whose connection was lost; `nil` when the registry has forgotten it.
    private func standing(_ session: UploadSession) throws(Failure) -> UploadSession? {
        var request = RegistryRequest("GET", "", to: repository)
        request.address = session.location
        guard case .success(let answer) = try client.exchange(request, endpoint, cancellation).result, answer.head.isSuccess,
            let position = UploadSession.received(answer.head), position <= descriptor.sizeBytes
        else { return nil }
        var next = session
        next.position = position
        if answer.head["location"] != nil { next.location = try self.session(answer).location }
        return next
    }

    private enum Step {
        case done
        case advanced(UploadSession)
        case tooLarge(Failure)
        case failed(Failure, retryAfterSeconds: Int64?)
    }

    /// Sends the next part, or what ends the upload.
    private func send(_ session: UploadSession, _ chunkBytesMax: UInt64) throws(Failure) -> Step {
        let rest = descriptor.sizeBytes - session.position
        let isLast = rest == 0 || (session.position == 0 && rest <= Self.wholeBytesMax)
        let count = isLast ? rest : min(rest, max(chunkBytesMax, session.chunkBytesMin))
        let reply = try client.exchange(isLast ? end(session) : chunk(session, count), endpoint, cancellation)
        if case .success(let answer) = reply.result {
            if isLast, answer.head.isSuccess {
                progress(descriptor.sizeBytes)
                return .done
            }
            if answer.head.isSuccess {
                // What the registry says it has counts; one that says nothing has all of it.
                let sent = session.position + count
                var next = try self.session(answer, position: min(UploadSession.received(answer.head) ?? sent, sent))
                next.chunkBytesMin = session.chunkBytesMin
                if next.position > session.position { return .advanced(next) }
                return .failed(
                    Failure(.unavailable, "\(endpoint.shown): \(what): the registry took none of \(count) bytes"), retryAfterSeconds: nil)
            }
            if answer.head.status == 413, count > Self.chunkBytes.last ?? 0 { return .tooLarge(failure(reply, answer)) }
            // The upload is not known any more, or stands elsewhere: it is asked for, or begun anew.
            if answer.head.status == 404 || answer.head.status == 416 {
                return .failed(failure(reply, answer), retryAfterSeconds: nil)
            }
        }
        let (failure, retryAfterSeconds) = try transient(reply)
        return .failed(failure, retryAfterSeconds: retryAfterSeconds)
    }

    /// Why a request has to be repeated. - Throws: why there is no use in that.
    private func transient(_ reply: RegistryClient.Reply) throws(Failure) -> (Failure, Int64?) {
        switch reply.result {
        case .success(let answer):
            let failure = failure(reply, answer)
            guard RegistryAnswer(answer).isTransient else { throw failure }
            return (failure, RegistryAnswer(answer).retryAfterSeconds)
        case .failure(let problem):
            let failure = problem.failure.within("\(endpoint.shown): \(what)")
            // It was there a moment ago: a registry that refuses now is being started again.
            guard problem.isTransient || problem.cause == .refused else { throw failure }
            return (failure, nil)
        }
    }

    private func failure(_ reply: RegistryClient.Reply, _ answer: HTTPAnswer) -> Failure {
        RegistryAnswer(answer).failure(.push(repository, descriptor.digest), endpoint, hadCredentials: reply.hadCredentials)
    }

    private func chunk(_ session: UploadSession, _ count: UInt64) -> RegistryRequest {
        let start = session.position
        var request = RegistryRequest("PATCH", "", to: repository)
        request.address = session.location
        request.headers = ["Content-Type: application/octet-stream"]
        // A single chunk is a stream, which even registries take that know nothing of chunks.
        if start > 0 || count < descriptor.sizeBytes { request.headers.append("Content-Range: \(start)-\(start + count - 1)") }
        request.body = .file(slice(start, count))
        return request
    }

    /// The request that ends the upload; it carries a small blob whole.
    private func end(_ session: UploadSession) -> RegistryRequest {
        var request = RegistryRequest("PUT", "", to: repository)
        var address = session.location
        let digest = WebAddress.escaped(descriptor.digest.description)
        address.target += (address.target.contains("?") ? "&" : "?") + "digest=\(digest)"
        request.address = address
        request.headers = ["Content-Type: application/octet-stream"]
        let rest = descriptor.sizeBytes - session.position
        request.body = rest == 0 ? .bytes([]) : .file(slice(session.position, rest))
        return request
    }

    private func slice(_ start: UInt64, _ count: UInt64) -> FileSlice {
        let progress = progress
        return FileSlice(file, from: start, sizeBytes: count) { progress(start + $0) }
    }
}

/// The registry's side of an upload.
struct UploadSession {
    var location: WebAddress
    /// What the registry has.
    var position: UInt64
    /// The registry takes no smaller part but the last.
    var chunkBytesMin: UInt64

    /// Bytes that the registry has, from `Range: 0-LAST`; `0-0` is how it says none. `nil` when it does not say.
    static func received(_ head: HTTPHead) -> UInt64? {
        guard let text = head["range"] else { return nil }
        let ends = (text.hasPrefix("bytes=") ? text.dropFirst(6) : text[...]).split(separator: "-", omittingEmptySubsequences: false)
        guard ends.count == 2, ends[0] == "0", let last = UInt64(ends[1]), last < ContentDescriptor.sizeBytesMax else { return nil }
        return last == 0 ? 0 : last + 1
    }
}
