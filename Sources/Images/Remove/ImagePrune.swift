package import Primitives
internal import Store

/// What `image prune` removes: found out first, so that it can be shown, and then done.
package struct ImagePrune: Sendable {
    /// In the order docker prints it.
    package private(set) var lines: [ImageStore.Removal] = []
    private var images: [StoredImage] = []
    /// What goes with them: blobs and layers that nothing needs, and what interrupted commands left.
    private var unneeded = Collected()
    private var leftovers: [String] = []

    /// - Parameter wanted: which of the images that no container uses go.
    package init(_ store: ImageStore, users: ImageUsers, damaged: (Failure) -> Void, _ wanted: (StoredImage) -> Bool) throws(Failure) {
        let all = try store.list(damaged: damaged)
        let containers = try users()
        let used = Set(containers.compactMap(\.image))
        for image in all where !used.contains(image.id) && wanted(image) {
            if try store.records.owns(image.id) { images.append(image) }
        }
        var chains: [Digest: Int] = [:]
        // An image that cannot be read stays, and so do its layers.
        for record in try store.records.all() { for chain in ChainIDs.of(record.diffIDs) { chains[chain, default: 0] += 1 } }
        for container in containers { for chain in ChainIDs.of(container.layers) { chains[chain, default: 0] += 1 } }
        for image in images {
            let references = (image.names.map(\.canonical) + image.record.repositoryDigests).sorted()
            lines += references.map { .untagged(RemovalState.familiar($0)) }
            lines.append(.deleted(image.id))
            for chain in ChainIDs.of(image.record.diffIDs).reversed() {
                chains[chain, default: 0] -= 1
                if chains[chain] == 0 { lines.append(.deleted(chain)) }
            }
        }
        unneeded = try store.root.collectable(
            layersInUse: { () throws(Failure) in Set(try users().flatMap(\.layers)) }, without: Set(images.map(\.id)))
        leftovers = try store.root.staleStaging()
    }

    /// What will become free, in bytes on the disk; what several images share counts once.
    package func bytes(in store: ImageStore) throws(Failure) -> Int64 { try store.root.usage(of: unneeded, staging: leftovers) }

    /// Does it; the caller sweeps what is out of sight then.
    package func run(_ store: ImageStore, users: ImageUsers) throws(Failure) {
        for image in images {
            // A name that was moved meanwhile belongs to another image.
            for name in image.names where try store.records.resolve(name.canonical) == image.id {
                try store.records.removeName(name.canonical)
            }
            try store.records.remove(image.id)
        }
        try store.root.collect(layersInUse: { () throws(Failure) in Set(try users().flatMap(\.layers)) })
        try store.root.clearStaging(allDownloads: true)
    }
}
