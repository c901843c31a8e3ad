import Glibc
import LinuxSys
import Primitives
import Testing

@testable import Layers

/// One archive and what it must not achieve.
struct Row: CustomTestStringConvertible, Sendable {
    let what: String
    let build: @Sendable (inout ArchiveMaker) -> Void
    var testDescription: String { what }
    init(_ what: String, _ build: @escaping @Sendable (inout ArchiveMaker) -> Void) { (self.what, self.build) = (what, build) }
}

@Suite struct HostileEntryTests {
    static let refused = [
        Row("a parent component in front") { $0.file("../canary/file", "bad") },
        Row("a parent component inside") { $0.file("a/../../canary/file", "bad") },
        Row("a parent component at the end") { $0.directory("a/..") },
        Row("a parent component behind a slash") { $0.file("/../canary/file", "bad") },
        Row("a hard link to a parent") { $0.hardLink("a", to: "../canary/file") },
        Row("a hard link to a parent behind a slash") { $0.hardLink("a", to: "/../canary/file") },
        Row("a hard link to a missing file") { $0.hardLink("a", to: "missing") },
        Row("a hard link to itself") {
            $0.file("a", "x")
            $0.hardLink("./a", to: "/a")
        },
        Row("a hard link to a directory") {
            $0.directory("d")
            $0.hardLink("a", to: "d")
        },
        Row("a hard link to the root") { $0.hardLink("a", to: "/") },
        Row("a hard link through a link out") {
            $0.link("out", to: "../canary")
            $0.hardLink("a", to: "out/file")
        },
        Row("a hard link through an absolute link out") {
            $0.link("out", to: "/etc")
            $0.hardLink("a", to: "out/passwd")
        },
        Row("a hard link to a whiteout") {
            $0.file(".wh.gone")
            $0.hardLink("a", to: "gone")
        },
        Row("a link out, then a file through it") {
            $0.link("out", to: "../canary")
            $0.file("out/file", "bad")
        },
        Row("a chain of links out, then a file through it") {
            $0.directory("d")
            $0.link("d/up", to: "..")
            $0.link("out", to: "d/up/../../canary")
            $0.file("out/file", "bad")
        },
        Row("a link that loops, then a file through it") {
            $0.link("loop", to: "loop")
            $0.file("loop/file", "bad")
        },
        Row("a file as parent") {
            $0.file("a", "x")
            $0.file("a/b", "y")
        },
        Row("the root as a link") { $0.link("./", to: "../canary") },
        Row("the root as a file") { $0.file("/", "") },
        Row("the root as a named file") { $0.file(".", "bad") },
        Row("the root as a hard link") { $0.hardLink(".", to: "a") },
        Row("a whiteout of nothing") { $0.file(".wh.") },
        Row("a whiteout of the directory") { $0.file("a/.wh..") },
        Row("a whiteout of the parent") { $0.file(".wh...") },
        Row("a whiteout that is a link") { $0.link(".wh.a", to: "../canary/file") },
        Row("a directory named like a whiteout") { $0.file(".wh.a/b", "x") },
        Row("an empty name") { $0.file("", "x") },
        Row("a component of 256 bytes") {
            $0.pax([("path", String(repeating: "n", count: 256))])
            $0.file("n", "x")
        },
        Row("a path longer than the kernel takes") {
            $0.pax([("path", String(repeating: "dir/", count: 1025) + "f")])
            $0.file("n", "x")
        },
        Row("a link target longer than the kernel takes") {
            $0.pax([("linkpath", String(repeating: "t", count: 4096))])
            $0.link("n", to: "x")
        },
    ]

    @Test("is refused and touches nothing outside", arguments: refused)
    func refusing(_ row: Row) throws {
        try Scratch.use { scratch in
            #expect(throws: Failure.self) { try scratch.extract(ArchiveMaker.make(row.build)) }
        }
    }

    static let confined = [
        Row("a link out, replaced by a file") {
            $0.link("out", to: "../canary/file")
            $0.file("out", "bad")
        },
        Row("a link out, replaced by a directory with a file") {
            $0.link("out", to: "../canary")
            $0.directory("out", mode: 0o777)
            $0.file("out/file", "bad")
        },
        Row("a link out and its whiteout") {
            $0.link("out", to: "../canary/file")
            $0.file(".wh.out")
        },
        Row("a link out that loses its directory") {
            $0.directory("d")
            $0.link("d/out", to: "../../canary")
            $0.file("d", "now a file")
        },
        Row("a hard link to a link out, then written") {
            $0.link("out", to: "../canary/file")
            $0.hardLink("other", to: "out")
            $0.file("other", "bad")
        },
        Row("a directory replaced by a link out, at the end") {
            $0.directory("d", mode: 0o700)
            $0.directory("d/e", mode: 0o777)
            $0.link("d", to: "../canary")
        },
        Row("an absolute name") { $0.file("/canary/file", "inner") },
        Row("an opaque mark in the root") { $0.file(".wh..wh..opq") },
        Row("notes of aufs") {
            $0.directory(".wh..wh.plnk")
            $0.file(".wh..wh.plnk/1.2", "x")
            $0.file(".wh..wh.aufs")
        },
    ]

    @Test("stays inside the root", arguments: confined)
    func confining(_ row: Row) throws {
        try Scratch.use { scratch in try scratch.extract(ArchiveMaker.make(row.build)) }
    }

    @Test("a link to an absolute place is followed inside the root only")
    func linkInside() throws {
        try Scratch.use { scratch in
            let archive = ArchiveMaker.make {
                $0.directory("usr/bin")
                $0.link("bin", to: "usr/bin")
                $0.link("sbin", to: "/usr/bin")
                $0.file("bin/sh", "one")
                $0.file("sbin/init", "two")
                $0.hardLink("busybox", to: "bin/sh")
            }
            try scratch.extract(archive)
            #expect(scratch.text("usr/bin/sh") == "one")
            #expect(scratch.text("usr/bin/init") == "two")
            #expect(scratch.status("busybox")?.linkCount == 2)
            #expect(scratch.status("bin")?.kind == .symbolicLink)
        }
    }

    @Test("an owner outside the map is named with the file and the ranges")
    func owner() throws {
        try Scratch.use { scratch in
            let archive = ArchiveMaker.make {
                $0.header("etc/shadow", patch: { $0.replaceSubrange(116..<123, with: Array("0000052".utf8)) })
            }
            do throws(Failure) {
                let root = try Directory.open(scratch.root)
                let policy = OwnerPolicy.mapped(users: [0..<1], groups: [0..<1, 100..<200])
                try LayerExtractor(MemorySource(archive), into: root, owners: policy, limits: LayerLimits()).run()
                Issue.record("the owner was accepted")
            } catch {
                #expect(error.kind == .denied)
                #expect(error.message == "unpacking \"etc/shadow\": it belongs to group 42, and only 0, 100-199 are mapped")
            }
        }
    }
}

@Suite struct ExtractionTests {
    @Test("a name taken away becomes a whiteout, whatever else the layer has")
    func whiteouts() throws {
        try Scratch.use { scratch in
            let archive = ArchiveMaker.make {
                $0.file(".wh.gone")
                $0.file("etc/.wh.deep")
                $0.file(".wh.dir")
                $0.file("dir/new", "new")
                $0.directory("dir2")
                $0.file(".wh.dir2")
                $0.file("file", "mine")
                $0.file(".wh.file")
                $0.directory("opaque")
                $0.file("opaque/.wh..wh..opq")
                $0.file("opaque/kept", "kept")
                $0.directory("late")
                $0.file("implied/.wh..wh..opq")
                $0.file(".wh.again")
                $0.directory("again")
            }
            try scratch.extract(archive)
            #expect(try scratch.isWhiteout("gone") && scratch.isWhiteout("etc/deep"))
            #expect(scratch.text("file") == "mine")
            #expect(scratch.text("opaque/kept") == "kept")
            for name in ["dir", "dir2", "opaque", "implied", "again"] { #expect(try scratch.isOpaque(name), "\(name)") }
            #expect(try !scratch.isOpaque("late"))
            #expect(scratch.text("dir/new") == "new")
        }
    }

    @Test("a later entry of any kind replaces an earlier one")
    func replacing() throws {
        try Scratch.use { scratch in
            let archive = ArchiveMaker.make {
                $0.directory("a")
                $0.file("a/inner", "x")
                $0.file("a", "file now")
                $0.file("b", "x")
                $0.directory("b")
                $0.file("b/inner", "y")
                $0.file("c", "first")
                $0.hardLink("d", to: "c")
                $0.file("c", "second")
                $0.link("e", to: "c")
                $0.file("e", "no link")
                $0.directory("f")
                $0.link("f", to: "c")
                $0.directory("g", mode: 0o700)
                $0.file("g/kept", "kept")
                $0.directory("g", mode: 0o751)
            }
            try scratch.extract(archive)
            #expect(scratch.text("a") == "file now")
            #expect(scratch.text("b/inner") == "y")
            #expect(scratch.text("c") == "second")
            #expect(scratch.text("d") == "first")
            #expect(scratch.text("e") == "no link")
            #expect(scratch.status("f")?.kind == .symbolicLink)
            #expect(scratch.text("g/kept") == "kept")
            #expect(scratch.status("g")?.mode == 0o751)
        }
    }

    @Test("modes, setuid included, and times with nanoseconds are kept, also of closed directories")
    func metadata() throws {
        try Scratch.use { scratch in
            let archive = ArchiveMaker.make {
                $0.directory("./", mode: 0o711)
                $0.directory("closed", mode: 0o500)
                $0.pax([("mtime", "1234567890.123456789")])
                $0.file("closed/su", "x", mode: 0o4755)
                $0.directory("tmp", mode: 0o1777)
                $0.header("pipe", "6", mode: 0o620)
                $0.file("closed/sub/implied", "x")
            }
            try scratch.extract(archive)
            #expect(try Directory.open(scratch.path + "/outer").status(of: RawPath("root".utf8)!)?.mode == 0o711)
            let file = scratch.status("closed/su")
            #expect(file?.mode == 0o4755)
            #expect(file?.modifiedSeconds == 1_234_567_890)
            #expect(file?.modifiedNanoseconds == 123_456_789)
            #expect(scratch.status("closed")?.mode == 0o500)
            #expect(scratch.status("closed")?.modifiedSeconds == 1_000_000_000)
            #expect(scratch.status("tmp")?.mode == 0o1777)
            #expect(scratch.status("pipe")?.kind == .fifo)
            #expect(scratch.status("pipe")?.mode == 0o620)
            #expect(scratch.status("closed/sub")?.mode == 0o755)
            chmod(scratch.root + "/closed", 0o700)
        }
    }

    @Test("a root that the layer does not describe can be entered by all")
    func rootMode() throws {
        try Scratch.use { scratch in
            try scratch.extract(ArchiveMaker.make { $0.file("a", "x") })
            #expect(try Directory.open(scratch.path + "/outer").status(of: RawPath("root".utf8)!)?.mode == 0o755)
        }
    }

    @Test("attributes are set, those of the overlay dropped and counted")
    func attributes() throws {
        try Scratch.use { scratch in
            let archive = ArchiveMaker.make {
                $0.pax([
                    ("SCHILY.xattr.user.note", "kept\u{0}too"), ("SCHILY.xattr.user.overlay.redirect", "/etc"),
                    ("SCHILY.xattr.trusted.overlay.opaque", "y"),
                ])
                $0.file("a", "x")
                $0.pax([("SCHILY.xattr.user.overlay.opaque", "y"), ("SCHILY.xattr.user.note", "d")])
                $0.directory("d")
                $0.pax([("SCHILY.xattr.user.note", "links cannot have these")])
                $0.link("l", to: "a")
            }
            let extractor = try scratch.extract(archive)
            #expect(extractor.droppedAttributes == 4)
            let file = try Directory.open(scratch.root).openFile("a")
            #expect(try file.attribute(RawPath("user.note".utf8)!) == Array("kept\u{0}too".utf8))
            #expect(try file.attribute(RawPath("user.overlay.redirect".utf8)!) == nil)
            let directory = try Directory.open(scratch.root + "/d")
            #expect(try directory.descriptor.attribute(RawPath("user.note".utf8)!) == Array("d".utf8))
            #expect(try directory.descriptor.attribute(RawPath("user.overlay.opaque".utf8)!) == nil)
        }
    }

    @Test("a tree deeper than descriptors may be open gives way to a file")
    func deep() throws {
        let archive = ArchiveMaker.make {
            $0.pax([("path", String(repeating: "d/", count: 2000) + "f")])
            $0.file("f", "deep")
            $0.link("l", to: String(repeating: "d/", count: 40))
            $0.pax([("path", "l/" + String(repeating: "e/", count: 2000) + "f")])
            $0.file("f", "another")
            $0.file("d/.removing.0", "in the way")
            $0.file("d/.removing.1/f", "in the way")
            $0.file("d", "flat")
        }
        try Scratch.use { scratch in
            try scratch.extract(archive)
            #expect(scratch.text("d") == "flat")
        }
    }

    @Test("a device 0:0 is no way to spell a whiteout")
    func deviceZero() throws {
        try Scratch.use { scratch in
            let extractor = try scratch.extract(ArchiveMaker.make { $0.header("null", "3") })
            #expect(extractor.skippedDevices == 1)
            #expect(scratch.status("null") == nil)
        }
    }

    static let limits: [(String, LayerLimits)] = {
        func limits(_ change: (inout LayerLimits) -> Void) -> LayerLimits {
            var limits = LayerLimits()
            change(&limits)
            return limits
        }
        return [
            ("entries", limits { $0.entries = 2 }), ("bytes of all files", limits { $0.unpackedBytes = 150 }),
            ("bytes of a file", limits { $0.fileBytes = 99 }), ("bytes of a path", limits { $0.pathBytes = 8 }),
            ("bytes of an extended header", limits { $0.headerBytes = 10 }),
            ("bytes of directories' paths", limits { $0.directoryPathBytes = 8 }),
        ]
    }()

    @Test("a layer is refused beyond its number of", arguments: limits)
    func limited(_ what: String, _ limits: LayerLimits) throws {
        let archive = ArchiveMaker.make {
            $0.pax([("mtime", "1.5")])
            $0.directory("directory")
            $0.file("directory/a", String(repeating: "a", count: 100))
            $0.file("b", String(repeating: "b", count: 100))
        }
        try Scratch.use { scratch in
            try scratch.extract(archive)
            #expect(throws: Failure.self) { try scratch.extract(archive, limits) }
        }
    }
}
