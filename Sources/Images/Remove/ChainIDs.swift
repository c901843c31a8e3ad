internal import LinuxSys
package import Primitives

/// docker's names of layers: a digest for each layer together with all below it (image-spec, config.md, "Layer ChainID").
package enum ChainIDs {
    /// - Parameter diffIDs: lowest first, as the result.
    package static func of(_ diffIDs: [Digest]) -> [Digest] {
        var chain: [Digest] = []
        for diffID in diffIDs { chain.append(chain.last.map { SHA256.of("\($0) \(diffID)") } ?? diffID) }
        return chain
    }
}
