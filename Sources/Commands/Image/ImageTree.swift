import Containers
import Images
import Primitives
import Store
import Templates

/// `images --tree`: each image with its names and, below it, the platform it is for.
struct ImageTree {
    let engine: Engine

    func show(_ images: [StoredImage]) throws(Failure) -> Int32 {
        let used = Set(try engine.containers.list(runningOnly: false).compactMap(\.imageID))
        let blobs = BlobStore(try engine.store)
        var lines = [["IMAGE", "ID", "DISK USAGE", "CONTENT SIZE", "USED"]]
        for image in images {
            var content: Int64 = 0
            for blob in Set(image.record.blobs + [image.record.manifest]) { content += try blobs.size(blob) ?? 0 }
            let cells = [
                ByteSize.decimal(image.record.sizeBytes + content), ByteSize.decimal(content), used.contains(image.id) ? "yes" : "",
            ]
            for name in image.names.dropLast() { lines.append([name.familiar, "", "", "", ""]) }
            lines.append([image.names.last?.familiar ?? "<untagged>", image.id.short] + cells)
            lines.append(["└─ \(image.config.platform)", image.record.manifest.short] + cells)
        }
        try engine.console.data(TableWriter().aligned(rows: lines))
        return ExitCode.success
    }
}
