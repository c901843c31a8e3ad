internal import OCI
package import Primitives
package import Registry
package import Store

extension ImageStore {
    /// Proves an image that is here again, from the documents that came with it: the policy may be younger than the pull.
    /// What never came from a registry under the name needs no proof.
    /// - Parameter name: under which it is used; `nil` by its id.
    package func prove(_ record: ImageRecord, as name: ImageReference?, _ policy: SignaturePolicy) throws(Failure) {
        let origins = record.repositoryDigests.compactMap { try? ImageReference($0) }
        var failure: Failure?
        for origin in origins where name.map({ $0.name == origin.name }) ?? true {
            let reference = name ?? origin
            if policy.acceptsAnything(reference) { return }
            do throws(Failure) {
                return try policy.check(reference, [record.manifest] + [origin.digest].compactMap { $0 }) { () throws(Failure) in
                    signatures(of: record)
                }
            } catch { failure = failure ?? error }
        }
        if let failure { throw failure }
    }

    private func signatures(of record: ImageRecord) -> [SigstoreSignature] {
        var out: [SigstoreSignature] = []
        for digest in record.blobs where digest != record.id && digest != record.manifest {
            // Layers are too long to be read, and all that is no signature's manifest is simply not it.
            guard let bytes = try? blobs.read(digest, limit: ManifestDocument.bytesMax),
                case .manifest(let manifest)? = try? ManifestDocument.parse(bytes)
            else { continue }
            for layer in manifest.layers where layer.mediaType.text == SigstoreSignature.mediaType {
                guard let payload = try? blobs.read(layer.digest, limit: SigstoreSignature.payloadBytesMax),
                    let signature = SigstoreSignature(payload: payload, signature: layer.annotations[SigstoreSignature.annotation] ?? "")
                else { continue }
                out.append(signature)
            }
        }
        return out
    }
}
