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
        guard let layers = try root.existing(area) else { return false }
        return layers.contains(diffID.hex)
    }

    /// Path of a layer, relative to the store's root: what overlay is given.
    package func relativePath(_ diffID: Digest) -> String { "\(area.path)/\(diffID.hex)" }

    /// Waits until no other process unpacks this layer, then holds the right to.
    package func lock(_ diffID: Digest) throws(Failure) -> Lock {
        try Lock.take("layer-\(diffID.hex).lock", in: try root.area(.staging), .exclusive)
    }

    /// A fresh staging directory; what an interrupted attempt left there is removed. Under `lock`.
    package func stage(_ diffID: Digest) throws(Failure) -> Directory {
        let staging = try root.area(.staging)
        try staging.removeTree(stagingName(diffID))
        try staging.createDirectory(stagingName(diffID), mode: 0o755)
        return try staging.openDirectory(stagingName(diffID))
    }

    /// Makes the staged layer visible after its bytes are on the disk.
    /// - Parameter sizeBytes: sum of its files, kept beside it.
    package func commit(_ diffID: Digest, sizeBytes: Int64) throws(Failure) {
        let staging = try root.area(.staging)
        let layers = try root.area(area)
        try layers.writeFile("\(diffID.hex).json", JSON.object(["sizeBytes": .int(sizeBytes)]).bytes, durable: false)
        try layers.descriptor.syncFileSystem()
        try staging.move(stagingName(diffID), to: layers, as: diffID.hex)
        try layers.descriptor.sync()
        try staging.remove("layer-\(diffID.hex).lock")
    }

    /// Sum of the files of a layer, `nil` when it is not here.
    package func sizeBytes(_ diffID: Digest) throws(Failure) -> Int64? {
        guard let layers = try root.existing(area), layers.contains("\(diffID.hex).json") else { return nil }
        return try JSON.parse(try layers.readFile("\(diffID.hex).json"))["sizeBytes"]?.int
    }

    package func abandon(_ diffID: Digest) throws(Failure) { try root.area(.staging).removeTree(stagingName(diffID)) }

    /// Out of sight in one step, then removed; an interruption leaves only staging.
    package func remove(_ diffID: Digest) throws(Failure) {
        guard let layers = try root.existing(area), layers.contains(diffID.hex) else { return }
        let staging = try root.area(.staging)
        let dead = "dead-\(area.rawValue)-\(diffID.hex)"
        try staging.removeTree(dead)
        try layers.move(diffID.hex, to: staging, as: dead)
        try layers.remove("\(diffID.hex).json")
        try staging.removeTree(dead)
    }

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
