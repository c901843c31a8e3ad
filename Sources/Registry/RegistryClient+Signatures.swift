internal import OCI
package import Primitives

/// A signature as the registry has it, with the documents that prove it again later without the registry.
package struct AttachedSignatures: Sendable {
    package var signatures: [SigstoreSignature] = []
    /// The manifests and what they sign.
    package var documents: [[UInt8]] = []
}

extension RegistryClient {
    static let signaturesMax = 64

    /// Signatures of sigstore's form for these digests, under the tags where cosign puts them.
    /// - Throws: what reading them came to; that there are none is no failure.
    package func signatures(
        of digests: [Digest], in repository: ImageReference, cancellation: CancellationFlag = CancellationFlag()
    ) throws(Failure) -> AttachedSignatures {
        var out = AttachedSignatures()
        for digest in digests {
            let served: ResolvedManifest
            do throws(Failure) {
                served = try resolve(repository.tagged("\(digest.algorithm.rawValue)-\(digest.hex).sig"), cancellation: cancellation)
            } catch {
                if error.kind == .notFound { continue }
                throw error
            }
            guard case .manifest(let manifest) = served.document else { continue }
            out.documents.append(served.bytes)
            for layer in manifest.layers.prefix(Self.signaturesMax) where layer.mediaType.text == SigstoreSignature.mediaType {
                let payload = try readBlob(layer, of: repository, bytesMax: SigstoreSignature.payloadBytesMax, cancellation: cancellation)
                out.documents.append(payload)
                if let signature = SigstoreSignature(payload: payload, signature: layer.annotations[SigstoreSignature.annotation] ?? "") {
                    out.signatures.append(signature)
                }
            }
        }
        return out
    }
}
