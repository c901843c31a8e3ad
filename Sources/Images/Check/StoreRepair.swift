internal import Layers
internal import LinuxSys
internal import OCI
package import Primitives
package import Registry
package import Store

/// Repairs what `StoreCheck` has found: fetches damaged blobs again, by digest, from where they came, and nothing else;
/// unpacks damaged layers again from their blobs; writes records again from what the blobs say.
package struct StoreRepair {
    private let root: StoreRoot
    private let client: RegistryClient
    /// How this process may give files away; `nil`: every file belongs to the caller.
    private let mappedIDs: UInt32?
    private let lease: Lease
    private let users: ImageUsers
    /// What was done, or why it was not, as lines.
    private let told: (String) -> Void

    private var blobs: BlobStore { BlobStore(root) }
    private var records: ImageRecords { ImageRecords(root) }

    package init(
        _ root: StoreRoot, client: RegistryClient, mappedIDs: UInt32?, users: @escaping ImageUsers, told: @escaping (String) -> Void
    ) throws(Failure) {
        (self.root, self.client, self.mappedIDs, self.users, self.told) = (root, client, mappedIDs, users, told)
        lease = try Lease(root)
    }

    /// - Returns: how many are sound or gone now.
    package func repair(_ damages: [StoreDamage]) throws(Failure) -> Int {
        var repaired = 0
        // A record is made from blobs, a layer from its blob, which the manifest names.
        let survey = try Survey(root)
        for damage in damages.sorted(by: { rank($0.subject, survey) < rank($1.subject, survey) }) {
            do throws(Failure) {
                told("\(damage.subject): \(try repair(damage.subject))")
                repaired += 1
            } catch {
                if error.kind == .cancelled || error.kind == .noSpace { throw error }
                told("\(damage.subject): not repaired: \(error.message)")
            }
        }
        withExtendedLifetime(lease) {}
        return repaired
    }

    private func rank(_ subject: StoreDamage.Subject, _ survey: Survey) -> Int {
        switch subject {
        case .blob(let digest):
            return survey.records.contains { $0.manifest == digest } ? 0 : survey.records.contains { $0.id == digest } ? 1 : 2
        case .record: return 3
        case .name: return 4
        case .layer: return 5
        }
    }

    /// - Returns: what was done.
    private func repair(_ subject: StoreDamage.Subject) throws(Failure) -> String {
        switch subject {
        case .blob(let digest): return try repairBlob(digest)
        case .record(let id): return try repairRecord(id)
        case .name(let file): return try repairName(file)
        case .layer(let diffID, let singleOwner): return try repairLayer(diffID, singleOwner: singleOwner)
        }
    }

    // MARK: blobs

    private func repairBlob(_ digest: Digest) throws(Failure) -> String {
        try lease.protect([digest])
        if try blobs.size(digest) != nil, try StoreCheck.isSound(digest, in: blobs) { return "is sound now" }
        let images = try Survey(root).records.filter { $0.manifest == digest || $0.id == digest || $0.blobs.contains(digest) }
        if images.isEmpty {
            try blobs.remove(digest)
            return "removed: nothing needs it"
        }
        var last: Failure?
        for image in images {
            for text in image.repositoryDigests {
                do throws(Failure) {
                    let source = try ImageReference(text)
                    try fetch(digest, of: image, from: source)
                    return "fetched again from \(source.repository.familiar)"
                } catch {
                    if error.kind == .cancelled || error.kind == .noSpace { throw error }
                    last = error
                }
            }
        }
        if let last { throw last }
        let id = images[0].id.short
        throw Failure(.notFound, "image \(id) came from no registry: load it again, or remove it with rmi \(id)")
    }

    private func fetch(_ digest: Digest, of image: ImageRecord, from source: ImageReference) throws(Failure) {
        if let entry = try entry(digest, of: image) {
            let partial = try blobs.partial(digest)
            try partial.withDescriptor { (file) throws(Failure) in try BlobDownload(entry, of: source, from: client).run(into: file) }
            return try partial.commit()
        }
        try blobs.write(try client.resolve(source.pinned(to: digest)).bytes)
    }

    /// What the manifest says of a layer or a configuration; `nil` for a manifest or an index.
    private func entry(_ digest: Digest, of image: ImageRecord) throws(Failure) -> ContentDescriptor? {
        if digest == image.manifest { return nil }
        let manifest = try manifest(of: image)
        return ([manifest.config] + manifest.layers).first { $0.digest == digest }
    }

    private func manifest(of image: ImageRecord) throws(Failure) -> ImageManifest {
        guard case .manifest(let manifest) = try ManifestDocument.parse(try blobs.read(image.manifest)) else {
            throw Failure(.corrupt, "the manifest of image \(image.id.short) is an index")
        }
        return manifest
    }

    // MARK: records

    /// From the blobs: the configuration has the image's id, and one of the manifests names it.
    private func repairRecord(_ id: Digest) throws(Failure) -> String {
        do throws(Failure) {
            let config = try ImageConfig.parse(try blobs.read(id))
            let (manifest, digest, indexes) = try manifestOnDisk(naming: id)
            try lease.protect([id, digest] + manifest.layers.map(\.digest) + config.diffIDs + indexes)
            let layers = LayerStore(root, singleOwner: mappedIDs == nil)
            var size: Int64 = 0
            for diffID in Set(config.diffIDs) { size += try layers.sizeBytes(diffID) ?? 0 }
            let known = (try? records.read(id))?.repositoryDigests ?? []
            try records.write(
                ImageRecord(
                    id: id, manifest: digest, blobs: [id] + manifest.layers.map(\.digest) + indexes, diffIDs: config.diffIDs,
                    repositoryDigests: known, sizeBytes: size,
                    storedAt: Timestamp(nanosecondsSinceEpoch: Clock.nowNanoseconds()).rfc3339()))
            return "written again from its blobs; where it came from is known again after the next pull"
        } catch {
            guard error.kind == .corrupt || error.kind == .notFound else { throw error }
            try records.remove(id)
            return "removed: \(error.message); pull it again"
        }
    }

    /// - Returns: the manifest, its digest, and the lists that name it.
    private func manifestOnDisk(naming id: Digest) throws(Failure) -> (ImageManifest, Digest, [Digest]) {
        var found: (ImageManifest, Digest)?
        var indexes: [(Digest, Set<Digest>)] = []
        for digest in try blobs.all().sorted() where try blobs.size(digest) ?? .max <= ManifestDocument.bytesMax {
            guard let bytes = try? blobs.read(digest), bytes.first == UInt8(ascii: "{"), let document = try? ManifestDocument.parse(bytes)
            else {
                continue
            }
            switch document {
            case .manifest(let manifest): if manifest.config.digest == id, found == nil { found = (manifest, digest) }
            case .index(let index): indexes.append((digest, Set(index.manifests.map(\.digest))))
            }
        }
        guard let found else { throw Failure(.notFound, "no manifest in the store names it") }
        return (found.0, found.1, indexes.filter { $0.1.contains(found.1) }.map(\.0))
    }

    private func repairName(_ file: String) throws(Failure) -> String {
        guard let area = try root.existing(.imageNames), area.contains(file) else { return "is gone" }
        let json = try? JSON.parse(try area.readFile(file))
        if let id = json?["image"]?.string.flatMap({ Digest($0) }), try records.contains(id), let name = json?["name"]?.string,
            SHA256.of(name).hex == file
        {
            return "is sound now"
        }
        try area.remove(file)
        let name = json?["name"]?.string.flatMap { try? ImageReference($0).familiar }
        return "removed: \(name.map { "there is no image for \($0)" } ?? "what it stood for cannot be read"); pull it again"
    }

    // MARK: layers

    private func repairLayer(_ diffID: Digest, singleOwner: Bool) throws(Failure) -> String {
        let layers = LayerStore(root, singleOwner: singleOwner)
        try lease.protect([diffID])
        let images = try Survey(root).records.filter { $0.diffIDs.contains(diffID) }
        guard let image = images.first else {
            if try users().contains(where: { $0.layers.contains(diffID) }) {
                throw Failure(.conflict, "its image is gone, and a container stands on it: remove that container")
            }
            try layers.remove(diffID)
            return "removed: nothing needs it"
        }
        guard singleOwner == (mappedIDs == nil) else {
            throw Failure(.unsupported, "it was unpacked for \(singleOwner ? "a single id" : "subordinate ids"), which are not at hand now")
        }
        let config = try ImageConfig.parse(try blobs.read(image.id))
        let manifest = try manifest(of: image)
        guard config.diffIDs.count == manifest.layers.count, let place = config.diffIDs.firstIndex(of: diffID) else {
            throw Failure(.corrupt, "the manifest of image \(image.id.short) does not fit its configuration")
        }
        let entry = manifest.layers[place]
        try lease.protect([entry.digest])
        let held = try layers.lock(diffID)
        let isDone: Bool
        do throws(Failure) { isDone = try unpack(entry, diffID, into: layers) } catch {
            try? layers.abandon(diffID)
            try? layers.unlock(diffID, held)
            throw error
        }
        try layers.unlock(diffID, held)
        if isDone { return "unpacked again" }
        throw Failure(.conflict, "a running container stands on it, or a command uses it: try again when that has ended")
    }

    /// - Returns: false when somebody uses the damaged one.
    private func unpack(_ entry: ContentDescriptor, _ diffID: Digest, into layers: LayerStore) throws(Failure) -> Bool {
        func isFree() throws(Failure) -> Bool { try !users().contains { $0.isRunning && $0.layers.contains(diffID) } }
        let owners: OwnerPolicy = mappedIDs.map { .mapped(users: [0..<$0], groups: [0..<$0]) } ?? .single
        let blob = try blobs.open(entry.digest)
        // Not worth unpacking what could not take its place.
        guard try isFree() else { return false }
        let pipeline = try LayerPipeline(into: try layers.stage(diffID), owners: owners, expectedDiffID: diffID)
        let summary: LayerSummary
        do throws(Failure) {
            let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
            defer { buffer.deallocate() }
            while true {
                let count = try blob.read(into: buffer)
                if count == 0 { break }
                try pipeline.feed(UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer(buffer)[..<count]))
            }
            summary = try pipeline.finish()
        } catch {
            pipeline.cancel()
            throw error
        }
        let isDone = try layers.recommit(diffID, sizeBytes: Int64(clamping: summary.sizeBytes), own: lease, isFree: isFree)
        if !isDone { try layers.abandon(diffID) }
        return isDone
    }
}
