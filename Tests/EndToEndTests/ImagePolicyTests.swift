import LinuxSys
import Primitives
import TestSupport
import Testing

@Suite struct ImagePolicyTests {
    /// A registry with one small image, and a proa with this policy.
    func fixture(_ policy: (String) -> String) throws -> (FakeRegistry, Digest, Proa) {
        let registry = try FakeRegistry()
        let layer = [UInt8](repeating: 0, count: 1024)
        let digest = registry.addImage(
            "app", layers: [layer], diffIDs: [SHA256.of(layer)], layerType: "application/vnd.oci.image.layer.v1.tar",
            config: ["Cmd": ["/x"]])
        let proa = try Proa()
        let folder = try proa.scratch.directory("config/containers")
        try Directory.open(folder).writeFile("policy.json", Array(policy(registry.address).utf8), durable: false)
        return (registry, digest, proa)
    }

    @Test("a rejected registry is not even asked, and what came from it before is not run")
    func reject() throws {
        let (registry, _, proa) = try fixture { _ in #"{"default":[{"type":"insecureAcceptAnything"}]}"# }
        let name = "\(registry.address)/app"
        try proa.check("pull", "-q", name)
        let before = registry.requests.count
        let path = proa.scratch.path + "/config/containers"
        let policy =
            #"{"default":[{"type":"insecureAcceptAnything"}],"transports":{"docker":{"\#(registry.address)":[{"type":"reject"}]}}}"#
        try Directory.open(path).writeFile("policy.json", Array(policy.utf8), durable: false)
        let words = "\"\(name):latest\" is rejected by the policy \"\(path)/policy.json\" (scope \"\(registry.address)\")"
        #expect(try proa("pull", name).errorText == "Error: \(words)\n")
        #expect(try proa("create", name).errorText.contains(words))
        let id = try proa.check("images", "-q", "--no-trunc").line
        #expect(try proa("create", id).errorText.contains("is rejected by the policy"))
        try proa.check("tag", name, "mine")
        #expect(try proa("create", "mine").errorText.contains("is rejected by the policy"))
        #expect(registry.requests.count == before)
        try Directory.open(path).writeFile("policy.json", Array("{".utf8), durable: false)
        #expect(try proa("create", name).errorText.contains("the policy \"\(path)/policy.json\": JSON"))
    }

    @Test("a signed image is pulled and run, an unsigned one neither")
    func signed() throws {
        let keys = try Scratch("keys")
        try Command(
            "/bin/sh",
            ["-euc", "openssl ecparam -name prime256v1 -genkey -noout -out key.pem; openssl ec -in key.pem -pubout -out key.pub"],
            directory: keys.path
        ).check()
        let (registry, digest, proa) = try fixture { _ in
            #"{"default":[{"type":"sigstoreSigned","keyPath":"\#(keys.path)/key.pub","signedIdentity":{"type":"matchRepository"}}]}"#
        }
        let name = "\(registry.address)/app"
        let refused = try proa("pull", name)
        #expect(refused.status == 1 && refused.errorText.contains("demands a signature: none is attached to \(digest)"))
        let payload =
            #"{"critical":{"identity":{"docker-reference":"\#(name)"},"image":{"docker-manifest-digest":"\#(digest)"},"type":"cosign container image signature"}}"#
        try keys.write("payload", payload)
        let signature = try Command("/bin/sh", ["-euc", "openssl dgst -sha256 -sign key.pem payload | base64 -w0"], directory: keys.path)
            .check().line
        let blob = registry.addBlob(Array(payload.utf8))
        let config = registry.addBlob(Array("{}".utf8))
        registry.addManifest(
            "app", tag: "sha256-\(digest.hex).sig",
            #"{"schemaVersion":2,"mediaType":"\#(FakeRegistry.manifestType)","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"\#(config)","size":2},"layers":[{"mediaType":"application/vnd.dev.cosign.simplesigning.v1+json","digest":"\#(blob)","size":\#(payload.utf8.count),"annotations":{"dev.cosignproject.cosign/signature":"\#(signature)"}}]}"#
        )
        try proa.check("pull", "-q", name)
        try proa.check("create", name)
        // The proof lies with the image, and another key's policy is not content with it.
        try Command(
            "/bin/sh",
            ["-euc", "openssl ecparam -name prime256v1 -genkey -noout -out other.pem; openssl ec -in other.pem -pubout -out key.pub"],
            directory: keys.path
        ).check()
        #expect(try proa("create", name).errorText.contains("not by any of the policy's 1 key"))
    }
}
