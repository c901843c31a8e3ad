import CommandLine
import Images
import OCI
import Primitives
import Registry

/// A list of the store, an image of such a list, or what a registry has.
struct ManifestInspectCommand {
    let access: ManifestAccess

    func run(_ operands: [String]) -> Int32 {
        access.run { () throws(Failure) in
            let name = try ImageReference(operands[operands.count - 1])
            let lists = try access.lists([name])
            if operands.count == 2 {
                let list = try ImageReference(operands[0])
                guard let entry = try lists.existing(list).entries.first(where: { $0.reference == name }) else {
                    throw Failure(.notFound, "No such manifest: \(name.familiar)")
                }
                return try show(entry)
            }
            if let list = try lists.read(name) {
                guard access.options.bool(.verbose) else { return try line(String(decoding: list.document, as: UTF8.self)) }
                return try line(Self.tabbed(.array(list.entries.map(details))))
            }
            let remote = try lists.remote(name)
            guard case .manifest = remote.document else { return try line(try JSON.parse(remote.bytes).pretty(indent: 3)) }
            try show(try lists.entry(name))
        }
    }

    private func line(_ text: String) throws(Failure) { try access.engine.console.line(text) }

    private func show(_ entry: ManifestList.Entry) throws(Failure) {
        try line(Self.tabbed(access.options.bool(.verbose) ? details(entry) : try JSON.parse(Array(entry.manifest.utf8))))
    }

    /// docker's document of one image.
    private func details(_ entry: ManifestList.Entry) -> JSON {
        let kind = entry.mediaType == .ociManifest ? "OCIManifest" : "SchemaV2Manifest"
        // It was parsed before it came here.
        let manifest = (try? JSON.parse(Array(entry.manifest.utf8))) ?? .null
        return [
            "Ref": .string(entry.reference.canonical),
            "Descriptor": [
                "mediaType": .string(entry.mediaType.text), "digest": .string(entry.digest.description),
                "size": .int(Int64(clamping: entry.sizeBytes)), "platform": entry.platform,
            ], "Raw": .string(Base64.encode(entry.manifest)), kind: manifest,
        ]
    }

    /// Indented with tabs, as docker's client does here alone.
    private static func tabbed(_ json: JSON) -> String {
        json.pretty(indent: 1).split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let blanks = line.utf8.prefix { $0 == 0x20 }.count
            return String(repeating: "\t", count: blanks) + line.dropFirst(blanks)
        }.joined(separator: "\n")
    }
}
