import LinuxSys
import Primitives
import TestSupport
import Testing

@testable import Layers

@Suite struct TarEntryFuzzTests {
    static let archive = ArchiveMaker.make {
        $0.directory("etc")
        $0.pax([("path", "etc/x/canary"), ("mtime", "1.5"), ("SCHILY.xattr.user.a", "b")])
        $0.file("etc/passwd", "root")
        $0.link("up", to: "..")
        $0.link("out", to: "../canary")
        $0.hardLink("hard", to: "etc/x/canary")
        $0.file("etc/.wh.gone")
        $0.pax([("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "sparse"), ("GNU.sparse.realsize", "9000")])
        $0.file("x", "1\n8000\n3\n" + String(repeating: "\u{0}", count: 503) + "abc")
        $0.raw(Array("up/canary/file".utf8) + [0], "L")
        $0.file("up/canary/file", "bad")
        $0.directory("out")
    }

    /// Changes a few bytes, repairs checksums most of the time, sometimes cuts or repeats blocks.
    static func mutate(_ bytes: [UInt8], _ random: inout Fuzz.Random) -> [UInt8] {
        var bytes = bytes
        let interesting = Array("../.wh.0123456789LKxgS=\n ".utf8) + [0, 0x80, 0xFF]
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let index = Int.random(in: 0..<bytes.count, using: &random)
            bytes[index] =
                Bool.random(using: &random) ? interesting.randomElement(using: &random)! : UInt8.random(in: 0...255, using: &random)
        }
        let blocks = bytes.count / 512
        switch Int.random(in: 0..<10, using: &random) {
        case 0: bytes.removeLast(Int.random(in: 0..<bytes.count, using: &random))
        case 1:
            let start = 512 * Int.random(in: 0..<blocks, using: &random)
            bytes.insert(contentsOf: Array(bytes[start..<start + 512]), at: 512 * Int.random(in: 0..<blocks, using: &random))
        case 2:
            let start = 512 * Int.random(in: 0..<blocks, using: &random)
            bytes.removeSubrange(start..<start + 512)
        default: break
        }
        if Int.random(in: 0..<10, using: &random) > 0 { repair(&bytes) }
        return bytes
    }

    private static func repair(_ bytes: inout [UInt8]) {
        for start in stride(from: 0, to: bytes.count - 511, by: 512)
        where bytes[(start + 257)..<(start + 262)].elementsEqual(Array("ustar".utf8)) {
            var block = Array(bytes[start..<start + 512])
            ArchiveMaker.seal(&block)
            bytes.replaceSubrange(start..<start + 512, with: block)
        }
    }

    @Test("two thousand damaged archives neither crash nor leave the root")
    func mutations() throws {
        var limits = LayerLimits()
        limits.fileBytes = 1 << 20
        try Fuzz.rounds(200) { round in
            var random = Fuzz.Random(seed: round)
            try Scratch.use { scratch in
                for _ in 0..<10 {
                    // Into a root that the ones before have filled.
                    do { try scratch.extract(TarEntryFuzzTests.mutate(TarEntryFuzzTests.archive, &random), limits) } catch is Failure {}
                }
            }
        }
    }

    @Test("the archive that is damaged is a good one")
    func good() throws {
        try Scratch.use { scratch in
            try scratch.extract(TarEntryFuzzTests.archive)
            #expect(scratch.text("etc/x/canary") == "root")
        }
    }
}
