package import OCI
package import Primitives

/// Takes images from a source to a destination, byte for byte: no digest changes on the way.
package struct ImageCopier {
    /// Which images of a list are taken.
    package enum Choice: Sendable {
        /// The one that suits this machine best, or the only one that is there.
        case host(Platform)
        /// For each of these the one that suits it best.
        case platforms([Platform])
        /// Every one that the list names, and the list.
        case all
    }

    private let source: any ImageSource
    private let destination: any ImageDestination
    private let choice: Choice
    private static let depthMax = 3

    package init(from source: any ImageSource, to destination: any ImageDestination, _ choice: Choice) {
        (self.source, self.destination, self.choice) = (source, destination, choice)
    }

    /// Takes everything that stands on top.
    package func run() throws(Failure) {
        let tops = try source.tops()
        if tops.isEmpty { throw Failure(.corrupt, "it holds no image") }
        for top in tops { try copy(top) }
        try destination.finish()
    }

    /// Takes one document with all that belongs to it.
    /// - Returns: the digest of what stands on top at the destination.
    package func run(_ top: SourcedDocument) throws(Failure) -> Digest {
        let digest = try copy(top)
        try destination.finish()
        return digest
    }

    @discardableResult
    private func copy(_ top: SourcedDocument, depth: Int = 0) throws(Failure) -> Digest {
        var top = top
        let (bytes, document) = try source.parsed(top.descriptor)
        top.descriptor = ContentDescriptor(
            mediaType: document.mediaType, digest: top.descriptor.digest, sizeBytes: UInt64(bytes.count), platform: top.descriptor.platform)
        switch document {
        case .manifest(let manifest):
            let config = try source.document(manifest.config, limit: ImageConfig.bytesMax)
            try check(config, manifest, top)
            try destination.add(
                ImageContent(
                    descriptor: top.descriptor, bytes: bytes, manifest: manifest, config: config, names: top.names, label: top.label,
                    isMade: top.isMade),
                from: source)
        case .index(let index):
            guard depth < Self.depthMax else { throw Failure(.corrupt, "an index inside \(depth) others") }
            var digest = top.descriptor.digest
            for entry in try choose(index) {
                var inner = SourcedDocument(descriptor: entry)
                if case .all = choice {} else { (inner.names, inner.label) = (top.names, top.label) }
                digest = try copy(inner, depth: depth + 1)
            }
            guard case .all = choice else { return digest }
            try destination.add(index: top, bytes: bytes)
        }
        return top.descriptor.digest
    }

    private func choose(_ index: ImageIndex) throws(Failure) -> [ContentDescriptor] {
        switch choice {
        case .all: return index.manifests
        case .platforms(let platforms):
            var chosen: [ContentDescriptor] = []
            for platform in platforms {
                let entry = try index.choose(for: platform)
                if !chosen.contains(entry) { chosen.append(entry) }
            }
            return chosen
        case .host(let platform):
            // An archive may lack what its list names.
            var present: [ContentDescriptor] = []
            for entry in index.manifests where !entry.isAttestation { if try source.has(entry) { present.append(entry) } }
            if present.count == 1 { return present }
            return [try index.choose(for: platform)]
        }
    }

    /// A platform that was asked for in words must be the image's.
    private func check(_ config: [UInt8], _ manifest: ImageManifest, _ top: SourcedDocument) throws(Failure) {
        guard case .platforms(let platforms) = choice, manifest.config.mediaType.isImageConfig else { return }
        let offered = try ImageConfig.parse(config, layerCount: manifest.layers.count).platform
        if platforms.contains(where: { $0.rank(of: offered) != nil }) { return }
        let name = top.names.first?.familiar ?? top.descriptor.digest.description
        let wanted = platforms.map(\.description).joined(separator: ", ")
        throw Failure(.notFound, "image with reference \(name) was found but does not provide the specified platform (\(wanted))")
    }
}
