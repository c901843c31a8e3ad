internal import CCrypto
internal import LinuxSys
internal import Primitives

/// A signature of sigstore's form beside an image: what was signed, and the signature.
/// Spec: cosign, "Signature specification"; containers/image, docs/containers-signature.5.md.
package struct SigstoreSignature: Equatable, Sendable {
    package static let mediaType = "application/vnd.dev.cosign.simplesigning.v1+json"
    package static let annotation = "dev.cosignproject.cosign/signature"
    package static let payloadBytesMax = 64 << 10
    static let signatureBytesMax = 4096

    package var payload: [UInt8]
    /// DER
    package var signature: [UInt8]

    /// - Parameter text: base64; `nil` for what is none.
    package init?(payload: [UInt8], signature text: String) {
        guard payload.count <= Self.payloadBytesMax, text.utf8.count <= Self.signatureBytesMax, let bytes = Base64.decode(text),
            !bytes.isEmpty
        else {
            return nil
        }
        (self.payload, signature) = (payload, bytes)
    }
}

/// "Signed with one of these keys, for this name."
struct SigstoreRequirement: Equatable, Sendable {
    /// Which name a signature must be for.
    enum Identity: Equatable, Sendable {
        case exact, exactOrDigest, repository
        case exactReference(ImageReference)
        case exactRepository(ImageReference)
    }

    var keys: [PublicKey]
    var identity = Identity.exactOrDigest

    private static let members: Set<String> = ["type", "keyPath", "keyPaths", "keyData", "keyDatas", "signedIdentity"]

    /// A member we cannot heed makes the demand one that cannot be met: never one that is met too easily.
    static func read(_ json: JSON) throws(Failure) -> SignaturePolicy.Requirement {
        if let other = json.object?.keys.first(where: { !members.contains($0) }) {
            return .unsupported("\"\(Shown.text(other))\" in sigstoreSigned: not supported, only public keys are")
        }
        var keys: [PublicKey] = []
        let paths = [json["keyPath"]].compactMap { $0?.string } + (json["keyPaths"]?.strings ?? [])
        for path in paths { keys.append(try PublicKey(path: path)) }
        for text in [json["keyData"]].compactMap({ $0?.string }) + (json["keyDatas"]?.strings ?? []) {
            guard let bytes = Base64.decode(text) else { throw Failure(.invalid, "sigstoreSigned: keyData is not base64") }
            keys.append(try PublicKey(pem: bytes, name: "keyData"))
        }
        guard !keys.isEmpty else { throw Failure(.invalid, "sigstoreSigned names no public key: keyPath or keyData is missing") }
        var out = SigstoreRequirement(keys: keys)
        guard let identity = json["signedIdentity"] else { return .sigstore(out) }
        switch identity["type"]?.string {
        case "matchExact": out.identity = .exact
        case "matchRepoDigestOrExact": out.identity = .exactOrDigest
        case "matchRepository": out.identity = .repository
        case "exactReference": out.identity = .exactReference(try name(identity, "dockerReference"))
        case "exactRepository": out.identity = .exactRepository(try name(identity, "dockerRepository"))
        case let other: return .unsupported("signedIdentity \(Shown.quoted(other ?? "")): not supported")
        }
        return .sigstore(out)
    }

    private static func name(_ json: JSON, _ key: String) throws(Failure) -> ImageReference {
        guard let text = json[key]?.string else { throw Failure(.invalid, "signedIdentity: \"\(key)\" is missing") }
        return try doing("signedIdentity") { () throws(Failure) in try ImageReference(text, defaultTag: nil) }
    }

    /// - Throws: `.denied` saying why none of the signatures will do.
    func check(_ reference: ImageReference, _ digests: [Digest], _ signatures: [SigstoreSignature]) throws(Failure) {
        if signatures.isEmpty { throw Failure(.denied, "none is attached to \(digests.first.map { $0.description } ?? "it")") }
        var reasons: [String] = []
        for signature in signatures {
            do throws(Failure) {
                // First whether it is from whom we trust: until then not a byte of it is read.
                var isOurs = false
                for key in keys where !isOurs { isOurs = try key.verifies(signature) }
                guard isOurs else {
                    reasons.append("not by any of the policy's \(keys.count) key\(keys.count == 1 ? "" : "s")")
                    continue
                }
                return try checkPayload(signature.payload, reference, digests)
            } catch {
                guard error.kind == .denied else { throw error }
                reasons.append(error.message)
            }
        }
        throw Failure(.denied, "\(signatures.count) attached, none fits: \(reasons.prefix(3).joined(separator: "; "))")
    }

    private func checkPayload(_ bytes: [UInt8], _ reference: ImageReference, _ digests: [Digest]) throws(Failure) {
        guard let json = try? JSON.parse(bytes), let critical = json["critical"],
            critical["type"]?.string == "cosign container image signature",
            let digest = critical["image"]?["docker-manifest-digest"]?.string,
            let name = critical["identity"]?["docker-reference"]?.string
        else { throw Failure(.denied, "what it signs cannot be read") }
        guard digests.contains(where: { $0.description == digest }) else {
            throw Failure(.denied, "it is for another image, \(Shown.text(digest))")
        }
        guard let signed = try? ImageReference(name, defaultTag: nil), isFor(signed, reference) else {
            throw Failure(.denied, "it is for the name \(Shown.quoted(name))")
        }
    }

    private func isFor(_ signed: ImageReference, _ reference: ImageReference) -> Bool {
        switch identity {
        case .exact: reference.digest == nil && signed == reference
        case .exactOrDigest: reference.digest == nil ? signed == reference : signed.name == reference.name
        case .repository: signed.name == reference.name
        case .exactReference(let wanted): signed == wanted
        case .exactRepository(let wanted): signed.name == wanted.name
        }
    }
}

/// A public key for ECDSA on P-256, the kind that cosign makes.
struct PublicKey: Equatable, Sendable {
    /// SubjectPublicKeyInfo.
    let der: [UInt8]

    /// Of every such key: id-ecPublicKey, prime256v1, an uncompressed point of 64 bytes. Spec: RFC 5480.
    private static let head: [UInt8] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01,
        0x07,
        0x03, 0x42, 0x00, 0x04,
    ]

    init(path: String) throws(Failure) {
        let bytes: [UInt8]
        do throws(Failure) { bytes = try HostFile.read(path, limit: 64 << 10) } catch { throw error.within("the public key") }
        try self.init(pem: bytes, name: path)
    }

    init(pem: [UInt8], name: String) throws(Failure) {
        let wrong = Failure(.invalid, "the public key \(Shown.quoted(name)): expected one ECDSA key on P-256 in PEM, as cosign makes them")
        let lines = pem.split { $0 == 0x0A || $0 == 0x0D }
        guard let first = lines.firstIndex(where: { $0.elementsEqual("-----BEGIN PUBLIC KEY-----".utf8) }),
            let last = lines.firstIndex(where: { $0.elementsEqual("-----END PUBLIC KEY-----".utf8) }), first < last,
            let der = Base64.decode(String(decoding: lines[(first + 1)..<last].joined(), as: UTF8.self)), der.count == 91,
            der.starts(with: Self.head)
        else { throw wrong }
        self.der = der
    }

    /// - Throws: `.unsupported` without libcrypto; `.invalid` for a point that is not on the curve.
    func verifies(_ signature: SigstoreSignature) throws(Failure) -> Bool {
        let result = cc_verify_sha256(
            der, der.count, signature.payload, signature.payload.count, signature.signature, signature.signature.count)
        if result == cc_no_crypto() {
            throw Failure(
                .unsupported, "signatures cannot be checked: libcrypto is not installed", hint: "install the Debian package libssl3")
        }
        if result < 0 { throw Failure(.invalid, "a public key of the policy cannot be used") }
        return result == 0
    }
}
