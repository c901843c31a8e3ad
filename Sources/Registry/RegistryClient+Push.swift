package import LinuxSys
package import OCI
package import Primitives

/// What writes to a registry. Spec: distribution-spec, "Push".
extension RegistryClient {
    /// Whether a repository has a blob.
    package func hasBlob(
        _ digest: Digest, in repository: ImageReference, cancellation: CancellationFlag = CancellationFlag()
    ) throws(Failure) -> Bool {
        try isThere("blobs/\(digest)", "*/*", digest, try writing(repository, cancellation), cancellation)
    }

    /// Whether a repository has a manifest of this digest.
    package func hasManifest(
        _ digest: Digest, in repository: ImageReference, cancellation: CancellationFlag = CancellationFlag()
    ) throws(Failure) -> Bool {
        let accept = MediaType.accepted.map(\.text).joined(separator: ", ")
        return try isThere("manifests/\(digest)", accept, digest, try writing(repository, cancellation), cancellation)
    }

    func isThere(_ target: String, _ accept: String, _ digest: Digest, _ route: Route, _ cancellation: CancellationFlag) throws(Failure)
        -> Bool
    {
        var request = RegistryRequest("HEAD", target, to: route.reference)
        request.headers = ["Accept: \(accept)"]
        let answer = try repeating(request, route.endpoint, .push(route.reference, digest), cancellation) {
            $0.head.isSuccess || $0.head.status == 404
        }
        return answer.head.isSuccess
    }

    /// Brings a blob into a repository: not at all where it is there, by a mount where another repository of the registry
    /// has it, else by an upload that is gone on with where a connection was lost.
    /// - Parameters:
    ///   - file: the blob; must stay open, is read at places, more than once where parts have to be sent again.
    ///   - sources: repositories that have the blob, likeliest first.
    ///   - progress: called with the bytes sent so far; may go back.
    /// - Throws: `.denied`; `.unavailable` after the last attempt; `.corrupt` when the file is shorter than its descriptor says.
    @discardableResult
    package func uploadBlob(
        _ descriptor: ContentDescriptor, to repository: ImageReference, from file: BorrowedFile, mounting sources: [ImageReference] = [],
        cancellation: CancellationFlag = CancellationFlag(), progress: @escaping (UInt64) -> Void = { _ in }
    ) throws(Failure) -> BlobUploadOutcome {
        let route = try writing(repository, cancellation)
        let upload = BlobUpload(
            client: self, descriptor: descriptor, repository: route.reference, endpoint: route.endpoint, file: file,
            cancellation: cancellation, progress: progress)
        // A repository is known by its name here, and asked for by its name there.
        var known: [ImageReference] = []
        for source in sources { known.append(try settings.registries.target(of: source).reference) }
        switch try upload.run(mounting: known) {
        case .mounted(let source): return .mounted(known.firstIndex(of: source).map { sources[$0] } ?? source)
        case let outcome: return outcome
        }
    }

    /// Puts a manifest or an index under the reference's tag, or under its digest where it has none.
    /// What it names must be there before. - Returns: its digest.
    /// - Throws: `.corrupt` when the registry has understood something else.
    @discardableResult
    package func putManifest(
        _ bytes: [UInt8], _ mediaType: MediaType, to reference: ImageReference, cancellation: CancellationFlag = CancellationFlag()
    ) throws(Failure) -> Digest {
        let digest = SHA256.of(bytes)
        if let wanted = reference.digest, wanted != digest {
            throw Failure(.invalid, "\"\(reference.familiar)\": the manifest has the digest \(digest)")
        }
        guard mediaType.text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { throw Failure(.corrupt, "the manifest has no usable type") }
        let route = try writing(reference, cancellation)
        let endpoint = route.endpoint
        var request = RegistryRequest("PUT", "manifests/\(reference.tag ?? digest.description)", to: route.reference)
        request.headers = ["Content-Type: \(mediaType.text)"]
        request.body = .bytes(bytes)
        let answer = try repeating(request, endpoint, .push(reference, digest), cancellation) { $0.head.isSuccess }
        if let said = answer.head["docker-content-digest"].flatMap({ Digest($0) }), said.algorithm == .sha256, said != digest {
            throw Failure(.corrupt, "\(endpoint.shown): \"\(reference.familiar)\": the registry stored \(said) in place of \(digest)")
        }
        return digest
    }

    /// Sends a request again until its answer is accepted, or no repetition helps.
    func repeating(
        _ request: RegistryRequest, _ endpoint: RegistryEndpoint, _ subject: RegistryAnswer.Subject, _ cancellation: CancellationFlag,
        onBody: (Bytes) throws(Failure) -> Void = { _ in }, until isAccepted: (HTTPAnswer) -> Bool
    ) throws(Failure) -> HTTPAnswer {
        var persistence = Persistence(settings, cancellation)
        while true {
            let reply = try exchange(request, endpoint, cancellation, onBody: onBody)
            switch reply.result {
            case .success(let answer):
                if isAccepted(answer) { return answer }
                let said = RegistryAnswer(answer)
                let failure = said.failure(subject, endpoint, hadCredentials: reply.hadCredentials)
                guard said.isTransient else { throw failure }
                try persistence.pause(after: failure, retryAfterSeconds: said.retryAfterSeconds)
            case .failure(let problem):
                let failure = problem.failure.within(endpoint.shown)
                guard problem.isTransient else { throw failure }
                try persistence.pause(after: failure)
            }
        }
    }
}
