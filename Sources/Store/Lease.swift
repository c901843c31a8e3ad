internal import LinuxSys
package import Primitives

/// Keeps what a running pull or start needs from being collected. The lease ends with the process: its
/// file is locked, and a lease whose file nobody locks is dead.
///
/// Lock order: the collection lock, then a lease's own lock; blob and layer locks are taken without either.
package final class Lease: Sendable {
    private let root: StoreRoot
    private let name: String
    private let lock: Lock
    static let collectionLock = "collect.lock"

    package init(_ root: StoreRoot) throws(Failure) {
        self.root = root
        name = "\(Process.current)-\(Clock.monotonicNanoseconds())"
        let leases = try root.area(.leases)
        let guarded = try Lock.take(Self.collectionLock, in: leases, .shared)
        lock = try Lock.take(name, in: leases, .exclusive)
        _ = consume guarded
    }

    /// From now until the lease ends, these digests (blobs or diff ids) are not collected. Take them before
    /// looking whether they exist.
    package func protect(_ digests: [Digest]) throws(Failure) {
        let leases = try root.area(.leases)
        let guarded = try Lock.take(Self.collectionLock, in: leases, .shared)
        try lock.descriptor.write(digests.map { "\($0.hex)\n" }.joined())
        _ = consume guarded
    }

    deinit {
        // A lease file that stays behind is recognised as dead by the next collection.
        do throws(Failure) { try root.area(.leases).remove(name) } catch {}
    }
}

/// What collection removed.
package struct Collected: Equatable, Sendable {
    package var blobs: [Digest] = []
    package var layers: [Digest] = []
    package init() {}
}

extension StoreRoot {
    /// Removes every blob and layer that no image, no live lease and no container needs.
    /// - Parameter layersInUse: diff ids that containers stand on.
    package func collect(layersInUse: Set<Digest>) throws(Failure) -> Collected {
        let leases = try area(.leases)
        let guarded = try Lock.take(Lease.collectionLock, in: leases, .exclusive)
        var blobsKept: Set<Digest> = []
        var layersKept = layersInUse
        for record in try ImageRecords(self).all() {
            blobsKept.insert(record.manifest)
            blobsKept.formUnion(record.blobs)
            layersKept.formUnion(record.diffIDs)
        }
        for name in try leases.names() where name != Lease.collectionLock {
            if let dead = try Lock.attempt(name, in: leases, .exclusive) {
                try leases.remove(name)
                _ = consume dead
                continue
            }
            let protected = String(decoding: try leases.readFile(name), as: UTF8.self).split(separator: "\n").compactMap { Digest(hex: $0) }
            blobsKept.formUnion(protected)
            layersKept.formUnion(protected)
        }
        var collected = Collected()
        let blobs = BlobStore(self)
        for digest in try blobs.all() where !blobsKept.contains(digest) {
            try blobs.remove(digest)
            collected.blobs.append(digest)
        }
        for singleOwner in [false, true] {
            let layers = LayerStore(self, singleOwner: singleOwner)
            for diffID in try layers.all() where !layersKept.contains(diffID) {
                try layers.remove(diffID)
                collected.layers.append(diffID)
            }
        }
        _ = consume guarded
        return collected
    }
}
