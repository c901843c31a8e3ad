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
        try doing("writing \"\(leases.path)/\(name)\"") { () throws(Failure) in
            try lock.descriptor.write(digests.map { "\($0.hex)\n" }.joined())
        }
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
    /// Removes every blob and layer that no image, no live lease and no container needs. Layers go out of sight only:
    /// see `LayerStore.remove`.
    /// - Parameter layersInUse: diff ids that containers stand on; asked for while nobody can begin a lease.
    package func collect(layersInUse: () throws(Failure) -> Set<Digest>) throws(Failure) -> Collected {
        let leases = try area(.leases)
        let guarded = try Lock.take(Lease.collectionLock, in: leases, .exclusive)
        var blobsKept: Set<Digest> = []
        // Leases first: what a lease protected and a record then took over is seen in one of the two.
        var layersKept = try protected(leases)
        blobsKept.formUnion(layersKept)
        layersKept.formUnion(try layersInUse())
        for record in try ImageRecords(self).all() {
            blobsKept.insert(record.manifest)
            blobsKept.formUnion(record.blobs)
            layersKept.formUnion(record.diffIDs)
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

    /// Runs `body` unless a lease is alive: until it returns, none begins.
    package func whileNobodyHoldsALease(_ body: () throws(Failure) -> Void) throws(Failure) {
        let leases = try area(.leases)
        let guarded = try Lock.take(Lease.collectionLock, in: leases, .exclusive)
        _ = try protected(leases)
        if try leases.names() == [Lease.collectionLock] { try body() }
        _ = consume guarded
    }

    /// What living leases hold; the files of dead ones are removed. Under the collection lock.
    private func protected(_ leases: borrowing Directory) throws(Failure) -> Set<Digest> {
        var kept: Set<Digest> = []
        for name in try leases.names() where name != Lease.collectionLock {
            if let dead = try Lock.attempt(name, in: leases, .exclusive) {
                try leases.remove(name)
                _ = consume dead
                continue
            }
            do throws(Failure) {
                kept.formUnion(
                    String(decoding: try leases.readFile(name), as: UTF8.self).split(separator: "\n").compactMap { Digest(hex: $0) })
            } catch {
                // Ended in this moment: whatever it held is in a record by now.
                if error.kind != .notFound { throw error }
            }
        }
        return kept
    }

    /// What crashed processes left and nobody can go on with: their leases, their unpacking and lock files are taken out
    /// of sight; downloads that nobody has touched for a day are removed, or all of them.
    package func clearStaging(allDownloads: Bool) throws(Failure) {
        if let leases = try existing(.leases) {
            let guarded = try Lock.take(Lease.collectionLock, in: leases, .exclusive)
            _ = try protected(leases)
            _ = consume guarded
        }
        guard let staging = try existing(.staging) else { return }
        let yesterday = Clock.nowNanoseconds() / 1_000_000_000 - 86400
        for name in try staging.names() {
            if let hex = Self.unpacked(name) {
                guard let free = try Lock.attempt("layer-\(hex).lock", in: staging, .exclusive) else { continue }
                if staging.contains(name) { try staging.rename(name, to: "dead-\(name)-\(Clock.monotonicNanoseconds())") }
                try staging.remove("layer-\(hex).lock")
                _ = consume free
            } else if name.hasPrefix("layer-"), name.hasSuffix(".lock") {
                guard let free = try Lock.attempt(name, in: staging, .exclusive) else { continue }
                try staging.remove(name)
                _ = consume free
            } else if name.hasPrefix("partial-"), let status = try staging.status(name),
                allDownloads || status.sizeBytes == 0 || status.modifiedSeconds < yesterday
            {
                guard let free = try Lock.attempt(name, in: staging, .exclusive) else { continue }
                try staging.remove(name)
                _ = consume free
            }
        }
    }

    /// The diff id of a staged layer, from its name.
    private static func unpacked(_ name: String) -> String? {
        guard name.hasPrefix("unpack-"), let hex = name.split(separator: "-").last, Digest(hex: String(hex)) != nil else { return nil }
        return String(hex)
    }

    /// What is out of sight and waits for its removal.
    package func deadNames() throws(Failure) -> [String] {
        guard let staging = try existing(.staging) else { return [] }
        return try staging.names().filter { $0.hasPrefix("dead-") }
    }
}
