import LinuxSys
import Primitives
import TestSupport
import Testing

@testable import Registry

/// A key pair and signatures made by openssl.
struct SigningKey {
    let scratch: Scratch
    var publicKey: String { "\(scratch.path)/key.pub" }

    init() throws {
        scratch = try Scratch("key")
        let script =
            "openssl ecparam -name prime256v1 -genkey -noout -out key.pem 2>/dev/null; openssl ec -in key.pem -pubout -out key.pub 2>/dev/null"
        try Command("/bin/sh", ["-euc", script], directory: scratch.path).check()
    }

    static func payload(_ name: String, _ digest: Digest, type: String = "cosign container image signature") -> [UInt8] {
        let json: JSON = [
            "critical": [
                "identity": ["docker-reference": .string(name)], "image": ["docker-manifest-digest": .string(digest.description)],
                "type": .string(type),
            ], "optional": .null,
        ]
        return json.bytes
    }

    /// Base64 of the signature over these bytes.
    func sign(_ payload: [UInt8]) throws -> String {
        try scratch.write("payload", String(decoding: payload, as: UTF8.self))
        return try Command("/bin/sh", ["-euc", "openssl dgst -sha256 -sign key.pem payload | base64 -w0"], directory: scratch.path).check()
            .line
    }
}

@Suite struct PolicyTests {
    let image = SHA256.of("image")

    func policy(_ text: String) throws -> SignaturePolicy { try SignaturePolicy(Array(text.utf8), path: "/p") }

    static let scopes: [(String, String)] = [
        ("reg.example:5000/team/app:1", "name"), ("reg.example:5000/team/app:2", "repository"), ("reg.example:5000/team/x:1", "team"),
        ("reg.example:5000/other/x:1", "registry"), ("a.b.example/x", "wild"), ("reg.example/x", "wild"), ("example/x", "all"),
        ("busybox", "hub"),
    ]

    @Test("the narrowest scope counts", arguments: scopes)
    func scope(_ name: String, _ expected: String) throws {
        func scope(_ keys: [String]) -> String {
            keys.map { "\"\($0)\":[{\"type\":\"reject\"}]" }.joined(separator: ",")
        }
        let keys = [
            "reg.example:5000/team/app:1": "name", "reg.example:5000/team/app": "repository", "reg.example:5000/team": "team",
            "reg.example:5000": "registry", "*.example": "wild", "docker.io/library/busybox": "hub", "": "all",
        ]
        let policy = try policy(#"{"default":[{"type":"insecureAcceptAnything"}],"transports":{"docker":{\#(scope(Array(keys.keys)))}}}"#)
        #expect(keys[policy.requirements(for: try ImageReference(name)).scope] == expected)
        let error = failure { try policy.check(try ImageReference(name), []) { () throws(Failure) in [] } }
        #expect(error?.kind == .denied)
        #expect(error?.message.contains(#"is rejected by the policy "/p" (scope "#) == true)
    }

    static let mistakes = [
        "", "[]", "{}", #"{"default":[]}"#, #"{"default":{}}"#, #"{"default":[{"type":"maybe"}]}"#, #"{"default":[{}]}"#,
        #"{"default":[{"type":"reject"}],"extra":1}"#, #"{"default":[{"type":"reject"}],"transports":[]}"#,
        #"{"default":[{"type":"sigstoreSigned"}]}"#, #"{"default":[{"type":"sigstoreSigned","keyPath":"/no/such"}]}"#,
        #"{"default":[{"type":"sigstoreSigned","keyData":"%"}]}"#, #"{"default":[{"type":"sigstoreSigned","keyData":"AAAA"}]}"#,
        #"{"default":[{"type":"reject"}],"transports":{"docker":{"a":[]}}}"#,
    ]

    @Test("a policy that cannot be read forbids everything", arguments: mistakes)
    func mistake(_ text: String) { #expect(throws: Failure.self) { try policy(text) } }

    @Test(
        "what cannot be proved here is refused by name",
        arguments: [
            (#"{"type":"signedBy","keyType":"GPGKeys","keyPath":"/k"}"#, "signedBy"),
            (#"{"type":"sigstoreSigned","keyPath":"/k","rekorPublicKeyPath":"/r"}"#, "rekorPublicKeyPath"),
            (#"{"type":"sigstoreSigned","fulcio":{}}"#, "fulcio"),
        ])
    func unsupported(_ requirement: String, _ word: String) throws {
        let error = failure { try policy(#"{"default":[\#(requirement)]}"#).refuse(try ImageReference("busybox")) }
        #expect(error?.kind == .denied)
        #expect(error?.message.contains(word) == true && error?.message.contains("not supported") == true)
    }

    func signed(_ key: SigningKey, identity: String = #"{"type":"matchRepository"}"#) throws -> SignaturePolicy {
        try policy(#"{"default":[{"type":"sigstoreSigned","keyPath":"\#(key.publicKey)","signedIdentity":\#(identity)}]}"#)
    }

    @Test("a signature by the policy's key, for the image and its name, is a proof; nothing else is")
    func signature() throws {
        let (key, other) = (try SigningKey(), try SigningKey())
        let reference = try ImageReference("reg.example/app:1")
        let good = SigningKey.payload("reg.example/app", image)
        func outcome(_ payload: [UInt8], _ signature: String) throws -> String? {
            let proof = try #require(SigstoreSignature(payload: payload, signature: signature))
            do {
                try signed(key).check(reference, [image]) { () throws(Failure) in [proof] }
                return nil
            } catch { return (error as? Failure)?.message }
        }
        #expect(try outcome(good, key.sign(good)) == nil)
        #expect(try outcome(good, other.sign(good))?.contains("not by any of the policy's 1 key") == true)
        #expect(try outcome(good + [0x20], key.sign(good))?.contains("not by any") == true)
        let another = SigningKey.payload("reg.example/app", SHA256.of("other"))
        #expect(try outcome(another, key.sign(another))?.contains("it is for another image") == true)
        let name = SigningKey.payload("reg.example/else", image)
        #expect(try outcome(name, key.sign(name))?.contains("it is for the name \"reg.example/else\"") == true)
        let type = SigningKey.payload("reg.example/app", image, type: "something else")
        #expect(try outcome(type, key.sign(type))?.contains("cannot be read") == true)
        #expect(try outcome(good, "AAAA")?.contains("not by any") == true)
        let none = failure { try signed(key).check(reference, [image]) { () throws(Failure) in [] } }
        #expect(none?.message.contains("demands a signature: none is attached to \(image)") == true)
    }

    static let identities: [(String, String, String, Bool)] = [
        (#"{"type":"matchExact"}"#, "a.example/x:1", "a.example/x:1", true),
        (#"{"type":"matchExact"}"#, "a.example/x:1", "a.example/x", false),
        (#"{"type":"matchRepoDigestOrExact"}"#, "a.example/x:1", "a.example/x:2", false),
        (#"{"type":"matchRepoDigestOrExact"}"#, "a.example/x@DIGEST", "a.example/x:2", true),
        (#"{"type":"matchRepository"}"#, "a.example/x:1", "a.example/x:2", true),
        (#"{"type":"matchRepository"}"#, "a.example/x:1", "a.example/y", false),
        (#"{"type":"exactReference","dockerReference":"b.example/y:1"}"#, "a.example/x:1", "b.example/y:1", true),
        (#"{"type":"exactRepository","dockerRepository":"b.example/y"}"#, "a.example/x:1", "b.example/y:7", true),
        (#"{"type":"exactRepository","dockerRepository":"b.example/y"}"#, "a.example/x:1", "a.example/x:1", false),
    ]

    @Test("the name that was signed is compared as the policy says", arguments: identities)
    func identity(_ identity: String, _ name: String, _ signedName: String, _ expected: Bool) throws {
        let key = try SigningKey()
        let payload = SigningKey.payload(signedName, image)
        let proof = try #require(SigstoreSignature(payload: payload, signature: try key.sign(payload)))
        let text = name.split(separator: "@").count == 2 ? "a.example/x@\(image)" : name
        let policy = try signed(key, identity: identity)
        let isAllowed: Bool
        do {
            try policy.check(try ImageReference(text), [image]) { () throws(Failure) in [proof] }
            isAllowed = true
        } catch { isAllowed = false }
        #expect(isAllowed == expected)
    }

    @Test("only keys of the one kind are taken")
    func keys() throws {
        let scratch = try Scratch("keys")
        let script =
            "openssl genrsa 2048 2>/dev/null | openssl rsa -pubout -out rsa.pub 2>/dev/null; openssl ecparam -name secp384r1 -genkey -noout 2>/dev/null | openssl ec -pubout -out p384.pub 2>/dev/null"
        try Command("/bin/sh", ["-euc", script], directory: scratch.path).check()
        for name in ["rsa.pub", "p384.pub"] { #expect(failure { _ = try PublicKey(path: "\(scratch.path)/\(name)") }?.kind == .invalid) }
        // A point that is not on the curve.
        let key = try SigningKey()
        let good = try PublicKey(path: key.publicKey)
        var bytes = good.der
        bytes[bytes.count - 1] ^= 1
        let text = "-----BEGIN PUBLIC KEY-----\n\(FakeRegistry.base64(bytes))\n-----END PUBLIC KEY-----\n"
        let bad = try PublicKey(pem: Array(text.utf8), name: "bad")
        let proof = try #require(SigstoreSignature(payload: [1], signature: "AAAA"))
        #expect(failure { _ = try bad.verifies(proof) }?.kind == .invalid)
    }
}
