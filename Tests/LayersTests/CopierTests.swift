import Layers
import LinuxSys
import Primitives
import TestSupport
import Testing

/// Layers copied on top of each other, made by a shell as overlayfs would have them.
@Suite struct CopierTests {
    /// The scripts run in the directories `0`, `1`, …
    private func layers(_ scripts: [String]) throws -> TestSupport.Scratch {
        let scratch = try TestSupport.Scratch("copier")
        for (index, script) in scripts.enumerated() {
            let layer = try scratch.directory("\(index)", mode: 0o755)
            try Command("sh", ["-euc", "umask 022; " + script], directory: layer).check()
        }
        return scratch
    }

    /// The path of the copy of so many layers.
    private func copy(_ scratch: TestSupport.Scratch, _ count: Int) throws -> String {
        let copy = try scratch.directory("copy")
        let copier = try LayerCopier(into: Directory.open(copy))
        for index in 0..<count { try copier.add(Directory.open("\(scratch.path)/\(index)")) }
        try copier.finish()
        return copy
    }

    private func shell(_ script: String, in directory: String) throws -> String {
        try Command("sh", ["-euc", script], directory: directory).check().text
    }

    private static func mark(_ layer: String, _ name: String, _ attribute: String, _ value: String) throws {
        try Directory.open(layer).setAttribute(of: RawPath(name.utf8)!, RawPath(attribute.utf8)!, Array(value.utf8))
    }

    @Test("files, links, pipes, modes, times and holes are as in the layer")
    func content() throws {
        let script = """
            echo text >file; chmod 4751 file; ln file second; ln -s nowhere link; mkfifo pipe
            mkdir -p closed/in; echo deep >closed/in/file; chmod 500 closed/in
            truncate -s 10M holes; printf x | dd of=holes bs=1 seek=5000000 conv=notrunc 2>/dev/null
            touch -d @1000000001 file closed/in link -h; touch -d @1000000002 closed .
            """
        let show = "find . -printf '%P %y %m %U:%G %T@ %l\\n' | sort; cat file closed/in/file; cmp holes holes; stat -c %s holes"
        let scratch = try layers([script])
        let copy = try copy(scratch, 1)
        #expect(try shell(show, in: copy) == shell(show, in: scratch.path + "/0"))
        #expect(try shell("[ file -ef second ] && [ $(du -k holes | cut -f 1) -lt 1000 ] && echo same", in: copy) == "same\n")
    }

    @Test("a higher layer replaces, removes and hides; nothing of overlayfs is left")
    func layers() throws {
        let lower = """
            mkdir -p kept gone hidden/sub turned; echo low >kept/a; echo low >kept/b; echo low >gone/a; echo low >hidden/a
            echo low >turned/a; echo low >became; ln -s /etc way; echo low >whited
            """
        let upper = """
            mkdir -p kept hidden became; echo high >kept/a; chmod 700 kept; echo high >hidden/new; echo high >became/inside
            echo high >turned; mkdir way; echo high >way/file; : >whited
            """
        let scratch = try layers([lower, upper])
        let layer = scratch.path + "/1"
        for name in ["gone", "kept/b"] { try OverlayMarks.whiteout("\(layer)/\(name)") }
        try Self.mark(layer, "hidden", "user.overlay.opaque", "y")
        // The form a whiteout has where the layer lies on an overlay itself.
        try Self.mark(layer, "whited", "user.overlay.whiteout", "y")
        try Self.mark(layer, ".", "user.overlay.opaque", "x")
        try Self.mark(layer, "kept/a", "user.note", "mine")
        let copy = try copy(scratch, 2)
        let tree = try shell("find . -printf '%P %y %m\\n' | sort; cat kept/a turned hidden/new", in: copy)
        #expect(
            tree == """
                 d 755
                became d 755
                became/inside f 644
                hidden d 755
                hidden/new f 644
                kept d 700
                kept/a f 644
                turned f 644
                way d 755
                way/file f 644
                high
                high
                high

                """)
        let directory = try Directory.open(copy)
        #expect(directory.attribute("user.note", of: "kept/a") == Array("mine".utf8))
        for name in [".", "hidden"] { #expect(directory.attribute("user.overlay.opaque", of: name) == nil) }
    }

    @Test("a link of a lower layer is replaced and never followed")
    func links() throws {
        let outside = try TestSupport.Scratch("outside")
        let scratch = try layers(["ln -s \(outside.path) way", "mkdir way; echo high >way/file"])
        let copy = try copy(scratch, 2)
        #expect(try Directory.open(outside.path).names() == [])
        #expect(try shell("cat way/file", in: copy) == "high\n")
    }
}
