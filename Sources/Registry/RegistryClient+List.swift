package import Primitives

/// Lists that a registry gives in pages.
extension RegistryClient {
    static let pageBytesMax = 4 << 20
    static let pagesMax = 1000
    static let tagsMax = 100_000

    /// Every tag of a repository, as the registry orders them. Spec: distribution-spec, "Listing Tags".
    /// - Throws: `.notFound` in docker's words; `.corrupt` for what is no list of tags.
    package func tags(of repository: ImageReference, cancellation: CancellationFlag = CancellationFlag()) throws(Failure) -> [String] {
        try readingFirst(repository, cancellation) { (route) throws(Failure) in
            var tags: [String] = []
            let request = RegistryRequest(reading: "tags/list", of: route.reference)
            try pages(request, route.endpoint, .manifest(route.reference), cancellation) { (json, _) throws(Failure) in
                // null is how some registries say none.
                let page = json["tags"] == nil || json["tags"]?.isNull == true ? [] : json["tags"]?.strings
                guard let page, tags.count + page.count <= Self.tagsMax else { throw Failure(.corrupt, "the answer is no list of tags") }
                tags += page
                return true
            }
            return tags
        }
    }

    /// A list, page after page as `Link` headers lead on.
    /// - Parameter take: one page and its answer; false ends it.
    func pages(
        _ request: RegistryRequest, _ endpoint: RegistryEndpoint, _ subject: RegistryAnswer.Subject, _ cancellation: CancellationFlag,
        take: (JSON, HTTPAnswer) throws(Failure) -> Bool
    ) throws(Failure) {
        var request = request
        let what = request.path.isEmpty ? endpoint.shown : "\(endpoint.shown): repository \"\(request.path)\""
        var seen: Set<WebAddress> = []
        while seen.count < Self.pagesMax {
            let (answer, body) = try document(request, endpoint, subject, cancellation)
            let next = try doing(what) { () throws(Failure) -> WebAddress? in
                let json = try JSON.parse(body)
                return try take(json, answer) ? Self.next(answer, endpoint) : nil
            }
            guard let next else { return }
            guard seen.insert(next).inserted else { break }
            // Our own host only: where a page lies is no place to be sent elsewhere.
            request.address = next
        }
        throw Failure(.corrupt, "\(what): the list has no end")
    }

    /// One answer with its body.
    func document(
        _ request: RegistryRequest, _ endpoint: RegistryEndpoint, _ subject: RegistryAnswer.Subject, _ cancellation: CancellationFlag
    ) throws(Failure) -> (HTTPAnswer, [UInt8]) {
        var body: [UInt8] = []
        func take(_ bytes: Bytes) throws(Failure) {
            guard body.count + bytes.count <= Self.pageBytesMax else {
                throw Failure(.corrupt, "\(endpoint.shown): the answer is too large")
            }
            body += bytes
        }
        let answer = try repeating(request, endpoint, subject, cancellation, onBody: take) {
            if !$0.head.isSuccess { body = [] }
            return $0.head.isSuccess
        }
        return (answer, body)
    }

    /// The next page, from `Link: </v2/…?last=x>; rel="next"`; `nil` when this is the last, or leads to another host.
    private static func next(_ answer: HTTPAnswer, _ endpoint: RegistryEndpoint) -> WebAddress? {
        for link in answer.head.all("link") {
            guard let open = link.firstIndex(of: "<"), let close = link.firstIndex(of: ">"), open < close else { continue }
            let parameters = link[close...].lowercased()
            guard parameters.contains("rel=\"next\"") || parameters.contains("rel=next") else { continue }
            let address = answer.address.resolving(String(link[link.index(after: open)..<close]))
            return address.flatMap { $0.hasOrigin(of: endpoint.base) ? $0 : nil }
        }
        return nil
    }
}
