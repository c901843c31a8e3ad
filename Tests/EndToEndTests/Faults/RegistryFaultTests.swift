import LinuxSys
import Primitives
import TestSupport
import Testing

/// Registries that are down, lie or never end.
@Suite struct RegistryFaultTests {
    @Test("an image that the registry does not have is named, and nothing stays behind")
    func noSuchImage() throws {
        let (proa, registry) = (try Proa("no-image"), try FakeRegistry())
        let outcome = try proa("pull", "\(registry.address)/nothing:1")
        #expect(outcome.status == 1)
        #expect(outcome.errorText == "Error: manifest for \(registry.address)/nothing:1 not found: manifest unknown: manifest unknown\n")
        #expect(try Fault.leftovers(proa) == [])
        let run = try proa("run", "--rm", "\(registry.address)/nothing:1")
        #expect(run.status == 125)
        #expect(try proa.check("ps", "-aq").text == "")
    }

    @Test("a registry that is down is named with its address")
    func down() throws {
        let proa = try Proa("down")
        let address = try FakeRegistry().address
        let outcome = try proa("pull", "\(address)/tool")
        #expect(outcome.status == 1)
        #expect(outcome.errorText.contains("registry \"\(address)\"") && outcome.errorText.contains("refused the connection"))
        #expect(try Fault.leftovers(proa) == [])
    }

    struct Lie: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// What the error says.
        let words: [String]
        /// Puts the image `tool` into the registry.
        let prepare: @Sendable (FakeRegistry) throws -> Void
        init(_ name: String, _ words: [String], _ prepare: @escaping @Sendable (FakeRegistry) throws -> Void) {
            (testDescription, self.words, self.prepare) = (name, words, prepare)
        }
    }

    static func onLayer(_ registry: FakeRegistry, _ answer: @escaping @Sendable ([UInt8]) -> FakeResponse) throws {
        let layer = [UInt8](repeating: 0, count: 20480)
        registry.addImage("tool", layers: [layer], diffIDs: [SHA256.of(layer)], layerType: Fault.tarType, config: Fault.config)
        registry.intercept { $0.path.hasSuffix("blobs/\(SHA256.of(layer))") ? answer(layer) : nil }
    }

    static let lies: [Lie] = [
        Lie("a manifest that is no JSON", ["JSON"]) { registry in
            registry.intercept {
                $0.path.contains("/manifests/") ? FakeResponse(200, [("Content-Type", FakeRegistry.manifestType)], "rubbish") : nil
            }
        },
        Lie("an answer that is no HTTP", ["registry"]) { registry in
            registry.intercept { _ in FakeResponse(body: .rubbish(Array("SSH-2.0-OpenSSH\r\n\r\n".utf8))) }
        },
        Lie("a layer with another digest", ["layer", "digest"]) { registry in
            try onLayer(registry) { FakeResponse(200, [], body: .whole($0.map { _ in 1 })) }
        },
        Lie("a layer of another size", ["layer", "20480"]) { registry in
            try onLayer(registry) { FakeResponse(200, [], body: .whole($0 + [0])) }
        },
        Lie("an endless layer", ["layer", "20480"]) { registry in
            try onLayer(registry) { FakeResponse(200, [], body: .endless($0)) }
        },
        Lie("an endless manifest", ["bytes"]) { registry in
            registry.intercept { request in
                request.path.contains("/manifests/")
                    ? FakeResponse(
                        200, [("Content-Type", FakeRegistry.manifestType)], body: .endless([UInt8](repeating: 0x20, count: 65536))) : nil
            }
        },
        Lie("a layer that unpacks to something else than its diff id", ["layer", "digest", "should have"]) { registry in
            let layer = [UInt8](repeating: 0, count: 20480)
            registry.addImage("tool", layers: [layer], diffIDs: [SHA256.of("else")], layerType: Fault.tarType)
        },
        Lie("a manifest with 10000 layers", ["layers"]) { registry in
            let digest = registry.addBlob([0]).description
            let layer: JSON = ["mediaType": .string(Fault.tarType), "digest": .string(digest), "size": 1]
            let manifest: JSON = [
                "schemaVersion": 2, "mediaType": .string(FakeRegistry.manifestType),
                "config": ["mediaType": "application/vnd.oci.image.config.v1+json", "digest": .string(digest), "size": 1],
                "layers": .array(Array(repeating: layer, count: 10000)),
            ]
            registry.addManifest("tool", tag: "latest", manifest.compact())
        },
    ]

    @Test("what a registry answers wrongly is told and leaves nothing behind", arguments: lies)
    func lie(_ lie: Lie) throws {
        let (proa, registry) = (try Proa("lie"), try FakeRegistry())
        try lie.prepare(registry)
        let outcome = try proa("pull", "-q", "\(registry.address)/tool")
        #expect(outcome.status == 1)
        for word in lie.words { #expect(outcome.errorText.contains(word), "\(outcome.errorText)") }
        #expect(outcome.errorText.hasPrefix("Error: ") && outcome.errorText.utf8.count < 1000)
        #expect(!outcome.errorText.contains("cancelled"))
        #expect(try Fault.leftovers(proa) == [])
        #expect(try proa.check("images", "-q").text == "")
        #expect(try Fault.names(proa, "layers") == [] && Fault.names(proa, "layers-single") == [])
    }

    @Test("a layer that fails does not cost the others their bytes, and the first cause is told")
    func firstCause() throws {
        let (good, bad) = (try Fault.layer(dataBytes: 3 << 20), [UInt8](repeating: 0, count: 20480))
        let (proa, registry) = (try Proa("first-cause"), try Fault.registry([good, bad]))
        // The good layer stops after 2 MB and is waiting when the other one turns out to be wrong.
        registry.intercept { request in
            if request.path.hasSuffix("\(SHA256.of(good))") { return FakeResponse(body: .stall(good, after: 2 << 20)) }
            guard request.path.hasSuffix("\(SHA256.of(bad))") else { return nil }
            Clock.sleep(nanoseconds: 500_000_000)
            return FakeResponse(200, [], body: .whole(bad.map { _ in 1 }))
        }
        let outcome = try proa("pull", "\(registry.address)/tool")
        #expect(outcome.status == 1)
        #expect(outcome.errorText.contains("layer \(SHA256.of(bad).short)") && !outcome.errorText.contains("cancelled"))
        #expect(try Fault.leftovers(proa) == ["partial-\(SHA256.of(good).hex)"])
        registry.intercept { _ in nil }
        try proa.check("pull", "\(registry.address)/tool")
        let range = registry.requests.last { $0.path.hasSuffix("\(SHA256.of(good))") }?["range"] ?? ""
        #expect(range.hasPrefix("bytes=") && range != "bytes=0-")
        #expect(try Fault.leftovers(proa) == [])
    }

    @Test("a connection cut in the middle is gone on with, each byte served once")
    func cut() throws {
        let layer = try Fault.layer(dataBytes: 2 << 20)
        let (proa, registry) = (try Proa("cut"), try Fault.registry([layer]))
        registry.intercept { request in
            request.path.hasSuffix("\(SHA256.of(layer))") && request["range"] == nil ? FakeResponse(body: .cut(layer, after: 1 << 20)) : nil
        }
        try proa.check("pull", "-q", "\(registry.address)/tool")
        let ranges = registry.requests.filter { $0.path.hasSuffix("\(SHA256.of(layer))") }.map { $0["range"] }
        #expect(ranges == [nil, "bytes=\(1 << 20)-"])
        #expect(try proa.check("run", "--rm", "\(registry.address)/tool", "echo", "works").text == "works\n")
    }

    @Test("credentials come from docker's configuration file", arguments: ["Basic", "Bearer"])
    func credentials(_ scheme: String) throws {
        let registry = try Fault.registry([[UInt8](repeating: 0, count: 20480)])
        registry.allow(scheme == "Basic" ? .basic(user: "me", password: "se:cret") : .bearer(user: "me", password: "se:cret"))
        let proa = try Proa("credentials")
        let refused = try proa("pull", "-q", "\(registry.address)/tool")
        #expect(refused.status == 1 && refused.errorText.contains(registry.address), "\(refused.errorText)")
        #expect(try Fault.leftovers(proa) == [])
        let auth = FakeRegistry.base64("me:se:cret")
        let config: JSON = ["auths": [registry.address: ["auth": .string(auth)]]]
        try proa.scratch.write("docker/config.json".replacing("docker/", with: ""), config.compact())
        let outcome = try proa("--config", proa.scratch.path, "pull", "-q", "\(registry.address)/tool")
        #expect(outcome.status == 0, "\(outcome.errorText)")
        #expect(!outcome.errorText.contains("cret"))
    }

    @Test("rubbish in a variable is told with the variable's name")
    func variable() throws {
        let proa = try Proa("variable", environment: ["PROA_INSECURE_REGISTRIES": "http://["])
        let outcome = try proa("pull", "-q", "127.0.0.1:1/tool")
        #expect(outcome.status == 1 && outcome.errorText.hasPrefix("Error: PROA_INSECURE_REGISTRIES: "), "\(outcome.errorText)")
    }
}
