import CCompress
import LinuxSys
import Primitives
import Testing

@testable import Layers

/// Bytes with a name: the name alone is shown.
struct Sample: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]
    init(_ what: String, _ bytes: [UInt8]) { (testDescription, self.bytes) = (what, bytes) }
}

/// Compressed streams made by hand, so that no tool is needed and every field can be wrong.
enum Packed {
    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { crc, _ in crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        let crc = bytes.withUnsafeBytes { bytes in
            table.withUnsafeBufferPointer { table in
                var crc = UInt32.max
                for byte in bytes { crc = crc >> 8 ^ table[Int((crc ^ UInt32(byte)) & 255)] }
                return crc
            }
        }
        return ~crc
    }
    static func little(_ value: Int, _ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

    /// One gzip member of stored blocks, with everything in its header that can be there.
    static func gzip(_ bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = [0x1F, 0x8B, 8, 30, 0, 0, 0, 0, 0, 255] + little(300, 2) + [UInt8](repeating: 9, count: 300)
        out += Array("layer.tar".utf8) + [0] + Array("a comment".utf8) + [0]
        out += little(Int(crc32(out) & 0xFFFF), 2)
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(65535)
            rest = rest.dropFirst(65535)
            out += [rest.isEmpty ? 1 : 0] + little(block.count, 2) + little(~block.count, 2) + block
        } while !rest.isEmpty
        return out + little(Int(crc32(bytes)), 4) + little(bytes.count, 4)
    }

    /// One zstd frame of raw blocks. - Parameter windowExponent: 2^(10 + exponent) bytes.
    static func zstd(_ bytes: [UInt8], windowExponent: UInt8 = 7) -> [UInt8] {
        var out: [UInt8] = [0x28, 0xB5, 0x2F, 0xFD, 0, windowExponent << 3]
        var rest = bytes[...]
        repeat {
            let block = rest.prefix(65536)
            rest = rest.dropFirst(65536)
            out += little(block.count << 3 | (rest.isEmpty ? 1 : 0), 3) + block
        } while !rest.isEmpty
        return out
    }

    /// A zstd frame that is `blocks` times 128 KiB of zeros in four bytes each.
    static func bomb(blocks: Int) -> [UInt8] {
        [0x28, 0xB5, 0x2F, 0xFD, 0, 7 << 3] + (1...blocks).flatMap { little(131072 << 3 | 1 << 1 | ($0 == blocks ? 1 : 0), 3) + [0] }
    }

    static let skippable: [UInt8] = [0x51, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3]
}

/// Unpacks with input and output in pieces.
private func unpack(
    _ bytes: [UInt8], portable: Bool = false, inputBytes: Int = 1 << 20, outputBytes: Int = 1 << 16, limits: LayerLimits = LayerLimits()
) throws(Failure) -> [UInt8] {
    let decompressor = try Decompressor(try Compression.detect(bytes), limits: limits, portable: portable)
    var out: [UInt8] = []
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: outputBytes, alignment: 8)
    defer { buffer.deallocate() }
    try bytes.withUnsafeBytes { all in
        Result { () throws(Failure) in
            for start in stride(from: 0, to: all.count, by: inputBytes) {
                var input = UnsafeRawBufferPointer(rebasing: all[start..<min(start + inputBytes, all.count)])
                var room = buffer
                repeat {
                    room = buffer
                    try decompressor.step(&input, &room)
                    out += buffer[..<(outputBytes - room.count)]
                } while room.isEmpty
            }
        }
    }.get()
    try decompressor.finish()
    return out
}

@Suite struct CompressionTests {
    static let text = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) }
    static let small = Array(text[..<3000])

    @Test("streams are unpacked in pieces of any size", arguments: [false, true], [1, 2, 3, 7, 100, 4096])
    func pieces(_ portable: Bool, _ size: Int) throws {
        let gzip = Packed.gzip(CompressionTests.small)
        let zstd = Packed.zstd(CompressionTests.small)
        let twice = CompressionTests.small + CompressionTests.small
        for (packed, plain) in [
            (gzip, CompressionTests.small), (gzip + gzip, twice), (gzip + Packed.gzip([]) + gzip, twice), (zstd, CompressionTests.small),
            (zstd + Packed.skippable + zstd, twice), (Packed.skippable + zstd, CompressionTests.small),
            (CompressionTests.small, CompressionTests.small),
        ] {
            #expect(try unpack(packed, portable: portable, inputBytes: size) == plain)
            #expect(try unpack(packed, portable: portable, outputBytes: size) == plain)
            #expect(try unpack(packed, portable: portable, inputBytes: size, outputBytes: 1 + 512 / size) == plain)
        }
    }

    @Test("what gzip packs is unpacked, members together and in pieces", arguments: [false, true], [1, 6, 9])
    func tool(_ portable: Bool, _ level: Int) throws {
        try Scratch.use { scratch in
            try scratch.write("a", CompressionTests.text)
            try scratch.shell("gzip -\(level) -c a > b; gzip -1 -c a >> b")
            let packed = try scratch.bytes("b")
            let plain = CompressionTests.text + CompressionTests.text
            for size in [13, 1000, 65536] {
                #expect(try unpack(packed, portable: portable, inputBytes: size, outputBytes: 777 + size) == plain)
            }
        }
    }

    static let damaged: [Sample] = {
        let gzip = Packed.gzip(small)
        let zstd = Packed.zstd(small)
        func changed(_ bytes: [UInt8], _ index: Int) -> [UInt8] {
            var bytes = bytes
            bytes[index] ^= 1
            return bytes
        }
        return [
            Sample("a gzip without its last byte", gzip.dropLast()), Sample("a gzip cut in its data", Array(gzip[..<1000])),
            Sample("a gzip cut in its header", Array(gzip[..<12])), Sample("a gzip with a wrong header checksum", changed(gzip, 320)),
            Sample("a gzip with a wrong checksum", changed(gzip, gzip.count - 5)),
            Sample("a gzip with a wrong length", changed(gzip, gzip.count - 1)), Sample("a gzip with changed data", changed(gzip, 900)),
            Sample("a gzip with garbage behind it", gzip + [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
            Sample("a gzip with half a second member", gzip + gzip[..<9]),
            Sample("a gzip of another method", changed(gzip, 2)), Sample("a gzip with reserved flags", [0x1F, 0x8B, 8, 0x80] + gzip[4...]),
            Sample("three bytes of gzip", Array(gzip[..<3])), Sample("a zstd without its last byte", zstd.dropLast()),
            Sample("a zstd with garbage behind it", zstd + [1, 2, 3, 4, 5]), Sample("a zstd cut in its header", Array(zstd[..<5])),
            Sample("bzip2", Array("BZh9....".utf8)), Sample("xz", [0xFD, 0x37, 0x7A, 0x58, 0x5A, 0]),
        ]
    }()

    @Test("is refused", arguments: damaged, [false, true])
    func refusing(_ row: Sample, _ portable: Bool) {
        #expect(throws: Failure.self) { try unpack(row.bytes, portable: portable) }
        #expect(throws: Failure.self) { try unpack(row.bytes, portable: portable, inputBytes: 1) }
    }

    @Test("a zstd window of 128 MiB is taken, a larger one refused")
    func window() throws {
        #expect(try unpack(Packed.zstd(CompressionTests.small, windowExponent: 17)) == CompressionTests.small)
        #expect(throws: Failure(.corrupt, "the packed bytes ask for more memory than 134217728 bytes")) {
            try unpack(Packed.zstd(CompressionTests.small, windowExponent: 18))
        }
    }

    @Test("a bomb stops at the size and at the ratio that are allowed")
    func bomb() throws {
        var limits = LayerLimits()
        limits.archiveBytes = 10 << 20
        #expect(throws: Failure(.corrupt, "the unpacked layer is larger than 10485760 bytes")) {
            try unpack(Packed.bomb(blocks: 81), limits: limits)
        }
        #expect(try unpack(Packed.bomb(blocks: 80), limits: limits).count == 10 << 20)
        limits.ratioFreeBytes = 1 << 20
        #expect(throws: Failure(.corrupt, "the layer unpacks to more than 1100 times its size")) {
            try unpack(Packed.bomb(blocks: 80), limits: limits)
        }
    }
}
