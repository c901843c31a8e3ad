import CommandLine
import Images
import Layers
import Primitives
import Store

/// `image tree`: layer by layer, lowest first, the files and bytes that it adds, and those of lower layers that it hides.
struct ImageTreeCommand {
    let engine: Engine
    let options: ParsedOptions

    private struct Layer {
        var diffID: Digest
        var createdBy: String
        var added = 0
        var addedBytes: UInt64 = 0
        var hidden = 0
        var hiddenBytes: UInt64 = 0
        var changes: [TreeChange] = []
    }

    func run(_ operands: [String]) throws(Failure) -> Int32 {
        let asJSON = try TreeFormat.isJSON(options)
        let images = try engine.images
        let image = try images.image(try images.find(operands[0]))
        return try engine.asOwner { (owners) throws(Failure) in
            let layers = try layers(image, LayerStack(store: try engine.store, owners: owners))
            try engine.console.data(asJSON ? document(image, layers).compact() + "\n" : text(image, layers))
            return ExitCode.success
        }
    }

    private func layers(_ image: StoredImage, _ stack: LayerStack) throws(Failure) -> [Layer] {
        // Lines of the history that made a layer belong to the layers in order.
        let lines = image.config.history.filter { !$0.emptyLayer }
        var layers: [Layer] = []
        for (number, diffID) in image.config.diffIDs.enumerated() {
            var layer = Layer(diffID: diffID, createdBy: number < lines.count ? lines[number].createdBy ?? "" : "")
            let below = Array(image.config.diffIDs[..<number])
            try TreeComparison(from: try stack.tree(below), to: try stack.tree(below + [diffID])).run { change in
                layer.added += change.newFiles
                layer.addedBytes += change.newBytes
                layer.hidden += change.oldFiles
                layer.hiddenBytes += change.oldBytes
                layer.changes.append(change)
            }
            layers.append(layer)
        }
        return layers
    }

    private func text(_ image: StoredImage, _ layers: [Layer]) -> String {
        let noTrunc = options.bool(.noTrunc)
        var text = "Image ID: \(noTrunc ? image.id.description : image.id.short)\n"
        text += "Tags:     [\(image.names.map(\.familiar).joined(separator: " "))]\n"
        text += "Size:     \(ByteSize.decimal(Int64(clamping: layers.reduce(0) { $0 + $1.addedBytes })))\nImage Layers\n"
        for (number, layer) in layers.enumerated() {
            let isLast = number == layers.count - 1
            let id = noTrunc ? layer.diffID.description : layer.diffID.short
            text += "\(isLast ? "└──" : "├──") ID: \(id) Size: \(Self.size(layer.addedBytes)) Files: \(layer.added)"
            if layer.hidden > 0 { text += " Hides: \(layer.hidden) files of \(Self.size(layer.hiddenBytes))" }
            let command = Self.oneLine(layer.createdBy, noTrunc: noTrunc)
            text += command.isEmpty ? "\n" : "  \(command)\n"
            guard options.bool(.treeFiles) else { continue }
            for change in layer.changes { text += "\(isLast ? " " : "│")   \(change.kind.letter) \(TreeFormat.shown(change.path))\n" }
        }
        return text
    }

    private static func size(_ bytes: UInt64) -> String { ByteSize.decimal(Int64(clamping: bytes)) }

    /// Text of the image, harmless on a terminal.
    private static func oneLine(_ text: String, noTrunc: Bool) -> String {
        let shown = String(TreeFormat.shown(Array(text.utf8)).dropFirst())
        return noTrunc || shown.count <= 60 ? shown : shown.prefix(59) + "…"
    }

    private func document(_ image: StoredImage, _ layers: [Layer]) -> JSON {
        var items: [JSON] = []
        for layer in layers {
            var item: JSONObject = [
                "diffID": .string(layer.diffID.description), "createdBy": .string(layer.createdBy), "files": .int(Int64(layer.added)),
                "bytes": .int(Int64(clamping: layer.addedBytes)), "hiddenFiles": .int(Int64(layer.hidden)),
                "hiddenBytes": .int(Int64(clamping: layer.hiddenBytes)),
            ]
            if options.bool(.treeFiles) {
                item["changes"] = .array(
                    layer.changes.map {
                        [
                            "kind": .string($0.kind.letter), "path": .string("/" + String(decoding: $0.path, as: UTF8.self)),
                            "bytes": .int(Int64(clamping: $0.newBytes)),
                        ]
                    })
            }
            items.append(.object(item))
        }
        return ["id": .string(image.id.description), "names": .strings(image.names.map(\.familiar)), "layers": .array(items)]
    }
}
