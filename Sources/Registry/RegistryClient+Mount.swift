package import Primitives

extension RegistryClient {
    /// Asks a registry to take a blob over from another of its repositories, for a caller that does not have the bytes yet.
    /// - Returns: false when it will not; why not is told by the upload that follows.
    package func mountBlob(
        _ digest: Digest, to repository: ImageReference, from source: ImageReference, cancellation: CancellationFlag = CancellationFlag()
    ) throws(Failure) -> Bool {
        guard source.domain == repository.domain, source.path != repository.path else { return false }
        let endpoint = try endpoint(repository.domain, cancellation)
        let target = "blobs/uploads/?mount=\(WebAddress.escaped(digest.description))&from=\(WebAddress.escaped(source.path))"
        var request = RegistryRequest("POST", target, to: repository, reading: source)
        request.body = .bytes([])
        guard case .success(let answer) = try exchange(request, endpoint, cancellation).result else { return false }
        return answer.head.status == 201
    }
}
