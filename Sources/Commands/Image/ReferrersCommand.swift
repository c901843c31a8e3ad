import CommandLine
import LinuxSys
import OCI
import Primitives
import Registry
import Templates

/// `image referrers`: what is attached to an image at its registry.
struct ReferrersCommand {
    let engine: Engine
    let options: ParsedOptions
    let global: ParsedOptions

    func run(_ operands: [String]) throws(Failure) -> Int32 {
        let access = RegistryAccess(global)
        let reference = try access.reference(operands[0])
        let client = try access.client { [console = engine.console] text in console.say(text) }
        var served = try client.resolve(reference)
        let platform = options.string(.platform)
        if !platform.isEmpty {
            guard case .index(let index) = served.document else {
                throw Failure(.invalid, "\"\(reference.familiar)\" is one image, not an index of platforms")
            }
            let wanted = try Platform.parse(platform, host: Platform(os: "linux", architecture: Host.machine))
            served = try client.resolve(reference.pinned(to: try index.choose(for: wanted).digest))
        }
        let type = options.string(.artifactType)
        let found = try client.referrers(of: served.descriptor.digest, in: reference).filter { type.isEmpty || $0.artifactType == type }
        if options.bool(.quiet) {
            try engine.console.data(found.map { "\($0.descriptor.digest)\n" }.joined())
            return ExitCode.success
        }
        let listing = ListFormat.Listing(
            table: "{{.Digest}}\t{{.ArtifactType}}\t{{.Size}}",
            headers: [
                "Digest": "DIGEST", "ArtifactType": "ARTIFACT TYPE", "MediaType": "MEDIA TYPE", "Size": "SIZE",
                "Annotations": "ANNOTATIONS",
            ],
            raw: "", rowName: "*formatter.referrerContext")
        return ListOutput.show(found.map(row), options.stringIfSet(.format) ?? "", listing, engine)
    }

    private func row(_ referrer: Referrer) -> JSON {
        let descriptor = referrer.descriptor
        let annotations = descriptor.annotations.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSON.string($0.value)) }
        var object = JSONObject()
        for (key, value) in annotations { object[key] = value }
        return [
            "Annotations": .object(object), "ArtifactType": .string(referrer.artifactType),
            "Digest": .string(descriptor.digest.description),
            "MediaType": .string(descriptor.mediaType.text), "Size": .string(ByteSize.decimal(Int64(clamping: descriptor.sizeBytes))),
            "SizeBytes": .int(Int64(clamping: descriptor.sizeBytes)),
        ]
    }
}
