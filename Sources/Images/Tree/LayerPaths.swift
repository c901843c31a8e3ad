package import Primitives
package import Store

extension LayerStore {
    /// The directories of unpacked layers, topmost first: as overlay lays them.
    /// - Parameter diffIDs: lowest first.
    /// - Throws: `.notFound` when one is not unpacked.
    package func paths(_ diffIDs: [Digest], in root: StoreRoot) throws(Failure) -> [String] {
        var paths: [String] = []
        for diffID in diffIDs.reversed() {
            guard try contains(diffID) else { throw Failure(.notFound, "layer \(diffID.short) is not unpacked: pull the image again") }
            paths.append(try path(diffID))
        }
        return paths
    }
}
