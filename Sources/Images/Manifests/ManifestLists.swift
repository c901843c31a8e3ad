internal import LinuxSys
internal import OCI
package import Primitives
package import Registry
package import Store

/// The manifest lists of one store, and what they are made from and pushed to.
package struct ManifestLists: Sendable {
    private let root: StoreRoot
    private let images: ImageStore
    private let client: RegistryClient
    private let cancellation: CancellationFlag

    package init(_ root: StoreRoot, client: RegistryClient, cancellation: CancellationFlag) {
        (self.root, self.client, self.cancellation) = (root, client, cancellation)
        images = ImageStore(root)
    }

    private func file(_ name: ImageReference) -> String { "\(SHA256.of(name.canonical).hex).json" }

    package static func notFound(_ name: ImageReference) -> Failure { Failure(.notFound, "No such manifest: \(name.familiar)") }

    /// `nil` when there is no list of this name.
    package func read(_ name: ImageReference) throws(Failure) -> ManifestList? {
        guard let area = try root.existing(.manifestLists), area.contains(file(name)) else { return nil }
        return try ManifestList(try JSON.parse(try area.readFile(file(name)))) { SHA256.of($0) }
    }

    package func write(_ list: ManifestList) throws(Failure) { try root.area(.manifestLists).writeFile(file(list.name), list.json.bytes) }

    package func remove(_ name: ImageReference) throws(Failure) {
        guard let area = try root.existing(.manifestLists), area.contains(file(name)) else { throw Self.notFound(name) }
        try area.remove(file(name))
    }

    /// What a name stands for: at its registry, else in the store.
    package func entry(_ reference: ImageReference) throws(Failure) -> ManifestList.Entry {
        do throws(Failure) {
            return try entry(reference, from: try RegistrySource(client, reference, cancellation: cancellation), isStored: false)
        } catch {
            guard [.notFound, .unavailable, .denied].contains(error.kind) else { throw error }
            guard let stored = try? StoreSource(images, [reference.canonical]) else {
                if error.kind == .notFound { throw Failure(.notFound, "no such manifest: \(reference.familiar)") }
                throw error
            }
            return try entry(reference, from: stored, isStored: true)
        }
    }

    private func entry(_ reference: ImageReference, from source: any ImageSource, isStored: Bool) throws(Failure) -> ManifestList.Entry {
        let top = try source.tops().chosen(nil)
        let (bytes, document) = try source.parsed(top.descriptor)
        guard case .manifest(let manifest) = document else {
            throw Failure(.invalid, "\(reference.familiar) is a manifest list: name one of its images by digest")
        }
        var platform = Platform(os: "", architecture: "")
        if manifest.config.mediaType.isImageConfig {
            platform = try ImageConfig.parse(try source.document(manifest.config, limit: ImageConfig.bytesMax)).platform
        }
        return ManifestList.Entry(
            reference: reference, isStored: isStored, mediaType: document.mediaType, digest: SHA256.of(bytes),
            sizeBytes: UInt64(bytes.count),
            os: platform.os, architecture: platform.architecture, variant: platform.variant ?? "", osVersion: platform.osVersion ?? "",
            osFeatures: [], manifest: String(decoding: bytes, as: UTF8.self))
    }

    /// The document that a name stands for at its registry.
    package func remote(_ reference: ImageReference) throws(Failure) -> ResolvedManifest {
        do throws(Failure) { return try client.resolve(reference, cancellation: cancellation) } catch {
            guard error.kind == .notFound else { throw error }
            throw Failure(.notFound, "no such manifest: \(reference.familiar)")
        }
    }

    /// Brings every image into the list's repository, then the list.
    /// - Parameter pushed: told of each image.
    /// - Returns: the list's digest.
    package func push(_ list: ManifestList, pushed: (ManifestList.Entry) throws(Failure) -> Void) throws(Failure) -> Digest {
        for entry in list.entries {
            let place = entry.reference.pinned(to: entry.digest)
            let source: any ImageSource =
                entry.isStored
                ? try StoreSource(images, [entry.reference.canonical]) : try RegistrySource(client, place, cancellation: cancellation)
            let top = try source.tops().chosen(nil)
            guard top.descriptor.digest == entry.digest else {
                throw Failure(.conflict, "\"\(entry.reference.familiar)\" is another image now: add it to the list again")
            }
            let root = root
            let destination = RegistryDestination(
                client, list.name.repository, origin: entry.isStored ? nil : entry.reference, cancellation: cancellation
            ) { () throws(Failure) in try root.area(.staging).unnamedFile() }
            _ = try ImageCopier(from: source, to: destination, .all).run(top)
            try pushed(entry)
        }
        return try client.putManifest(list.document, list.mediaType, to: list.name, cancellation: cancellation)
    }
}
