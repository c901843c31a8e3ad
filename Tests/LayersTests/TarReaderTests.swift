import Primitives
import Testing

@testable import Layers

/// Everything an archive says, data included.
func readAll(_ archive: [UInt8], chunkBytes: Int = 1024, _ limits: LayerLimits = LayerLimits()) throws(Failure) -> [(
    entry: TarEntry, data: [UInt8]
)] {
    var reader = TarReader(MemorySource(archive, chunkBytes: chunkBytes), limits: limits)
    var out: [(TarEntry, [UInt8])] = []
    while let entry = try reader.next() {
        var data: [UInt8] = []
        while let piece = try reader.nextData() { data += piece }
        out.append((entry, data))
    }
    return out
}

private func put(_ start: Int, _ bytes: [UInt8]) -> @Sendable (inout [UInt8]) -> Void {
    { $0.replaceSubrange(start..<start + bytes.count, with: bytes) }
}

@Suite struct TarReaderTests {
    static let refused = [
        Row("a wrong checksum") {
            $0.file("a", "x")
            $0.bytes[0] = UInt8(ascii: "b")
        },
        Row("an unknown type") { $0.header("a", "Q") },
        Row("a volume label") { $0.header("a", "V") },
        Row("data on a hard link") {
            $0.file("b", "x")
            $0.header("a", "1", size: 1, link: "b")
            $0.data([1])
        },
        Row("data on a symbolic link") {
            $0.header("a", "2", size: 1, link: "b")
            $0.data([1])
        },
        Row("data on a directory") {
            $0.header("a", "5", size: 512)
            $0.data([1])
        },
        Row("data on a directory by PAX") {
            $0.pax([("size", "512")])
            $0.directory("a")
        },
        Row("a link without a target") { $0.header("a", "2") },
        Row("a target on a file") {
            $0.pax([("linkpath", "b")])
            $0.file("a")
        },
        Row("a negative size") { $0.header("a", patch: put(124, [0xFF] + [UInt8](repeating: 0xFF, count: 11))) },
        Row("a negative owner") { $0.header("a", patch: put(108, [UInt8](repeating: 0xFF, count: 8))) },
        Row("a size of 95 bits") { $0.header("a", patch: put(124, [0x80] + [UInt8](repeating: 0xFF, count: 11))) },
        Row("a size of 63 bits") { $0.header("a", patch: put(124, [0x80, 0, 0, 0, 0x7F] + [UInt8](repeating: 0xFF, count: 7))) },
        Row("an owner of 32 bits, all set") { $0.header("a", patch: put(108, [0x80, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF])) },
        Row("an owner of 33 bits") { $0.header("a", patch: put(108, [0x80, 0, 0, 1, 0, 0, 0, 0])) },
        Row("an owner of 33 bits by PAX") {
            $0.pax([("uid", "4294967296")])
            $0.file("a")
        },
        Row("an owner that is no number") {
            $0.pax([("uid", "-1")])
            $0.file("a")
        },
        Row("a size that is no octal number") { $0.header("a", patch: put(124, Array("0000000008 ".utf8))) },
        Row("a size with letters behind it") { $0.header("a", patch: put(124, Array("0 1        ".utf8))) },
        Row("two sizes") {
            $0.pax([("size", "1")])
            $0.header("a", size: 0)
            $0.data([1])
        },
        Row("two sizes, one hiding an entry") {
            $0.pax([("size", "1024")])
            $0.header("a", size: 512)
            $0.file("hidden")
        },
        Row("a size said twice") {
            $0.pax([("size", "0"), ("size", "0")])
            $0.file("a")
        },
        Row("a path said twice") {
            $0.pax([("path", "a"), ("path", "b")])
            $0.file("a")
        },
        Row("a NUL in a path") {
            $0.pax([("path", "a\u{0}b")])
            $0.file("a")
        },
        Row("a NUL in a link target") {
            $0.pax([("linkpath", "a\u{0}b")])
            $0.link("a", to: "b")
        },
        Row("a record longer than its header") {
            $0.raw(Array("99 path=a\n".utf8), "x")
            $0.file("a")
        },
        Row("a record shorter than its key") {
            $0.raw(Array("3 path=a\n".utf8), "x")
            $0.file("a")
        },
        Row("a record of length zero") {
            $0.raw(Array("0 path=a\n".utf8), "x")
            $0.file("a")
        },
        Row("a record of a length beyond 64 bits") {
            $0.raw(Array("18446744073709551617 path=a\n".utf8), "x")
            $0.file("a")
        },
        Row("a record without an end of line") {
            $0.raw(Array("10 path=abc".utf8.prefix(10)), "x")
            $0.file("a")
        },
        Row("a record without a key") {
            $0.raw(Array("5 =a\n".utf8), "x")
            $0.file("a")
        },
        Row("two extended headers in a row") {
            $0.pax([("path", "b")])
            $0.pax([("path", "c")])
            $0.file("a")
        },
        Row("a GNU and a PAX name") {
            $0.raw(Array("long".utf8) + [0], "L")
            $0.pax([("path", "b")])
            $0.file("a")
        },
        Row("a PAX and a GNU name") {
            $0.pax([("path", "b")])
            $0.raw(Array("long".utf8) + [0], "L")
            $0.file("a")
        },
        Row("two GNU names") {
            $0.raw(Array("long".utf8) + [0], "L")
            $0.raw(Array("longer".utf8) + [0], "L")
            $0.file("a")
        },
        Row("a GNU name with bytes behind its end") {
            $0.raw(Array("a".utf8) + [0] + Array("b".utf8), "L")
            $0.file("a")
        },
        Row("an extended header at the end") { $0.pax([("path", "a")]) },
        Row("an extended header without records") {
            $0.header("a", "x")
            $0.file("a")
        },
        Row("a global header that names files") {
            $0.pax([("path", "a")], "g")
            $0.file("b")
        },
        Row("a global header inside an entry") {
            $0.pax([("path", "a")])
            $0.pax([("comment", "a")], "g")
            $0.file("b")
        },
        Row("a file with the name of a directory") { $0.file("a/") },
        Row("a single zero block, then entries") {
            $0.bytes += [UInt8](repeating: 0, count: 512)
            $0.file("a")
        },
        Row("an archive that ends in data") {
            $0.header("a", size: 5000)
            $0.data([1])
        },
        Row("a sparse map out of order") {
            $0.pax([("GNU.sparse.size", "100"), ("GNU.sparse.numblocks", "2"), ("GNU.sparse.map", "50,1,0,1")])
            $0.file("a", "xy")
        },
        Row("a sparse map with overlaps") {
            $0.pax([("GNU.sparse.size", "100"), ("GNU.sparse.numblocks", "2"), ("GNU.sparse.map", "0,2,1,0")])
            $0.file("a", "xy")
        },
        Row("a sparse map beyond the file") {
            $0.pax([("GNU.sparse.size", "100"), ("GNU.sparse.numblocks", "1"), ("GNU.sparse.map", "99,2")])
            $0.file("a", "xy")
        },
        Row("a sparse map that overflows") {
            $0.pax([("GNU.sparse.size", "100"), ("GNU.sparse.numblocks", "1"), ("GNU.sparse.map", "18446744073709551615,2")])
            $0.file("a", "xy")
        },
        Row("a sparse map of other data") {
            $0.pax([("GNU.sparse.size", "100"), ("GNU.sparse.numblocks", "1"), ("GNU.sparse.map", "0,3")])
            $0.file("a", "xy")
        },
        Row("a sparse map with another count") {
            $0.pax([("GNU.sparse.size", "100"), ("GNU.sparse.numblocks", "3"), ("GNU.sparse.map", "0,2")])
            $0.file("a", "xy")
        },
        Row("a sparse map without a size") {
            $0.pax([("GNU.sparse.numblocks", "1"), ("GNU.sparse.map", "0,2")])
            $0.file("a", "xy")
        },
        Row("a sparse version of tomorrow") {
            $0.pax([("GNU.sparse.major", "2"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "9")])
            $0.file("a", "0\n")
        },
        Row("a sparse map in front of the data with no end") {
            $0.pax([("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.realsize", "9")])
            $0.file("a", String(repeating: "1", count: 512))
        },
        Row("a sparse file of exabytes") {
            $0.pax([("GNU.sparse.size", "9223372036854775807"), ("GNU.sparse.numblocks", "0"), ("GNU.sparse.map", "")])
            $0.file("a", "")
        },
        Row("an old sparse header in another format") { $0.header("a", "S") },
    ]

    @Test("an archive is refused for", arguments: refused, [512, 1 << 20])
    func refusing(_ row: Row, _ chunkBytes: Int) {
        #expect(throws: Failure.self) { try readAll(ArchiveMaker.make(row.build), chunkBytes: chunkBytes) }
    }

    @Test("an archive cut anywhere but between entries is refused", arguments: [1, 511, 513, 1023, 1025, 1535, 1700])
    func truncated(_ count: Int) {
        let archive = ArchiveMaker.make {
            $0.file("a", "x")
            $0.pax([("path", "b")])
            $0.file("b", "y")
        }
        #expect(throws: Failure.self) { try readAll(Array(archive[..<count])) }
    }

    @Test("an archive without an end mark is as good as one with it")
    func noEnd() throws {
        var maker = ArchiveMaker()
        maker.file("a", "x")
        #expect(try readAll(maker.bytes).map(\.data) == [[0x78]])
        #expect(try readAll([]).isEmpty)
    }

    @Test("what follows the end mark is not read")
    func afterEnd() throws {
        var archive = ArchiveMaker.make { $0.file("a", "x") }
        archive += ArchiveMaker.make { $0.file("b", "y") }
        #expect(try readAll(archive).map(\.entry.path) == [[0x61]])
    }

    @Test("large numbers are read in base 256 and from PAX")
    func numbers() throws {
        let archive = ArchiveMaker.make {
            $0.header("a", patch: put(108, [0x80, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFE]))
            $0.pax([("uid", "4294967294"), ("gid", "7"), ("mtime", "-1.5")])
            $0.header("b")
            $0.pax([("mtime", "5.000000001999")])
            $0.header("c")
        }
        let entries = try readAll(archive).map(\.entry)
        #expect(entries.map(\.userID) == [.max - 1, .max - 1, 0])
        #expect(entries.map(\.groupID) == [0, 7, 0])
        #expect(entries.map(\.modifiedSeconds) == [1_000_000_000, 0, 5])
        #expect(entries[2].modifiedNanoseconds == 1)
    }

    @Test("global headers hold until the next, local ones for one entry")
    func global() throws {
        let archive = ArchiveMaker.make {
            $0.pax([("comment", "of git"), ("uid", "5"), ("mtime", "9")], "g")
            $0.file("a")
            $0.pax([("uid", "6")])
            $0.file("b")
            $0.pax([("uid", "7")], "g")
            $0.file("c")
        }
        let entries = try readAll(archive).map(\.entry)
        #expect(entries.map(\.userID) == [5, 6, 7])
        #expect(entries.map(\.modifiedSeconds) == [9, 9, 9])
    }

    @Test("names come from prefix, GNU and PAX headers, byte for byte")
    func names() throws {
        let archive = ArchiveMaker.make {
            $0.header("name", patch: put(345, Array("pre/fix".utf8)))
            $0.raw(Array("gnu".utf8) + [0xFF, 0], "L")
            $0.raw(Array("target".utf8) + [0], "K")
            $0.link("x", to: "y")
            $0.header(
                "v7dir/",
                patch: { block in
                    for index in [156] + Array(257..<265) { block[index] = 0 }
                })
        }
        let entries = try readAll(archive).map(\.entry)
        #expect(entries.map(\.path) == [Array("pre/fix/name".utf8), Array("gnu".utf8) + [0xFF], Array("v7dir/".utf8)])
        #expect(entries[1].linkTarget == Array("target".utf8))
        #expect(entries[2].kind == .directory)
    }

    @Test("a message shows a hostile name without its control characters")
    func printing() {
        #expect(printable(Array("a\u{1B}[31m\nb".utf8)) == "\"a?[31m?b\"")
        #expect(printable([UInt8](repeating: 0x61, count: 500)).count == 203)
    }
}
