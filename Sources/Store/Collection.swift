internal import LinuxSys
package import Primitives

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
    @discardableResult
    package func collect(layersInUse: () throws(Failure) -> Set<Digest>) throws(Failure) -> Collected {
        let leases = try area(.leases)
        let guarded = try Lock.take(Lease.collectionLock, in: leases, .exclusive)
        let collected = try unneeded(leases, layersInUse: layersInUse, without: [])
        let blobs = BlobStore(self)
        for digest in collected.blobs { try blobs.remove(digest) }
        for singleOwner in [false, true] {
            let layers = LayerStore(self, singleOwner: singleOwner)
            for diffID in collected.layers { try layers.remove(diffID) }
        }
        // What a crash left of files that were being written.
        for area in [Area.blobs, .layers, .singleOwnerLayers, .images, .imageNames] { try removeTemporaries(area) }
        let kept = try protected(leases)
        for area in [Area.layers, .singleOwnerLayers] { try removeStrayNotes(area, kept: kept) }
        _ = consume guarded
        return collected
    }

    /// What `collect` would remove if these images were gone.
    package func collectable(layersInUse: () throws(Failure) -> Set<Digest>, without images: Set<Digest>) throws(Failure) -> Collected {
        let leases = try area(.leases)
        let guarded = try Lock.take(Lease.collectionLock, in: leases, .exclusive)
        let collected = try unneeded(leases, layersInUse: layersInUse, without: images)
        _ = consume guarded
        return collected
    }

    /// Under the collection lock.
    private func unneeded(
        _ leases: borrowing Directory, layersInUse: () throws(Failure) -> Set<Digest>, without images: Set<Digest>
    ) throws(Failure) -> Collected {
        var blobsKept: Set<Digest> = []
        // Leases first: what a lease protected and a record then took over is seen in one of the two.
        var layersKept = try protected(leases)
        blobsKept.formUnion(layersKept)
        layersKept.formUnion(try layersInUse())
        var isDamaged = false
        let records = try ImageRecords(self).all { id, _ in isDamaged = isDamaged || !images.contains(id) }
        // What a record that cannot be read needs is not known: nothing goes until it is repaired or removed.
        if isDamaged { return Collected() }
        for record in records where !images.contains(record.id) {
            blobsKept.insert(record.manifest)
            blobsKept.formUnion(record.blobs)
            layersKept.formUnion(record.diffIDs)
        }
        var collected = Collected()
        for digest in try BlobStore(self).all() where !blobsKept.contains(digest) { collected.blobs.append(digest) }
        var found: Set<Digest> = []
        for singleOwner in [false, true] { found.formUnion(try LayerStore(self, singleOwner: singleOwner).all()) }
        collected.layers = found.subtracting(layersKept).sorted()
        collected.blobs.sort()
        return collected
    }

    /// Files that were written under another name first (`Directory.writeFile`) by processes that are gone.
    private func removeTemporaries(_ area: Area) throws(Failure) {
        guard let directory = try existing(area) else { return }
        for name in try directory.names() {
            guard let writer = Directory.writer(ofTemporary: name), Process.startTime(of: writer) == nil else { continue }
            if try directory.status(name)?.kind == .file { try directory.remove(name) }
        }
    }

    /// Notes beside layers that were never committed. - Parameter kept: what living leases hold: it may be on its way.
    private func removeStrayNotes(_ area: Area, kept: Set<Digest>) throws(Failure) {
        guard let directory = try existing(area) else { return }
        let names = Set(try directory.names())
        for name in names where name.hasSuffix(".json") {
            guard let diffID = Digest(hex: name.dropLast(5)), !names.contains(diffID.hex), !kept.contains(diffID) else { continue }
            try directory.remove(name)
        }
    }
}

extension Directory {
    /// The process in the name of a temporary file, `.NAME.PID.TIME`.
    fileprivate static func writer(ofTemporary name: String) -> Int32? {
        let parts = name.split(separator: ".")
        return name.hasPrefix(".") && parts.count >= 3 ? Int32(parts[parts.count - 2]) : nil
    }
}
