import LinuxSys
import Primitives
import Testing

@testable import Layers

@Suite struct TarWriterTests {
    /// Entries that need everything a header can say.
    static var entries: [(TarEntry, [UInt8])] {
        func entry(_ kind: TarEntry.Kind, _ path: String, _ change: (inout TarEntry) -> Void = { _ in }) -> TarEntry {
            var entry = TarEntry(kind, Array(path.utf8))
            change(&entry)
            return entry
        }
        let data = [UInt8](repeating: 7, count: 1300)
        return [
            (entry(.directory, "etc/") { $0.mode = 0o1755 }, []),
            (
                entry(.file, "etc/file") {
                    $0.sizeBytes = 1300
                    ($0.userID, $0.groupID) = (1000, 3_000_000_000)
                    ($0.modifiedSeconds, $0.modifiedNanoseconds) = (1_700_000_000, 120_000_000)
                    $0.attributes = [TarEntry.Attribute(name: Array("security.capability".utf8), value: [1, 0, 10, 2])]
                }, data
            ),
            (entry(.file, String(repeating: "long/", count: 60) + "näme") { $0.mode = 0o4711 }, []),
            (entry(.symbolicLink, "link") { $0.linkTarget = Array(String(repeating: "../", count: 50).utf8) }, []),
            (entry(.hardLink, "hard") { $0.linkTarget = Array("etc/file".utf8) }, []),
            (
                entry(.characterDevice, "tty") {
                    ($0.deviceMajor, $0.deviceMinor) = (5, 1)
                }, []
            ),
            (entry(.fifo, "pipe"), []),
        ]
    }

    static func write(_ entries: [(TarEntry, [UInt8])]) throws(Failure) -> [UInt8] {
        var out: [UInt8] = []
        let writer = TarWriter { out.append(contentsOf: $0) }
        for (entry, data) in entries {
            try writer.add(entry)
            try data.withUnsafeBytes { bytes in Result { () throws(Failure) in try writer.write(bytes) } }.get()
        }
        try writer.addWhiteout(Array("etc/gone".utf8))
        try writer.addOpaque(Array("etc".utf8))
        try writer.finish()
        return out
    }

    @Test("what is written is read back unchanged")
    func roundTrip() throws {
        let read = try readAll(try TarWriterTests.write(TarWriterTests.entries))
        for (index, (entry, data)) in TarWriterTests.entries.enumerated() {
            #expect(read[index].entry == entry)
            #expect(read[index].data == data)
        }
        #expect(read.suffix(2).map { String(decoding: $0.entry.path, as: UTF8.self) } == ["etc/.wh.gone", "etc/.wh..wh..opq"])
    }

    @Test("the same entries give the same bytes")
    func deterministic() throws {
        let first = try TarWriterTests.write(TarWriterTests.entries)
        #expect(try TarWriterTests.write(TarWriterTests.entries) == first)
        #expect(SHA256.of(first).hex == "798048264fc9e9bb5229ba77639282ade240f119ce8b844de8cdfdfcf8dd827b")
    }

    @Test("GNU tar reads what is written")
    func gnu() throws {
        try Scratch.use { scratch in
            try scratch.write("a.tar", try TarWriterTests.write(TarWriterTests.entries))
            try scratch.shell("TZ=UTC LC_ALL=C.UTF-8 tar --numeric-owner --full-time -tvf a.tar > list")
            let lines = String(decoding: try scratch.bytes("list"), as: UTF8.self).split(separator: "\n")
            #expect(lines.count == 9)
            #expect(lines[0] == "drwxr-xr-t 0/0               0 1970-01-01 00:00:00 etc/")
            #expect(lines[1] == "-rw-r--r-- 1000/3000000000 1300 2023-11-14 22:13:20.12 etc/file")
            #expect(lines[2].hasPrefix("-rws--x--x") && lines[2].hasSuffix("long/näme"))
            #expect(lines[3].hasSuffix("link -> " + String(repeating: "../", count: 50)))
            #expect(lines[4].hasSuffix("hard link to etc/file"))
            #expect(lines[5].hasPrefix("crw-r--r-- 0/0 ") && lines[5].contains(" 5,1 "))
        }
    }

    @Test("a file shorter or longer than announced is refused")
    func sizes() throws {
        var entry = TarEntry(.file, [0x61])
        entry.sizeBytes = 1
        #expect(throws: Failure.self) { try TarWriterTests.write([(entry, [])]) }
        #expect(throws: Failure.self) { try TarWriterTests.write([(entry, [1, 2])]) }
    }
}
