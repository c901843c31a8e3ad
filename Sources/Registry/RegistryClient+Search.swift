package import Primitives

/// A repository that a search found.
package struct SearchResult: Equatable, Sendable {
    package var name: String
    package var description: String
    package var stars: Int64
    package var isOfficial: Bool
    package var isAutomated: Bool
}

extension RegistryClient {
    /// Looks for repositories: by Docker Hub's search, or where a registry has none, by name in its catalogue.
    /// Spec: docker's registry API 1, "Search"; distribution's "Listing Repositories".
    /// - Parameters:
    ///   - term: `word`, or `host[:port]/word` for another registry than Docker Hub.
    ///   - limit: results at most.
    package func search(_ term: String, limit: Int, cancellation: CancellationFlag = CancellationFlag()) throws(Failure) -> [SearchResult] {
        guard !term.isEmpty, term.utf8.count <= ImageReference.textBytesMax else {
            throw Failure(.invalid, "the search term is empty or too long")
        }
        let (domain, word) = Self.divided(term)
        let server = domain ?? "index.docker.io"
        let endpoint = try endpoint(server, isInsecure: settings.registries.isInsecure(domain: server), cancellation)
        let request = RegistryRequest(registry: "/v1/search?q=\(WebAddress.escaped(word))&n=\(limit)")
        var body: [UInt8] = []
        func take(_ bytes: Bytes) throws(Failure) {
            guard body.count + bytes.count <= Self.pageBytesMax else {
                throw Failure(.corrupt, "\(endpoint.shown): the answer is too large")
            }
            body += bytes
        }
        let answer = try repeating(request, endpoint, .registry(server), cancellation, onBody: take) {
            $0.head.isSuccess || (domain != nil && [400, 404, 405].contains($0.head.status))
        }
        guard answer.head.isSuccess else { return try catalogue(word, endpoint, limit: limit, cancellation) }
        return try doing("\(endpoint.shown): searching") { () throws(Failure) in
            guard let results = try JSON.parse(body)["results"]?.array else { throw Failure(.corrupt, "the answer is no list of results") }
            return results.prefix(limit).compactMap(Self.result)
        }
    }

    /// The first part of `a.example/x` is a host when docker would take it for one.
    static func divided(_ term: String) -> (domain: String?, word: String) {
        guard let slash = term.firstIndex(of: "/") else { return (nil, term) }
        let first = term[..<slash]
        let rest = term[term.index(after: slash)...]
        if first == "docker.io" || first == "index.docker.io" { return (nil, String(rest)) }
        if first == "localhost" || first.utf8.contains(0x2E) || first.utf8.contains(0x3A) { return (String(first), String(rest)) }
        return (nil, first == "library" ? String(rest) : term)
    }

    /// Text of strangers, fit for a terminal.
    private static func result(_ json: JSON) -> SearchResult? {
        guard let name = json["name"]?.string, !name.isEmpty else { return nil }
        return SearchResult(
            name: Shown.text(name), description: Shown.text(json["description"]?.string ?? "", charactersMax: 1000),
            stars: json["star_count"]?.int ?? 0, isOfficial: json["is_official"]?.bool ?? false,
            isAutomated: json["is_automated"]?.bool ?? false)
    }

    private func catalogue(_ word: String, _ endpoint: RegistryEndpoint, limit: Int, _ cancellation: CancellationFlag) throws(Failure)
        -> [SearchResult]
    {
        var request = RegistryRequest(registry: "/v2/_catalog?n=1000")
        request.scope = "registry:catalog:*"
        var found: [SearchResult] = []
        try pages(request, endpoint, .registry(endpoint.domain), cancellation) { (json, _) throws(Failure) in
            guard let names = json["repositories"]?.isNull == true ? [] : json["repositories"]?.strings else {
                throw Failure(.corrupt, "the answer is no list of repositories")
            }
            for name in names where found.count < limit && name.contains(word) {
                found.append(
                    SearchResult(
                        name: "\(endpoint.domain)/\(Shown.text(name))", description: "", stars: 0, isOfficial: false, isAutomated: false))
            }
            return found.count < limit
        }
        return found
    }
}
