import Glibc
import LinuxSys
import Primitives
import Sandbox
import TestSupport
import Testing

/// Two or more directories as layers, the topmost first, in a scratch directory.
@Suite struct LayeredViewTests {
    /// Runs `body` with the paths of `count` empty layers.
    func layers(_ count: Int, _ body: ([String]) throws -> Void) throws {
        let scratch = try Scratch("view")
        let root = scratch.path
        var paths: [String] = []
        for index in 0..<count {
            let path = "\(root)/\(index)"
            try #require(mkdir(path, 0o755) == 0)
            paths.append(path)
        }
        // Outside of every layer: what an escape would find.
        try write("\(root)/canary", "outside")
        try withExtendedLifetime(scratch) { try body(paths) }
    }

    func write(_ path: String, _ text: String) throws {
        let fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        try #require(fd >= 0)
        let bytes = Array(text.utf8)
        #expect(Glibc.write(fd, bytes, bytes.count) == bytes.count)
        close(fd)
    }

    /// A file with its parents.
    func file(_ layer: String, _ path: String, _ text: String) throws {
        var parent = layer
        for part in path.split(separator: "/").dropLast() {
            parent += "/\(part)"
            mkdir(parent, 0o755)
        }
        try write("\(layer)/\(path)", text)
    }

    func link(_ layer: String, _ path: String, _ target: String) throws { try #require(symlink(target, "\(layer)/\(path)") == 0) }

    func whiteout(_ path: String) throws { try OverlayMarks.whiteout(path) }

    func read(_ layers: [String], _ path: String = "etc/passwd", limit: Int = 1 << 20) throws -> String? {
        try LayeredView(layers).read(path, limit: limit).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("the topmost layer that has the file counts")
    func topmost() throws {
        try layers(3) { layers in
            #expect(try read(layers) == nil)
            try file(layers[2], "etc/passwd", "low")
            #expect(try read(layers) == "low")
            try file(layers[1], "etc/other", "")
            #expect(try read(layers) == "low")
            try file(layers[0], "etc/passwd", "high")
            #expect(try read(layers) == "high")
            #expect(try read(layers, "/etc//./passwd") == "high")
            #expect(throws: Failure.self) { _ = try read(layers, "etc/passwd/x") }
        }
    }

    @Test("a whiteout hides the file, or its directory, below but not above")
    func whiteouts() throws {
        try layers(3) { layers in
            try file(layers[2], "etc/passwd", "low")
            try file(layers[1], "etc/x", "")
            try whiteout("\(layers[1])/etc/passwd")
            #expect(try read(layers) == nil)
            try file(layers[0], "etc/passwd", "high")
            #expect(try read(layers) == "high")
        }
        try layers(3) { layers in
            try file(layers[2], "etc/passwd", "low")
            try whiteout("\(layers[1])/etc")
            #expect(try read(layers) == nil)
            try file(layers[0], "etc/passwd", "high")
            #expect(try read(layers) == "high")
        }
    }

    @Test("an opaque directory hides what is below, a plain one does not")
    func opaque() throws {
        try layers(2) { layers in
            try file(layers[1], "etc/passwd", "low")
            try file(layers[1], "etc/sub/deep", "deep")
            try file(layers[0], "etc/group", "group")
            #expect(try read(layers) == "low")
            #expect(try read(layers, "etc/sub/deep") == "deep")
            let name = try #require(RawPath("user.overlay.opaque".utf8))
            try Directory.open("\(layers[0])/etc").descriptor.setAttribute(name, [UInt8(ascii: "y")])
            #expect(try read(layers) == nil)
            #expect(try read(layers, "etc/sub/deep") == nil)
            #expect(try read(layers, "etc/group") == "group")
        }
    }

    @Test("a file or a link in place of a directory hides the directory below")
    func replaced() throws {
        try layers(2) { layers in
            try file(layers[1], "etc/passwd", "low")
            try file(layers[1], "usr/etc/passwd", "usr")
            try link(layers[0], "etc", "usr/etc")
            #expect(try read(layers) == "usr")
        }
        try layers(2) { layers in
            try file(layers[1], "etc/passwd", "low")
            try file(layers[0], "etc", "a file")
            #expect(throws: Failure.self) { _ = try read(layers) }
        }
    }

    @Test(
        "links are followed across layers, from the root of the view",
        arguments: [
            "real", "/etc/real", "./real", "../etc/real", "../../../../etc/real", "/../etc/real", "hop", "//etc///real",
            "../usr/../etc/real",
        ])
    func links(_ target: String) throws {
        try layers(2) { layers in
            try file(layers[1], "etc/real", "found")
            try file(layers[1], "usr/x", "")
            try link(layers[1], "etc/hop", "/etc/real")
            try file(layers[0], "etc/x", "")
            try link(layers[0], "etc/passwd", target)
            #expect(try read(layers) == "found")
        }
    }

    @Test(
        "no link leads out of the view",
        arguments: ["../../canary", "/../canary", "../../../../../../../../etc/hostname", "/proc/self/environ", "up/canary", "abs/canary"])
    func escapes(_ target: String) throws {
        try layers(2) { layers in
            try file(layers[1], "etc/x", "")
            try link(layers[1], "etc/up", "../..")
            let root = layers[0].dropLast(2)
            try link(layers[1], "etc/abs", String(root))
            try link(layers[1], "etc/passwd", target)
            #expect(try read(layers) == nil)
        }
    }

    @Test(
        "a loop of links ends with a failure",
        arguments: [["passwd": "passwd"], ["passwd": "a", "a": "/etc/passwd"], ["passwd": "d/passwd", "d": "d"]])
    func loops(_ links: [String: String]) throws {
        try layers(1) { layers in
            try file(layers[0], "etc/x", "")
            for (name, target) in links { try link(layers[0], "etc/\(name)", target) }
            do throws(Failure) {
                _ = try LayeredView(layers).read("etc/passwd")
                Issue.record("a loop was read")
            } catch { #expect(error == Failure(.corrupt, "too many symbolic links in the image's \"etc/passwd\"")) }
        }
    }

    @Test("40 links in a row are followed, 41 are not")
    func chain() throws {
        try layers(1) { layers in
            try file(layers[0], "end", "end")
            for index in 1...41 { try link(layers[0], "l\(index)", index == 1 ? "end" : "l\(index - 1)") }
            #expect(try read(layers, "l40") == "end")
            #expect(throws: Failure.self) { _ = try read(layers, "l41") }
        }
    }

    @Test("what is no regular file is refused and never waited for (CVE-2026-47262)", arguments: [S_IFIFO, S_IFSOCK, S_IFDIR])
    func special(_ kind: UInt32) throws {
        try layers(2) { layers in
            try file(layers[1], "etc/passwd", "low")
            try file(layers[0], "etc/x", "")
            if kind == S_IFDIR {
                try #require(mkdir("\(layers[0])/etc/passwd", 0o755) == 0)
                #expect(try read(layers) == nil)
            } else {
                try #require(mknod("\(layers[0])/etc/passwd", kind | 0o644, 0) == 0)
                #expect(throws: Failure(.corrupt, "the image's \"etc/passwd\" is no regular file")) { _ = try read(layers) }
            }
        }
    }

    @Test("a file larger than the limit is refused, however long it claims to be")
    func limit() throws {
        try layers(1) { layers in
            try file(layers[0], "etc/passwd", String(repeating: "a", count: 100))
            #expect(try read(layers, limit: 100)?.count == 100)
            #expect(throws: Failure.self) { _ = try read(layers, limit: 99) }
            try #require(truncate("\(layers[0])/etc/passwd", 1 << 40) == 0)
            #expect(throws: Failure.self) { _ = try read(layers) }
        }
    }

    @Test("a path of dots stays at the root")
    func dots() throws {
        try layers(1) { layers in
            try file(layers[0], "etc/passwd", "in")
            #expect(try read(layers, "../../etc/passwd") == "in")
            #expect(try read(layers, "../canary") == nil)
            #expect(try read(layers, "..") == nil)
            #expect(try read(layers, "") == nil)
        }
    }
}
