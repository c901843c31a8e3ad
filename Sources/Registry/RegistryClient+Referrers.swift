package import OCI
package import Primitives

/// Something attached to an image: a signature, a list of contents, a proof of where it was built.
package struct Referrer: Equatable, Sendable {
    package var descriptor: ContentDescriptor
    package var artifactType: String

    /// - Throws: `.corrupt` for what is no descriptor.
    init(_ json: JSON) throws(Failure) {
        descriptor = try ContentDescriptor(json, in: "referrers: manifest")
        artifactType = Shown.text(json["artifactType"]?.string ?? "")
    }
}

extension RegistryClient {
    static let referrersMax = 10_000

    /// What is attached to a manifest, as the registry lists it; by the tag of the old form where it has no such list.
    /// Spec: distribution-spec, "Listing Referrers" and "Referrers Tag Schema".
    package func referrers(
        of digest: Digest, in repository: ImageReference, cancellation: CancellationFlag = CancellationFlag()
    ) throws(Failure) -> [Referrer] {
        try readingFirst(repository.repository, cancellation) { (route) throws(Failure) in
            var found: [Referrer]?
            do throws(Failure) {
                found = try listed("referrers/\(digest)", digest, route, cancellation)
            } catch { if error.kind != .notFound { throw error } }
            if let found { return found }
            do throws(Failure) {
                return try listed("manifests/\(digest.algorithm.rawValue)-\(digest.hex)", digest, route, cancellation)
            } catch {
                if error.kind == .notFound { return [] }
                throw error
            }
        }
    }

    private func listed(_ target: String, _ digest: Digest, _ route: Route, _ cancellation: CancellationFlag) throws(Failure) -> [Referrer]
    {
        let request = RegistryRequest(reading: target, of: route.reference, headers: ["Accept: \(MediaType.ociIndex.text)"])
        var out: [Referrer] = []
        try pages(request, route.endpoint, .blob(digest, route.reference), cancellation) { (json, _) throws(Failure) in
            guard let entries = json["manifests"]?.array, json["layers"] == nil, out.count + entries.count <= Self.referrersMax else {
                throw Failure(.corrupt, "the answer is no list of referrers")
            }
            for entry in entries { out.append(try Referrer(entry)) }
            return true
        }
        return out
    }
}
