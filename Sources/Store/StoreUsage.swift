package import LinuxSys
package import Primitives

/// What each thing of a store takes on the disk: blocks, as du(1) counts them. The sum of all is what du says of the store.
package struct StoreUsage: Sendable {
    package struct Container: Equatable, Sendable {
        /// Everything in its directory but its log.
        package var bytes: Int64 = 0
        package var logBytes: Int64 = 0
    }
    package struct Layer: Hashable, Sendable {
        package var diffID: Digest
        package var singleOwner: Bool
    }

    package var layers: [Layer: Int64] = [:]
    package var blobs: [Digest: Int64] = [:]
    package var containers: [String: Container] = [:]
    package var volumes: [String: Int64] = [:]
    /// Downloads that were begun.
    package var downloads = TreeUsage()
    /// What interrupted commands left: dead containers and layers, layers half unpacked.
    package var leftovers = TreeUsage()
    package var caches = TreeUsage()
    /// Records of images, names, leases and the directories of the store.
    package var records = TreeUsage()
    /// What is not ours.
    package var other = TreeUsage()

    package var totalBytes: Int64 {
        layers.values.reduce(0, +) + blobs.values.reduce(0, +) + containers.values.reduce(0) { $0 + $1.bytes + $1.logBytes }
            + volumes.values.reduce(0, +) + downloads.bytes + leftovers.bytes + caches.bytes + records.bytes + other.bytes
    }

    package init() {}
}

extension StoreRoot {
    /// Measures the store. To be run where every file of it may be looked at: as root of the user's namespace.
    package func usage() throws(Failure) -> StoreUsage {
        var meter = UsageMeter()
        try meter.measure(directory)
        return meter.usage
    }
}

private struct UsageMeter {
    var usage = StoreUsage()
    private var counter = UsageCounter()

    init() {}

    mutating func measure(_ root: borrowing Directory) throws(Failure) {
        addRecord(try root.descriptor.status())
        for name in try root.names().sorted() {
            switch name {
            case StoreRoot.Area.layers.path, StoreRoot.Area.singleOwnerLayers.path:
                try layers(name, in: root, singleOwner: name == StoreRoot.Area.singleOwnerLayers.path)
            case "blobs": try blobs(root)
            case StoreRoot.Area.containers.path: try containers(root)
            case StoreRoot.Area.staging.path: try staging(root)
            case StoreRoot.Area.volumes.path: try volumes(root)
            case "cache": add(try counter.usage(of: name, in: root), to: \.caches)
            case "images", "manifests", StoreRoot.Area.leases.path, StoreRoot.Area.mountPoint.path:
                add(try counter.usage(of: name, in: root), to: \.records)
            default: add(try counter.usage(of: name, in: root), to: \.other)
            }
        }
    }

    private mutating func add(_ part: TreeUsage, to place: WritableKeyPath<StoreUsage, TreeUsage>) {
        usage[keyPath: place].bytes += part.bytes
        usage[keyPath: place].files += part.files
    }

    private mutating func addRecord(_ status: NodeStatus) { usage.records.bytes += Int64(clamping: status.allocatedBytes) }

    private mutating func layers(_ area: String, in root: borrowing Directory, singleOwner: Bool) throws(Failure) {
        let directory = try root.openDirectory(area)
        addRecord(try directory.descriptor.status())
        for name in try directory.names() {
            let part = try counter.usage(of: name, in: directory)
            if let diffID = Digest(hex: name) {
                usage.layers[StoreUsage.Layer(diffID: diffID, singleOwner: singleOwner)] = part.bytes
            } else {
                add(part, to: \.records)
            }
        }
    }

    private mutating func blobs(_ root: borrowing Directory) throws(Failure) {
        let top = try root.openDirectory("blobs")
        addRecord(try top.descriptor.status())
        for name in try top.names() where name != "sha256" { add(try counter.usage(of: name, in: top), to: \.other) }
        guard top.contains("sha256") else { return }
        let directory = try top.openDirectory("sha256")
        addRecord(try directory.descriptor.status())
        for name in try directory.names() {
            let part = try counter.usage(of: name, in: directory)
            if let digest = Digest(hex: name) { usage.blobs[digest] = part.bytes } else { add(part, to: \.leftovers) }
        }
    }

    private mutating func containers(_ root: borrowing Directory) throws(Failure) {
        let area = try root.openDirectory(StoreRoot.Area.containers.path)
        addRecord(try area.descriptor.status())
        for id in try area.names() {
            guard id.utf8.count == 64, Digest(hex: id) != nil, let directory = try? area.openDirectory(id) else {
                add(try counter.usage(of: id, in: area), to: \.records)
                continue
            }
            var own = StoreUsage.Container(bytes: Int64(clamping: try directory.descriptor.status().allocatedBytes))
            for name in try directory.names() {
                let bytes = try counter.usage(of: name, in: directory).bytes
                if name.hasPrefix("\(id)-json.log") { own.logBytes += bytes } else { own.bytes += bytes }
            }
            usage.containers[id] = own
        }
    }

    private mutating func volumes(_ root: borrowing Directory) throws(Failure) {
        let area = try root.openDirectory(StoreRoot.Area.volumes.path)
        addRecord(try area.descriptor.status())
        for name in try area.names() {
            let part = try counter.usage(of: name, in: area)
            if name.utf8.first == UInt8(ascii: ".") { add(part, to: \.records) } else { usage.volumes[name] = part.bytes }
        }
    }

    private mutating func staging(_ root: borrowing Directory) throws(Failure) {
        let directory = try root.openDirectory(StoreRoot.Area.staging.path)
        addRecord(try directory.descriptor.status())
        for name in try directory.names() {
            add(try counter.usage(of: name, in: directory), to: name.hasPrefix("partial-") ? \.downloads : \.leftovers)
        }
    }
}
