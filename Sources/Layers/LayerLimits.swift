/// How much one layer may ask for. The defaults leave room for the largest images in use.
package struct LayerLimits: Sendable {
    /// Headers that make something.
    package var entries = 2_000_000
    /// Bytes of the unpacked archive.
    package var archiveBytes: UInt64 = 1 << 40
    /// Sum of all file sizes, holes included.
    package var unpackedBytes: UInt64 = 4 << 40
    /// Size of one file, holes included.
    package var fileBytes: UInt64 = 1 << 40
    /// One PAX header or GNU long name.
    package var headerBytes = 1 << 20
    /// Pieces of one sparse file.
    package var sparseRanges = 1 << 20
    /// Bytes of a path below the root; Linux takes 4095 at once.
    package var pathBytes = 4095
    /// Paths of all directories together, which are kept until the end.
    package var directoryPathBytes = 256 << 20
    /// Unpacked bytes for each compressed byte. gzip cannot exceed 1032; looked at only above `ratioFreeBytes`, because a
    /// layer with one large empty file is honest.
    package var ratio: UInt64 = 1100
    package var ratioFreeBytes: UInt64 = 8 << 30
    /// Window of a zstd frame as a power of two: 128 MiB of memory.
    package var windowLog: Int32 = 27

    package init() {}
}
