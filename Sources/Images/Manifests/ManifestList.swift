package import OCI
package import Primitives

/// A list of manifests that a user puts together before it is pushed.
package struct ManifestList: Sendable, Equatable {
    /// One image of the list. Its platform is what the list says, which a user may change.
    package struct Entry: Sendable, Equatable {
        /// Where the image is: at a registry, or in the store.
        package var reference: ImageReference
        package var isStored: Bool
        package var mediaType: MediaType
        package var digest: Digest
        package var sizeBytes: UInt64
        package var os: String
        package var architecture: String
        package var variant: String
        package var osVersion: String
        package var osFeatures: [String]
        /// The manifest, byte for byte.
        package var manifest: String

        /// Members in docker's order.
        package var platform: JSON {
            var platform: JSONObject = ["architecture": .string(architecture), "os": .string(os)]
            if !osVersion.isEmpty { platform["os.version"] = .string(osVersion) }
            if !osFeatures.isEmpty { platform["os.features"] = .strings(osFeatures) }
            if !variant.isEmpty { platform["variant"] = .string(variant) }
            return .object(platform)
        }
    }

    package var name: ImageReference
    package var entries: [Entry] = []

    package init(name: ImageReference) { self.name = name }

    /// One image of OCI's type makes it an OCI index, as in docker.
    package var mediaType: MediaType { entries.contains { $0.mediaType == .ociManifest } ? .ociIndex : .dockerList }

    /// What is pushed, in docker's very form: the same list has the same digest.
    package var document: [UInt8] {
        let manifests = entries.map { entry -> JSON in
            [
                "mediaType": .string(entry.mediaType.text), "size": .int(Int64(clamping: entry.sizeBytes)),
                "digest": .string(entry.digest.description), "platform": entry.platform,
            ]
        }
        let list: JSON = ["schemaVersion": 2, "mediaType": .string(mediaType.text), "manifests": .array(manifests)]
        return Array(list.pretty(indent: 3).utf8)
    }

    /// Puts an image in; one of the same name gives way.
    package mutating func add(_ entry: Entry) {
        if let known = entries.firstIndex(where: { $0.reference == entry.reference }) {
            entries[known] = entry
        } else {
            entries.append(entry)
        }
    }
}

extension ManifestList {
    var json: JSON {
        [
            "name": .string(name.canonical),
            "entries": .array(
                entries.map { entry in
                    [
                        "reference": .string(entry.reference.canonical), "stored": .bool(entry.isStored),
                        "manifest": .string(entry.manifest),
                        "mediaType": .string(entry.mediaType.text), "platform": entry.platform,
                    ]
                }),
        ]
    }

    /// - Throws: `.corrupt` for a damaged record.
    init(_ json: JSON, digest: ([UInt8]) -> Digest) throws(Failure) {
        let damaged = Failure(.corrupt, "a manifest list of the store is damaged: remove it with manifest rm, and create it again")
        guard let name = json["name"]?.string, let items = json["entries"]?.array else { throw damaged }
        self.init(name: try ImageReference(name))
        for item in items {
            guard let reference = item["reference"]?.string, let manifest = item["manifest"]?.string, let platform = item["platform"],
                let type = item["mediaType"]?.string
            else { throw damaged }
            let bytes = Array(manifest.utf8)
            entries.append(
                Entry(
                    reference: try ImageReference(reference), isStored: item["stored"]?.bool ?? false, mediaType: MediaType(type),
                    digest: digest(bytes), sizeBytes: UInt64(bytes.count), os: platform["os"]?.string ?? "",
                    architecture: platform["architecture"]?.string ?? "", variant: platform["variant"]?.string ?? "",
                    osVersion: platform["os.version"]?.string ?? "", osFeatures: platform["os.features"]?.strings ?? [], manifest: manifest)
            )
        }
    }
}
