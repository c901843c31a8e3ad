import OCI
import Primitives
import Testing

@Suite struct PlatformTests {
    static let amd64 = Platform(os: "linux", architecture: "amd64")

    @Test(
        "names are normalised to Go's",
        arguments: [
            ("linux/x86_64", "linux/amd64"), ("linux/amd64/v1", "linux/amd64"), ("linux/amd64/v3", "linux/amd64/v3"),
            ("linux/aarch64", "linux/arm64/v8"), ("linux/arm64/v8", "linux/arm64/v8"), ("linux/arm64/8", "linux/arm64/v8"),
            ("linux/arm", "linux/arm/v7"), ("linux/arm/6", "linux/arm/v6"), ("linux/armhf", "linux/arm/v7"),
            ("linux/armel", "linux/arm/v6"),
            ("linux/i386", "linux/386"), ("Linux/AMD64", "linux/amd64"), ("macos/arm64", "darwin/arm64/v8"), ("arm64", "linux/arm64/v8"),
            ("windows", "windows/amd64"), ("riscv64", "linux/riscv64"), ("x86_64", "linux/amd64"),
        ])
    func normalises(_ text: String, _ shown: String) throws {
        #expect(try Platform.parse(text, host: Self.amd64).description == shown)
    }

    @Test(
        "what is no platform is refused",
        arguments: ["", "/", "linux/", "/amd64", "a/b/c/d", "beos", "linux/am d64", "linux/\u{1b}[31m", "*"])
    func refuses(_ text: String) {
        #expect { try Platform.parse(text, host: Self.amd64) } throws: { ($0 as? Failure)?.kind == .invalid }
    }

    func index(_ platforms: [String?], more: String = "") throws -> ImageIndex {
        let entries = platforms.enumerated().map { number, platform -> String in
            let digest = "sha256:" + String(repeating: String(number), count: 64)
            let member = platform.map { text -> String in
                let parts = text.split(separator: "/")
                let variant = parts.count > 2 ? #","variant":"\#(parts[2])""# : ""
                return #","platform":{"os":"\#(parts[0])","architecture":"\#(parts[1])"\#(variant)}"#
            }
            return descriptor("application/vnd.oci.image.manifest.v1+json", digest, more: member ?? "")
        }
        let document = try ManifestDocument.parse(
            Array(#"{"schemaVersion":2,"manifests":[\#(entries.joined(separator: ","))\#(more)]}"#.utf8))
        guard case .index(let index) = document else { throw Failure(.corrupt, "no index") }
        return index
    }

    static let choices: [(String, [String?], Character?)] = [
        ("linux/amd64", ["linux/arm64", "linux/amd64"], "1"),
        ("linux/amd64", ["linux/amd64/v3", "linux/amd64/v1"], "1"),
        ("linux/amd64/v3", ["linux/amd64", "linux/amd64/v2", "linux/386"], "1"),
        ("linux/amd64", ["linux/386"], "0"),
        ("linux/amd64", ["linux/arm64", "windows/amd64"], nil),
        ("linux/arm64", ["linux/amd64", "linux/arm64/v8"], "1"),
        ("linux/arm64/v8", ["linux/arm/v7", "linux/arm64"], "1"),
        ("linux/arm64", ["linux/arm/v6", "linux/arm/v7"], "1"),
        ("linux/arm/v7", ["linux/arm/v5", "linux/arm/v6"], "1"),
        ("linux/arm/v7", ["linux/arm/v8"], nil),
        ("linux/arm/v6", ["linux/arm/v7"], nil),
        ("linux/amd64", [nil, "linux/amd64"], "1"),
        ("linux/amd64", ["linux/arm64", nil], "1"),
        ("linux/amd64", ["unknown/unknown"], nil),
        ("linux/amd64", ["linux/amd64", "linux/amd64"], "0"),
        ("linux/amd64", [], nil),
    ]

    @Test("the best manifest of an index is chosen", arguments: choices)
    func chooses(_ platform: String, _ offered: [String?], _ expected: Character?) throws {
        let index = try index(offered)
        let wanted = try Platform.parse(platform, host: Self.amd64)
        if let expected {
            #expect(try index.choose(for: wanted).digest.hex.first == expected)
        } else {
            #expect { try index.choose(for: wanted) } throws: {
                ($0 as? Failure)?.message == "no matching manifest for \(wanted) in the manifest list entries"
            }
        }
    }

    @Test("an attestation is never chosen")
    func attestation() throws {
        let more = #","platform":{"os":"linux","architecture":"amd64"},"annotations":{"vnd.docker.reference.type":"attestation-manifest"}"#
        let index = try index(["linux/arm64"], more: "," + descriptor("application/vnd.oci.image.manifest.v1+json", more: more))
        #expect { try index.choose(for: Self.amd64) } throws: {
            ($0 as? Failure)?.hint == "the image exists for linux/arm64/v8"
        }
    }
}
