internal import CCompress
package import Primitives

/// Packs a stream piece by piece. The same bytes always make the same bytes.
package final class Compressor {
    private let encoder: OpaquePointer
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 64)
    private let sink: (UnsafeRawBufferPointer) throws(Failure) -> Void

    /// - Parameters:
    ///   - compression: gzip or zstd.
    ///   - level: 1 to 9 for gzip, 1 to 20 for zstd; `nil` for the usual one.
    ///   - sink: gets what was packed, in order.
    /// - Throws: `.invalid` for another packing or level.
    package init(
        _ compression: Compression, level: Int?, _ sink: @escaping (UnsafeRawBufferPointer) throws(Failure) -> Void
    ) throws(Failure) {
        let levels: ClosedRange<Int>
        switch compression {
        case .gzip: levels = 1...9
        case .zstd: levels = 1...20
        default: throw Failure(.invalid, "layers are packed with gzip or zstd only")
        }
        if let level, !levels.contains(level) {
            throw Failure(.invalid, "compression level \(level): expected \(levels.lowerBound) to \(levels.upperBound)")
        }
        guard let encoder = cc_encoder_new(compression == .gzip ? CC_GZIP : CC_ZSTD, Int32(level ?? 0)) else {
            throw Failure(.unavailable, "no memory to compress")
        }
        self.encoder = encoder
        self.sink = sink
    }

    deinit {
        cc_encoder_free(encoder)
        buffer.deallocate()
    }

    package func feed(_ bytes: UnsafeRawBufferPointer) throws(Failure) { try encode(bytes, finish: false) }

    /// To be called once, after the last bytes.
    package func finish() throws(Failure) { try encode(UnsafeRawBufferPointer(start: nil, count: 0), finish: true) }

    private func encode(_ bytes: UnsafeRawBufferPointer, finish: Bool) throws(Failure) {
        var source = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var sourceSize = bytes.count
        while true {
            var target = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            var room = buffer.count
            let code = cc_encode(encoder, &source, &sourceSize, &target, &room, finish ? 1 : 0)
            guard code >= 0 else { throw Failure(.unavailable, "the layer cannot be compressed (\(code))") }
            let made = buffer.count - room
            if made > 0 { try sink(UnsafeRawBufferPointer(rebasing: buffer[..<made])) }
            if finish ? code == 1 : sourceSize == 0 && made == 0 { return }
        }
    }
}
