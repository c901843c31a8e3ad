internal import LinuxSys
package import OCI
package import Primitives

/// A manifest or an index as a registry sent it.
package struct ResolvedManifest: Sendable {
    /// Digest and size are those of `bytes`, computed here.
    package let descriptor: ContentDescriptor
    package let bytes: [UInt8]
    package let document: ManifestDocument
}

extension RegistryClient {
    /// Fetches what a reference names: by digest when it has one (its tag then says nothing), else by tag.
    /// - Parameter expected: the descriptor that led here (an index's entry): its size and type are compared.
    /// - Throws: `.notFound` in docker's words; `.denied`; `.corrupt` when the content is not what was asked for or
    ///   promised; `.unavailable` after the last attempt; `.unsupported` for schema 1; `.cancelled`.
    package func resolve(
        _ reference: ImageReference, expected: ContentDescriptor? = nil, cancellation: CancellationFlag = CancellationFlag()
    ) throws(Failure) -> ResolvedManifest {
        guard let name = reference.digest?.description ?? reference.tag else {
            throw Failure(.invalid, "\"\(reference)\" has neither tag nor digest")
        }
        if reference.digest?.algorithm == .sha512 { throw Failure(.unsupported, "\"\(reference)\": sha512 digests are not supported") }
        return try readingFirst(reference, cancellation) { (route) throws(Failure) in
            let (head, bytes) = try fetchManifest(name, route.reference, route.endpoint, cancellation)
            return try doing("\(route.endpoint.shown): \"\(reference.familiar)\"") { () throws(Failure) in
                try check(head, bytes, reference, expected)
            }
        }
    }

    private func fetchManifest(
        _ name: String, _ reference: ImageReference, _ endpoint: RegistryEndpoint, _ cancellation: CancellationFlag
    ) throws(Failure) -> (HTTPHead, [UInt8]) {
        let accept = "Accept: " + MediaType.accepted.map(\.text).joined(separator: ", ")
        var persistence = Persistence(settings, cancellation)
        while true {
            var body: [UInt8] = []
            func take(_ bytes: Bytes) throws(Failure) {
                guard body.count + bytes.count <= ManifestDocument.bytesMax else {
                    let limit = "larger than \(ManifestDocument.bytesMax) bytes"
                    throw Failure(.corrupt, "\(endpoint.shown): \"\(reference.familiar)\": the manifest is \(limit)")
                }
                body += bytes
            }
            let request = RegistryRequest(reading: "manifests/\(name)", of: reference, headers: [accept])
            let reply = try exchange(request, endpoint, cancellation, onBody: take)
            switch reply.result {
            case .success(let answer) where answer.head.isSuccess: return (answer.head, body)
            case .success(let answer):
                let said = RegistryAnswer(answer)
                let failure = said.failure(.manifest(reference), endpoint, hadCredentials: reply.hadCredentials)
                guard said.isTransient else { throw failure }
                try persistence.pause(after: failure, retryAfterSeconds: said.retryAfterSeconds)
            case .failure(let problem):
                let failure = problem.failure.within(endpoint.shown)
                guard problem.isTransient else { throw failure }
                try persistence.pause(after: failure)
            }
        }
    }

    private func check(
        _ head: HTTPHead, _ bytes: [UInt8], _ reference: ImageReference, _ expected: ContentDescriptor?
    ) throws(Failure) -> ResolvedManifest {
        let digest = SHA256.of(bytes)
        if let wanted = reference.digest, wanted != digest { throw Failure(.corrupt, "the manifest has the digest \(digest)") }
        if let said = head["docker-content-digest"].flatMap({ Digest($0) }), said.algorithm == .sha256, said != digest {
            throw Failure(.corrupt, "the manifest was announced as \(said) and has the digest \(digest)")
        }
        if let expected, expected.sizeBytes != bytes.count {
            throw Failure(.corrupt, "the manifest has \(bytes.count) bytes, its index promised \(expected.sizeBytes)")
        }
        let header = head["content-type"].map { MediaType(header: $0) }
        let document = try ManifestDocument.parse(bytes, header: header)
        if let expected, expected.mediaType.isManifest || expected.mediaType.isIndex, expected.mediaType != document.mediaType {
            throw Failure(.corrupt, "the manifest is \(document.mediaType), its index promised \(expected.mediaType)")
        }
        return ResolvedManifest(
            descriptor: ContentDescriptor(mediaType: document.mediaType, digest: digest, sizeBytes: UInt64(bytes.count)),
            bytes: bytes, document: document)
    }
}
