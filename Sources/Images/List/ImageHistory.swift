internal import OCI
package import Primitives
internal import Store

extension ImageStore {
    /// A line of `history`, newest first.
    package struct HistoryLine: Equatable, Sendable {
        package var created: Timestamp?
        package var createdBy: String
        package var comment: String
        /// Sum of the files of its layer; 0 for one without a layer.
        package var sizeBytes: Int64
    }

    /// How an image was made, by its own account.
    /// - Parameter singleOwner: where its layers are unpacked.
    package func history(_ id: Digest, singleOwner: Bool) throws(Failure) -> [HistoryLine] {
        let config = try image(id, withNames: false).config
        let layers = LayerStore(root, singleOwner: singleOwner)
        var rest = config.diffIDs[...]
        var lines: [HistoryLine] = []
        for entry in config.history {
            var size: Int64 = 0
            if !entry.emptyLayer {
                guard let diffID = rest.popFirst() else { throw Failure(.corrupt, "too many non-empty layers in History section") }
                size = try layers.sizeBytes(diffID) ?? 0
            }
            lines.append(
                HistoryLine(
                    created: entry.created.flatMap { try? Timestamp(rfc3339: $0) }, createdBy: entry.createdBy ?? "",
                    comment: entry.comment ?? "", sizeBytes: size))
        }
        return lines.reversed()
    }
}
