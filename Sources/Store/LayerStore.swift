package import LinuxSys
package import Primitives

/// Unpacked layers by diff id. A directory is visible only when it is complete, synced and verified; after
/// that it is never changed, not even for another id map.
package struct LayerStore: Sendable {
    let root: StoreRoot
    let area: StoreRoot.Area

    /// - Parameter singleOwner: for a user without subordinate ids.
    package init(_ root: StoreRoot, singleOwner: Bool) {
        self.root = root
        area = singleOwner ? .singleOwnerLayers : .layers
    }

    package func contains(_ diffID: Digest) throws(Failure) -> Bool {
        if try placeElsewhere(diffID) != nil { return true }
        return try owns(diffID)
    }

    /// True when the layer lies here and not only in an additional store.
    package func owns(_ diffID: Digest) throws(Failure) -> Bool {
        guard let layers = try root.existing(area) else { return false }
        return layers.contains(diffID.hex)
    }

    /// What overlay is given for a layer that is here: relative to the store's root, or absolute in an additional store.
    package func overlayPath(_ diffID: Digest) throws(Failure) -> String {
        if let (store, area) = try placeElsewhere(diffID) { return "\(store.path)/\(area.path)/\(diffID.hex)" }
        return relativePath(diffID)
    }

    /// The directory of a layer that is here.
    package func path(_ diffID: Digest) throws(Failure) -> String {
        let path = try overlayPath(diffID)
        return path.hasPrefix("/") ? path : "\(root.path)/\(path)"
    }

    /// Where a layer is or would be, for people who look: unpacked for several ids, else for one.
    package static func shownPath(_ diffID: Digest, in root: StoreRoot) throws(Failure) -> String {
        let single = LayerStore(root, singleOwner: true)
        let layers = LayerStore(root, singleOwner: false)
        if try layers.contains(diffID) { return try layers.path(diffID) }
        return try single.contains(diffID) ? single.path(diffID) : layers.path(diffID)
    }

    /// Path of an own layer, relative to the store's root.
    package func relativePath(_ diffID: Digest) -> String { "\(area.path)/\(diffID.hex)" }

    /// The additional store that has a layer in a form we can use: unpacked for the same user, or with a single owner.
    private func placeElsewhere(_ diffID: Digest) throws(Failure) -> (StoreRoot, StoreRoot.Area)? {
        for store in root.additional {
            for place in try Self.usable(area, of: store) where try store.existing(place)?.contains(diffID.hex) ?? false {
                return (store, place)
            }
        }
        return nil
    }

    /// The owners of files in `layers` are those of one user's ids: nobody else's containers have these.
    private static func usable(_ area: StoreRoot.Area, of store: StoreRoot) throws(Failure) -> [StoreRoot.Area] {
        let isOwn = try store.directory.owner() == Process.effectiveUserID
        return area == .layers && isOwn ? [.layers, .singleOwnerLayers] : [.singleOwnerLayers]
    }

    /// Why a layer that lies in an additional store is of no use; `nil` when none has it.
    package func obstacle(_ diffID: Digest) throws(Failure) -> String? {
        for store in root.additional where try store.existing(.layers)?.contains(diffID.hex) ?? false {
            let owner = try store.directory.owner()
            return
                "the additional store \"\(store.path)\" has it unpacked for the ids of user \(owner); only layers with a single owner can be shared"
        }
        return nil
    }

    /// Waits until no other process unpacks this layer, then holds the right to.
    package func lock(_ diffID: Digest) throws(Failure) -> Lock {
        try Lock.take(Self.lockName(diffID), in: try root.area(.staging), .exclusive)
    }

    private static func lockName(_ diffID: Digest) -> String { "layer-\(diffID.hex).lock" }

    /// A fresh staging directory; what an interrupted attempt left there is removed. Under `lock`.
    package func stage(_ diffID: Digest) throws(Failure) -> Directory {
        let staging = try root.area(.staging)
        try staging.removeTree(stagingName(diffID))
        try staging.createDirectory(stagingName(diffID), mode: 0o755)
        return try staging.openDirectory(stagingName(diffID))
    }

    /// Makes the staged layer visible after its bytes are on the disk.
    /// - Parameter sizeBytes: sum of its files, kept beside it with a summary of the tree.
    package func commit(_ diffID: Digest, sizeBytes: Int64) throws(Failure) {
        let staging = try root.area(.staging)
        let layers = try root.area(area)
        let tree = try TreeSummary.of(try staging.openDirectory(stagingName(diffID)))
        try write(LayerNote(sizeBytes: sizeBytes, tree: tree), diffID, in: layers)
        try layers.descriptor.syncFileSystem()
        try staging.move(stagingName(diffID), to: layers, as: diffID.hex)
        try layers.descriptor.sync()
    }

    /// `commit` for a layer that is there and damaged: the old one goes out of sight in the same moment.
    /// - Parameter isFree: whether no container runs on it; asked for while no lease can begin.
    /// - Returns: false when somebody uses it or is about to: then nothing was changed.
    package func recommit(
        _ diffID: Digest, sizeBytes: Int64, own lease: Lease, isFree: () throws(Failure) -> Bool
    ) throws(Failure) -> Bool {
        let staging = try root.area(.staging)
        let layers = try root.area(area)
        let tree = try TreeSummary.of(try staging.openDirectory(stagingName(diffID)))
        try layers.descriptor.syncFileSystem()
        return try root.whileNoLeaseHolds(diffID, besides: lease) { () throws(Failure) in
            guard try isFree() else { return false }
            if layers.contains(diffID.hex) {
                try layers.move(diffID.hex, to: staging, as: "dead-layer-\(diffID.hex)-\(Clock.monotonicNanoseconds())")
            }
            try write(LayerNote(sizeBytes: sizeBytes, tree: tree), diffID, in: layers)
            try staging.move(stagingName(diffID), to: layers, as: diffID.hex)
            try layers.descriptor.sync()
            return true
        }
    }

    private func write(_ note: LayerNote, _ diffID: Digest, in layers: borrowing Directory) throws(Failure) {
        try layers.writeFile("\(diffID.hex).json", note.json.bytes, durable: false)
    }

    /// What was recorded of a layer; `nil` when it was not or the record is damaged.
    package func note(_ diffID: Digest) throws(Failure) -> LayerNote? {
        let note = "\(diffID.hex).json"
        if let (store, place) = try placeElsewhere(diffID) {
            guard let layers = try store.existing(place), layers.contains(note) else { return nil }
            return (try? JSON.parse(try layers.readFile(note))).flatMap(LayerNote.init)
        }
        guard let layers = try root.existing(area), layers.contains(note) else { return nil }
        let bytes = try layers.readFile(note)
        return (try? JSON.parse(bytes)).flatMap(LayerNote.init)
    }

    /// What the files of a layer are now.
    package func tree(_ diffID: Digest) throws(Failure) -> TreeSummary {
        try TreeSummary.of(try root.area(area).openDirectory(diffID.hex))
    }

    /// Removes the file of `lock` while it is still held: nothing of it stays behind.
    package func unlock(_ diffID: Digest, _ lock: consuming Lock) throws(Failure) {
        try root.area(.staging).remove(Self.lockName(diffID))
        lock.hold()
    }

    /// Sum of the files of a layer; `nil` when it is not here or its note is damaged, which another pull repairs.
    package func sizeBytes(_ diffID: Digest) throws(Failure) -> Int64? { try note(diffID)?.sizeBytes }

    /// The same of a layer that is here; a damaged note is written again from its files.
    package func knownSizeBytes(_ diffID: Digest) throws(Failure) -> Int64 {
        if let size = try sizeBytes(diffID) { return size }
        if let (store, place) = try placeElsewhere(diffID), let layers = try store.existing(place) {
            return try layers.openDirectory(diffID.hex).treeBytes()
        }
        let layers = try root.area(area)
        let size = try layers.openDirectory(diffID.hex).treeBytes()
        try write(LayerNote(sizeBytes: size, tree: nil), diffID, in: layers)
        return size
    }

    package func abandon(_ diffID: Digest) throws(Failure) { try root.area(.staging).removeTree(stagingName(diffID)) }

    /// Out of sight in one step. The files stay in staging as `dead-…`: some belong to subordinate ids, so whoever
    /// sweeps removes them (see `StoreRoot.deadNames`).
    package func remove(_ diffID: Digest) throws(Failure) {
        guard let layers = try root.existing(area), layers.contains(diffID.hex) else { return }
        try layers.move(diffID.hex, to: try root.area(.staging), as: "dead-layer-\(diffID.hex)-\(Clock.monotonicNanoseconds())")
        try layers.remove("\(diffID.hex).json")
    }

    /// Those of this store alone.
    package func all() throws(Failure) -> [Digest] {
        guard let layers = try root.existing(area) else { return [] }
        return try layers.names().compactMap { Digest(hex: $0) }
    }

    /// An empty directory: the lower layer of an image without layers.
    package func empty() throws(Failure) -> String {
        _ = try root.area(area).makeDirectory("empty", mode: 0o755)
        return "\(area.path)/empty"
    }

    private func stagingName(_ diffID: Digest) -> String { "unpack-\(area.rawValue)-\(diffID.hex)" }
}

/// What stands beside a layer.
package struct LayerNote: Equatable, Sendable {
    /// Sum of its files, as docker counts them.
    package var sizeBytes: Int64
    /// `nil` where the note was lost and only the size is known.
    package var tree: TreeSummary?

    var json: JSON {
        var object: JSONObject = ["sizeBytes": .int(sizeBytes)]
        if let tree {
            object["entries"] = .int(Int64(tree.entries))
            object["fileBytes"] = .int(tree.sizeBytes)
            object["tree"] = .string(tree.digest.description)
        }
        return .object(object)
    }

    init(sizeBytes: Int64, tree: TreeSummary?) { (self.sizeBytes, self.tree) = (sizeBytes, tree) }

    init?(_ json: JSON) {
        guard let size = json["sizeBytes"]?.int else { return nil }
        sizeBytes = size
        if let entries = json["entries"]?.int, let bytes = json["fileBytes"]?.int, let tree = json["tree"]?.string.flatMap({ Digest($0) }) {
            self.tree = TreeSummary(entries: Int(clamping: entries), sizeBytes: bytes, digest: tree)
        }
    }
}
