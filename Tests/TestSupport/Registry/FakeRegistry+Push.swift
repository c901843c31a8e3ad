import LinuxSys
internal import Primitives
internal import Synchronization

extension FakeRegistry {
    /// Answers what changes the registry, and what asks for an upload; `nil` for everything else.
    static func write(_ request: FakeRequest, _ box: borrowing Mutex<Content>) -> FakeResponse? {
        let words = request.path.dropFirst(4).split(separator: "/").map(String.init)
        guard request.path.hasPrefix("/v2/"), words.count >= 3 else { return nil }
        let isUpload = words.contains("uploads")
        guard isUpload || request.method == "PUT" else { return nil }
        return box.withLock { state in
            let repository = words.prefix { $0 != "blobs" && $0 != "manifests" }.joined(separator: "/")
            if let refusal = refusal(request, repository, state) { return refusal }
            return isUpload ? upload(request, repository, words[words.count - 1], &state) : manifest(request, repository, words, &state)
        }
    }

    private static func manifest(_ request: FakeRequest, _ repository: String, _ words: [String], _ state: inout Content) -> FakeResponse {
        let digest = SHA256.of(request.body)
        let name = words[words.count - 1]
        guard let json = try? JSON.parse(request.body) else { return .error(400, "MANIFEST_INVALID", "no JSON") }
        let needed = ([json["config"]].compactMap { $0 } + (json["layers"]?.array ?? [])).compactMap { $0["digest"]?.string }
        if let missing = needed.first(where: { state.blobs[$0] == nil }) { return .error(404, "MANIFEST_BLOB_UNKNOWN", missing) }
        let entry = (bytes: request.body, type: request["content-type"] ?? "")
        state.manifests["\(repository)@\(digest)"] = entry
        if !name.hasPrefix("sha256:") { state.manifests["\(repository):\(name)"] = entry }
        return FakeResponse(201, [("Docker-Content-Digest", digest.description)])
    }

    private static func upload(_ request: FakeRequest, _ repository: String, _ name: String, _ state: inout Content) -> FakeResponse {
        let query = Dictionary(
            request.query.split(separator: "&").map { item in
                let parts = item.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                return (String(parts[0]), unescaped(parts.last ?? ""))
            }
        ) { _, last in last }
        if request.method == "POST" {
            if let digest = query["mount"], state.blobs[digest] != nil { return FakeResponse(201) }
            state.uploadsBegun += 1
            let name = "upload-\(state.uploadsBegun)"
            state.uploads[name] = []
            return FakeResponse(202, [("Location", "/v2/\(repository)/blobs/uploads/\(name)?state=1"), ("Range", "0-0")])
        }
        guard let known = state.uploads[name] else { return .error(404, "BLOB_UPLOAD_UNKNOWN", "blob upload unknown to registry") }
        func standing(_ status: Int) -> FakeResponse {
            let count = state.uploads[name]?.count ?? 0
            let place = "/v2/\(repository)/blobs/uploads/\(name)?state=\(count)"
            return FakeResponse(status, [("Location", place), ("Range", "0-\(max(count - 1, 0))")])
        }
        if request.method == "GET" { return standing(204) }
        if let range = request["content-range"], Int(range.prefix { $0 != "-" }) != known.count { return FakeResponse(416) }
        state.uploads[name] = known + request.body
        if request.method == "PATCH" { return standing(202) }
        let bytes = known + request.body
        guard let digest = query["digest"], SHA256.of(bytes).description == digest else {
            return .error(400, "DIGEST_INVALID", "provided digest did not match uploaded content")
        }
        state.blobs[digest] = bytes
        state.uploads[name] = nil
        return FakeResponse(201, [("Docker-Content-Digest", digest)])
    }
}
