import Glibc
import LinuxSys
import Primitives
import TestSupport
import Testing

@testable import Sandbox

@Suite struct SeccompFilterCacheTests {
    static let profile = Array(#"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_ERRNO"}]}"#.utf8)

    /// A fresh directory for one test; removed at the end.
    func scratch(_ body: (borrowing Directory) throws -> Void) throws {
        let scratch = try Scratch("filters")
        try body(Directory.open(scratch.path))
    }

    func program(_ source: SeccompSource = .text(profile), in directory: borrowing Directory) throws -> [UInt8] {
        try SeccompFilterCache.program(source, capabilities: .dockerDefault, kernelRelease: "6.1.0", in: directory)
    }

    @Test("a filter is read back as it was compiled, and not compiled again")
    func hit() throws {
        try scratch { directory in
            let first = try program(in: directory)
            let name = try #require(try directory.names().first)
            // A valid entry of other content shows that the file is what is used.
            let other = first + [0x06, 0, 0, 0, 0, 0, 0xff, 0x7f]
            try directory.writeFile(name, Array(SHA256.of(other).hex.utf8) + other)
            #expect(try program(in: directory) == other)
            #expect(try directory.names() == [name])
        }
    }

    @Test(
        "a damaged entry is ignored and replaced",
        arguments: [
            { $0 = [] }, { $0.removeLast() }, { $0.removeLast(8) }, { $0[70] ^= 1 }, { $0[0] ^= 1 }, { $0 = Array($0.prefix(64)) },
            { $0 += [UInt8](repeating: 0, count: 1 << 20) },
        ] as [@Sendable (inout [UInt8]) -> Void])
    func damage(_ harm: @Sendable (inout [UInt8]) -> Void) throws {
        try scratch { directory in
            let first = try program(in: directory)
            let name = try #require(try directory.names().first)
            let good = try directory.readFile(name)
            var bytes = good
            harm(&bytes)
            try directory.writeFile(name, bytes)
            #expect(try program(in: directory) == first)
            #expect(try directory.readFile(name) == good)
        }
    }

    @Test("profile, capabilities and kernel make different entries")
    func names() {
        let name = SeccompFilterCache.entryName
        let all = [
            name(.dockerDefault, .dockerDefault, "6.1"), name(.dockerDefault, [], "6.1"), name(.dockerDefault, .dockerDefault, "6.2"),
            name(.text(Self.profile), .dockerDefault, "6.1"), name(.text(Self.profile + [10]), .dockerDefault, "6.1"),
        ]
        #expect(Set(all).count == all.count)
        #expect(all.allSatisfy { Digest(hex: $0) != nil })
    }

    @Test("a wrong profile leaves no entry")
    func wrong() throws {
        try scratch { directory in
            #expect(throws: Failure.self) { try program(.text(Array("{}".utf8)), in: directory) }
            let left = try directory.names()
            #expect(left.isEmpty)
        }
    }

    @Test("a directory that cannot be written costs nothing but time")
    func unwritable() throws {
        try scratch { directory in
            let name = SeccompFilterCache.entryName(.text(Self.profile), .dockerDefault, "6.1.0")
            try directory.createDirectory(name)
            let program = try program(in: directory)
            #expect(!program.isEmpty)
            #expect(try directory.names() == [name])
        }
    }

    @Test("old entries go when there are too many")
    func old() throws {
        try scratch { directory in
            for index in 0..<SeccompFilterCache.entriesMax { try directory.writeFile("old\(index)", [1], durable: false) }
            _ = try program(in: directory)
            #expect(try directory.names() == [SeccompFilterCache.entryName(.text(Self.profile), .dockerDefault, "6.1.0")])
        }
    }
}
