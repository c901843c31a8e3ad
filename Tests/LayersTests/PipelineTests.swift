import LinuxSys
import Primitives
import Testing

@testable import Layers

@Suite struct PipelineTests {
    /// Larger than all buffers of the ring together.
    static let archive = ArchiveMaker.make {
        $0.directory("d")
        for number in 0..<12 { $0.file("d/\(number)", String(repeating: "\(number) bottles, ", count: 20_000)) }
        $0.link("l", to: "d/1")
    }

    static let gzip = Packed.gzip(archive)
    static let zstd = Packed.zstd(archive)

    private func run(
        _ scratch: Scratch, _ bytes: [UInt8], pieceBytes: Int = 100_000, expected: Digest? = nil, portable: Bool = false
    ) throws(Failure) -> LayerSummary {
        let pipeline = try LayerPipeline(
            into: try Directory.open(scratch.root), owners: Scratch.owners, expectedDiffID: expected, portable: portable)
        try bytes.withUnsafeBytes { all in
            Result { () throws(Failure) in
                for start in stride(from: 0, to: all.count, by: pieceBytes) {
                    try pipeline.feed(UnsafeRawBufferPointer(rebasing: all[start..<min(start + pieceBytes, all.count)]))
                }
            }
        }.get()
        return try pipeline.finish()
    }

    @Test("a layer is unpacked, counted and hashed whatever its packing", arguments: 0..<4, [70_001, 1 << 20])
    func packings(_ packing: Int, _ pieceBytes: Int) throws {
        let archive = PipelineTests.archive
        let packed = [archive, PipelineTests.gzip, PipelineTests.zstd, PipelineTests.gzip][packing]
        try Scratch.use { scratch in
            let summary = try run(scratch, packed, pieceBytes: pieceBytes, expected: SHA256.of(archive), portable: packing == 3)
            #expect(summary.diffID == SHA256.of(archive))
            #expect(summary.tarBytes == UInt64(archive.count))
            #expect(summary.entries == 14)
            #expect(summary.sizeBytes == 10 * 20_000 * 11 + 2 * 20_000 * 12)
            #expect(scratch.text("d/11")?.utf8.count == 240_000)
            #expect(scratch.text("d/7")?.hasPrefix("7 bottles, 7 bottles") == true)
        }
    }

    @Test("bytes behind the end of the archive count for the digest")
    func trailing() throws {
        let archive = PipelineTests.archive + [UInt8](repeating: 0, count: 700_001)
        try Scratch.use { scratch in
            let summary = try run(scratch, archive)
            #expect(summary.diffID == SHA256.of(archive))
        }
    }

    @Test("a layer fed byte by byte arrives", arguments: [false, true])
    func bytes(_ empty: Bool) throws {
        let archive = empty ? [] : ArchiveMaker.make { $0.file("a", "b") }
        try Scratch.use { scratch in
            let summary = try run(scratch, archive, pieceBytes: 1)
            #expect(summary.diffID == SHA256.of(archive))
            #expect(scratch.text("a") == (empty ? nil : "b"))
        }
    }

    @Test("another digest than expected is refused")
    func digest() throws {
        try Scratch.use { scratch in
            do throws(Failure) {
                _ = try run(scratch, PipelineTests.archive, expected: SHA256.of("other"))
                Issue.record("the digest was accepted")
            } catch { #expect(error.kind == .corrupt) }
        }
    }

    static let broken: [Sample] = [
        Sample("a hostile entry in front", ArchiveMaker.make { $0.file("../a") } + archive),
        Sample("a hostile entry behind", Array(archive.dropLast(1024)) + ArchiveMaker.make { $0.file("../a") }),
        Sample("damaged compression", Array(gzip.dropLast(20)) + [UInt8](repeating: 1, count: 20)),
        Sample("truncated compression", gzip.dropLast(100_000)), Sample("a truncated archive", archive.dropLast(100_000)),
        Sample("three bytes", [0x1F, 0x8B, 8]), Sample("no archive", Array(String(repeating: "<html>", count: 500).utf8)),
    ]

    @Test("fails, and never waits for ever", arguments: broken, [10_000, 1 << 22])
    func failing(_ row: Sample, _ pieceBytes: Int) throws {
        try Scratch.use { scratch in
            #expect(throws: Failure.self) { try run(scratch, row.bytes, pieceBytes: pieceBytes) }
        }
    }

    @Test("cancelling ends the thread and is remembered")
    func cancelling() throws {
        try Scratch.use { scratch in
            let pipeline = try LayerPipeline(into: try Directory.open(scratch.root), owners: .single, expectedDiffID: nil)
            try PipelineTests.archive.withUnsafeBytes { bytes in
                Result { () throws(Failure) in try pipeline.feed(UnsafeRawBufferPointer(rebasing: bytes[..<1_000_000])) }
            }.get()
            pipeline.cancel()
            pipeline.cancel()
            #expect(throws: Failure(.cancelled, "unpacking was cancelled")) { try pipeline.finish() }
        }
    }

    @Test("a pipeline that is dropped ends its thread")
    func dropping() throws {
        try Scratch.use { scratch in
            _ = try LayerPipeline(into: try Directory.open(scratch.root), owners: .single, expectedDiffID: nil)
        }
    }
}
