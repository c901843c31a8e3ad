import LinuxSys
package import Primitives
internal import Synchronization

/// A registry inside the test's process, with faults to order. Spec: distribution-spec, "Pull" and "Push".
///
/// Put blobs, manifests or whole images into it; `intercept` answers a request in its place.
package final class FakeRegistry: Sendable {
    /// Who may read.
    package enum Access: Sendable {
        case everybody
        case basic(user: String, password: String)
        /// Tokens from `/token` of this registry, or of the realm given. A user and password are needed when given.
        case bearer(realm: String? = nil, user: String? = nil, password: String = "")
    }

    struct Content: Sendable {
        var blobs: [String: [UInt8]] = [:]
        /// By `repository:tag` and `repository@digest`.
        var manifests: [String: (bytes: [UInt8], type: String)] = [:]
        var access = Access.everybody
        var hasRanges = true
        var intercept: (@Sendable (FakeRequest) -> FakeResponse?)?
        var port: UInt16 = 0
        /// Bytes so far, by the last word of the upload's address.
        var uploads: [String: [UInt8]] = [:]
        var uploadsBegun = 0
    }
    private let content: Box
    private let server: FakeServer

    private final class Box: Sendable { let state = Mutex(Content()) }

    /// What it holds now.
    package func blob(_ digest: Digest) -> [UInt8]? { content.state.withLock { $0.blobs[digest.description] } }
    /// - Parameter name: `repository:tag` or `repository@digest`.
    package func manifest(_ name: String) -> [UInt8]? { content.state.withLock { $0.manifests[name]?.bytes } }
    /// Forgets all uploads, as a registry that was restarted.
    package func forgetUploads() { content.state.withLock { $0.uploads = [:] } }

    package init() throws(Failure) {
        let box = Box()
        content = box
        server = try FakeServer { request in
            let state = box.state.withLock { $0 }
            return state.intercept?(request) ?? FakeRegistry.write(request, box.state) ?? FakeRegistry.answer(request, state)
        }
        let port = server.port
        box.state.withLock { $0.port = port }
    }

    /// `127.0.0.1:PORT`, as it stands before the slash of an image name.
    package var address: String { server.address }
    package var port: UInt16 { server.port }
    package var requests: [FakeRequest] { server.requests }
    /// Bodies of requests by this method are lost after so many bytes, one number a request.
    package func cutBodies(_ method: String, after counts: [Int]) { server.cutBodies(method, after: counts) }

    package func allow(_ access: Access) { content.state.withLock { $0.access = access } }
    package func setRanges(_ on: Bool) { content.state.withLock { $0.hasRanges = on } }
    /// Asked first; `nil` leaves the request to the registry.
    package func intercept(_ handler: @escaping @Sendable (FakeRequest) -> FakeResponse?) {
        content.state.withLock { $0.intercept = handler }
    }

    /// - Parameter digest: another one than the content's, to lie.
    @discardableResult
    package func addBlob(_ bytes: [UInt8], as digest: Digest? = nil) -> Digest {
        let digest = digest ?? SHA256.of(bytes)
        content.state.withLock { $0.blobs[digest.description] = bytes }
        return digest
    }

    @discardableResult
    package func addManifest(_ repository: String, tag: String?, _ text: String, type: String = FakeRegistry.manifestType) -> Digest {
        let bytes = Array(text.utf8)
        let digest = SHA256.of(bytes)
        content.state.withLock { state in
            state.manifests["\(repository)@\(digest)"] = (bytes, type)
            if let tag { state.manifests["\(repository):\(tag)"] = (bytes, type) }
        }
        return digest
    }

    package static let manifestType = "application/vnd.oci.image.manifest.v1+json"
    package static let indexType = "application/vnd.oci.image.index.v1+json"
    package static let layerType = "application/vnd.oci.image.layer.v1.tar+gzip"

    /// An image of layers as they are sent. - Parameter diffIDs: of the unpacked layers.
    @discardableResult
    package func addImage(
        _ repository: String, tag: String = "latest", layers: [[UInt8]], diffIDs: [Digest], layerType: String = FakeRegistry.layerType,
        config: JSON = [:]
    ) -> Digest {
        let document: JSON = [
            "architecture": "amd64", "os": "linux", "config": config,
            "rootfs": ["type": "layers", "diff_ids": .strings(diffIDs.map(\.description))],
        ]
        func descriptor(_ type: String, _ bytes: [UInt8]) -> JSON {
            ["mediaType": .string(type), "digest": .string(addBlob(bytes).description), "size": .int(Int64(bytes.count))]
        }
        let manifest: JSON = [
            "schemaVersion": 2, "mediaType": .string(Self.manifestType),
            "config": descriptor("application/vnd.oci.image.config.v1+json", document.bytes),
            "layers": .array(layers.map { descriptor(layerType, $0) }),
        ]
        return addManifest(repository, tag: tag, manifest.compact())
    }
}

extension FakeRegistry {
    private static func answer(_ request: FakeRequest, _ state: Content) -> FakeResponse {
        if request.path == "/token" { return token(request, state.access) }
        guard request.path.hasPrefix("/v2/") else { return FakeResponse(404) }
        let words = request.path.dropFirst(4).split(separator: "/").map(String.init)
        let repository = words.dropLast(2).joined(separator: "/")
        if let refusal = refusal(request, repository, state) { return refusal }
        if words.isEmpty { return FakeResponse(200, [], "{}") }
        guard words.count >= 3 else { return .error(404, "UNSUPPORTED", "no such path") }
        if words[words.count - 2] == "blobs" { return blob(request, words[words.count - 1], state) }
        guard words[words.count - 2] == "manifests" else { return .error(404, "UNSUPPORTED", "no such path") }
        let name = words[words.count - 1]
        guard let known = state.manifests[name.hasPrefix("sha256:") ? "\(repository)@\(name)" : "\(repository):\(name)"] else {
            return .error(404, "MANIFEST_UNKNOWN", "manifest unknown")
        }
        let digest = SHA256.of(known.bytes).description
        return FakeResponse(200, [("Content-Type", known.type), ("Docker-Content-Digest", digest)], body: .whole(known.bytes))
    }

    private static func blob(_ request: FakeRequest, _ digest: String, _ state: Content) -> FakeResponse {
        guard let bytes = state.blobs[digest] else { return .error(404, "BLOB_UNKNOWN", "blob unknown to registry") }
        guard state.hasRanges, let range = request["range"], range.hasPrefix("bytes="),
            let start = Int(range.dropFirst(6).prefix { $0 != "-" })
        else { return FakeResponse(200, [("Content-Type", "application/octet-stream")], body: .whole(bytes)) }
        guard start < bytes.count else { return FakeResponse(416, [("Content-Range", "bytes */\(bytes.count)")]) }
        return FakeResponse(
            206, [("Content-Range", "bytes \(start)-\(bytes.count - 1)/\(bytes.count)")], body: .whole(Array(bytes[start...])))
    }

    static func refusal(_ request: FakeRequest, _ repository: String, _ state: Content) -> FakeResponse? {
        let given = request["authorization"]
        let challenge: String
        switch state.access {
        case .everybody: return nil
        case .basic(let user, let password):
            if given == "Basic \(base64("\(user):\(password)"))" { return nil }
            challenge = #"Basic realm="fake, with a comma""#
        case .bearer(let realm, _, _):
            let rights = request.method == "GET" ? ["pull", "pull,push"] : ["pull,push"]
            let mount = request.query.split(separator: "&").first { $0.hasPrefix("from=") }
            let more = mount.map { "+repository:\(unescaped($0.dropFirst(5))):pull" } ?? ""
            if rights.contains(where: { given == "Bearer token-of-repository:\(repository):\($0)\(more)" }) { return nil }
            let realm = realm ?? "http://127.0.0.1:\(state.port)/token"
            challenge = #"Bearer realm="\#(realm)",service="fake",scope="repository:*:push""#
        }
        return .error(401, "UNAUTHORIZED", "authentication required", [("WWW-Authenticate", challenge)])
    }

    private static func token(_ request: FakeRequest, _ access: Access) -> FakeResponse {
        guard case .bearer(_, let user, let password) = access else { return FakeResponse(404) }
        if let user, request["authorization"] != "Basic \(base64("\(user):\(password)"))" {
            return FakeResponse(401, [], #"{"details":"incorrect username or password"}"#)
        }
        let scopes = request.query.split(separator: "&").filter { $0.hasPrefix("scope=") }.map { unescaped($0.dropFirst(6)) }
        let scope = scopes.joined(separator: " ")
        return FakeResponse(200, [], #"{"token":"token-of-\#(scope.split(separator: " ").joined(separator: "+"))","expires_in":300}"#)
    }

    static func unescaped(_ text: Substring) -> String {
        var out: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == 0x25, rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                out.append(byte)
                continue
            }
            out.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: out, as: UTF8.self)
    }

    package static func base64(_ text: String) -> String { base64(Array(text.utf8)) }

    package static func base64(_ bytes: [UInt8]) -> String {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
        var bits = bytes.flatMap { byte in (0..<8).map { byte >> (7 - $0) & 1 } }
        while bits.count % 6 != 0 { bits.append(0) }
        var out = stride(from: 0, to: bits.count, by: 6).map { alphabet[bits[$0..<$0 + 6].reduce(0) { $0 << 1 | Int($1) }] }
        while out.count % 4 != 0 { out.append("=") }
        return String(out)
    }
}
