internal import CCompress
package import Primitives

/// Unpacks a stream piece by piece and keeps it inside the limits.
package final class Decompressor {
    private let decoder: OpaquePointer?
    private let limits: LayerLimits
    package private(set) var inputBytes: UInt64 = 0
    package private(set) var outputBytes: UInt64 = 0

    /// - Parameter portable: unpacks gzip with zlib even where libisal is present.
    package init(_ compression: Compression, limits: LayerLimits, portable: Bool = false) throws(Failure) {
        self.limits = limits
        if compression == .none {
            decoder = nil
            return
        }
        decoder = cc_decoder_new(compression.code, limits.windowLog, portable ? 1 : 0)
        if decoder == nil { throw Failure(.unavailable, "no memory to decompress") }
    }

    deinit { cc_decoder_free(decoder) }

    /// Moves bytes from `input` to `output` until one of them is used up; both shrink to what is left.
    /// Input that is used up while the output has room left means: all output so far has been given.
    package func step(
        _ input: inout UnsafeRawBufferPointer, _ output: inout UnsafeMutableRawBufferPointer
    ) throws(Failure) {
        let (inputBefore, outputBefore) = (input.count, output.count)
        let code = decoder == nil ? copy(&input, &output) : decode(&input, &output)
        inputBytes += UInt64(inputBefore - input.count)
        outputBytes += UInt64(outputBefore - output.count)
        try check(code)
        if outputBytes > limits.archiveBytes { throw Failure(.corrupt, "the unpacked layer is larger than \(limits.archiveBytes) bytes") }
        if outputBytes > limits.ratioFreeBytes, outputBytes / limits.ratio > inputBytes {
            throw Failure(.corrupt, "the layer unpacks to more than \(limits.ratio) times its size")
        }
    }

    /// To be called once after the last input.
    /// - Throws: `.corrupt` when the stream ends in the middle.
    package func finish() throws(Failure) {
        if let decoder, cc_complete(decoder) == 0 { throw Failure(.corrupt, "the compressed layer ends too early") }
    }

    private func copy(_ input: inout UnsafeRawBufferPointer, _ output: inout UnsafeMutableRawBufferPointer) -> Int32 {
        let count = min(input.count, output.count)
        if count > 0 { output.copyMemory(from: UnsafeRawBufferPointer(rebasing: input[..<count])) }
        input = UnsafeRawBufferPointer(rebasing: input[count...])
        output = UnsafeMutableRawBufferPointer(rebasing: output[count...])
        return 0
    }

    private func decode(_ input: inout UnsafeRawBufferPointer, _ output: inout UnsafeMutableRawBufferPointer) -> Int32 {
        var source = input.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var sink = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
        var (sourceSize, sinkSize) = (input.count, output.count)
        let code = cc_decode(decoder, &source, &sourceSize, &sink, &sinkSize)
        input = UnsafeRawBufferPointer(start: source, count: sourceSize)
        output = UnsafeMutableRawBufferPointer(start: sink, count: sinkSize)
        return code
    }

    private func check(_ code: Int32) throws(Failure) {
        switch code {
        case 0: return
        case CC_CHECKSUM: throw Failure(.corrupt, "the compressed layer has a wrong checksum")
        case CC_WINDOW: throw Failure(.corrupt, "the packed bytes ask for more memory than \(UInt64(1) << UInt64(limits.windowLog)) bytes")
        case CC_NOMEMORY: throw Failure(.unavailable, "no memory to decompress")
        default: throw Failure(.corrupt, "the compressed layer is damaged")
        }
    }
}

extension Compression {
    fileprivate var code: Int32 {
        switch self {
        case .none, .gzip: CC_GZIP
        case .zstd: CC_ZSTD
        case .xz: CC_XZ
        case .bzip2: CC_BZIP2
        }
    }
}
