import Containers
import Images
import LinuxSys
import Primitives
import Store
import Templates

/// What lies on the disk, who uses it, and what would become free. Sizes are blocks on the disk; all rows together are
/// everything that lies in the store.
struct DiskReport {
    struct Row {
        var type: String
        var total = 0
        var active = 0
        var bytes: Int64 = 0
        /// What would become free; `nil` where nothing can be removed.
        var reclaimable: Int64? = 0
    }

    let images: [StoredImage]
    let containers: [ContainerSummary]
    let users: [ImageUser]
    let usage: StoreUsage
    /// Containers that mount each volume.
    let volumeUsers: [String: [String]]

    init(_ engine: Engine) throws(Failure) {
        images = try ImageStore(try engine.store).list(damaged: engine.noticeDamage)
        containers = try engine.containers.list(runningOnly: false, damaged: engine.noticeDamage)
        // The list has told of it.
        users = try engine.containers.imageUsers { _ in }
        usage = try engine.store.usage()
        volumeUsers = try engine.containers.volumeUsers()
    }

    /// docker's four rows, then what else there is.
    var rows: [Row] {
        let used = Set(users.compactMap(\.image))
        let active = images.filter { used.contains($0.id) }
        let activeBlobs = Set(active.flatMap { $0.record.blobs + [$0.record.manifest] })
        let activeLayers = Set(active.flatMap(\.record.diffIDs) + users.flatMap(\.layers))
        let running = Set(containers.filter(\.state.isRunning).map(\.id))
        func sum(_ sizes: some Sequence<Int64>) -> Int64 { sizes.reduce(0, +) }
        let ended = usage.containers.filter { !running.contains($0.key) }.map(\.value)
        let logs = usage.containers.filter { $0.value.logBytes > 0 }
        return [
            Row(
                type: "Images", total: images.count, active: active.count, bytes: sum(usage.layers.values),
                reclaimable: sum(usage.layers.filter { !activeLayers.contains($0.key.diffID) }.values)),
            Row(
                type: "Containers", total: containers.count, active: running.count, bytes: sum(usage.containers.values.map(\.bytes)),
                reclaimable: sum(ended.map(\.bytes))),
            Row(
                type: "Local Volumes", total: usage.volumes.count, active: usage.volumes.keys.count { volumeUsers[$0] != nil },
                bytes: sum(usage.volumes.values), reclaimable: sum(usage.volumes.filter { volumeUsers[$0.key] == nil }.values)),
            Row(type: "Build Cache"),
            Row(
                type: "Image Blobs", total: usage.blobs.count, active: usage.blobs.keys.count { activeBlobs.contains($0) },
                bytes: sum(usage.blobs.values), reclaimable: sum(usage.blobs.filter { !activeBlobs.contains($0.key) }.values)),
            Row(
                type: "Container Logs", total: logs.count, active: logs.keys.count { running.contains($0) },
                bytes: sum(logs.values.map(\.logBytes)), reclaimable: sum(ended.map(\.logBytes))),
            part("Downloads", usage.downloads, isReclaimable: true), part("Leftovers", usage.leftovers, isReclaimable: true),
            part("Caches", usage.caches), part("Records", usage.records), part("Other", usage.other),
        ]
    }

    private func part(_ type: String, _ usage: TreeUsage, isReclaimable: Bool = false) -> Row {
        Row(type: type, total: usage.files, bytes: usage.bytes, reclaimable: isReclaimable ? usage.bytes : nil)
    }
}

extension DiskReport.Row {
    var json: JSON {
        let bytesText = ByteSize.decimal(bytes, digits: 4)
        var free = ByteSize.decimal(reclaimable ?? 0, digits: 4)
        if bytes > 0, let reclaimable, type != "Build Cache" { free += " (\(reclaimable * 100 / bytes)%)" }
        return [
            "Active": .string(String(active)), "Reclaimable": .string(free), "Size": .string(bytesText),
            "TotalCount": .string(String(total)),
            "Type": .string(type),
        ]
    }
}
