package import Primitives

/// What was unpacked.
package struct LayerSummary: Sendable {
    /// Digest of the unpacked archive.
    package var diffID: Digest
    /// Sum of all file sizes, as docker shows the size of a layer.
    package var sizeBytes: UInt64
    /// Size of the unpacked archive.
    package var tarBytes: UInt64
    package var entries: Int
    /// Device nodes that the kernel does not let this process make.
    package var skippedDevices: Int
    /// Extended attributes that this process may not set or a layer may not have.
    package var droppedAttributes: Int
}
