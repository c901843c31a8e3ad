import Primitives
import TestSupport
import Testing

@Suite struct ImageTreeTests {
    @Test("tree shows what each layer adds and hides, for people and programs")
    func tree() throws {
        let proa = try Proa.withBusybox()
        let text = try proa.check("image", "tree", "--files", "busybox").text
        #expect(text.contains("\n└── ID: ") && text.contains("Files: 1 Hides: 2 files of 48B"))
        #expect(text.hasSuffix("    C /opaque\n    A /opaque/new\n    D /opaque/old\n    D /removed\n"))
        let document = try JSON.parse(proa.check("image", "tree", "--format", "json", "busybox").output)
        let layers = try #require(document["layers"]?.array)
        #expect(layers.map { $0["hiddenFiles"]?.int } == [0, 0, 2])
        #expect(layers[2]["bytes"]?.int == 24 && layers[1]["files"]?.int == 3)
        // Files with many names are one.
        #expect(try #require(layers[0]["bytes"]?.int) < 3_000_000)
    }

    @Test("diff tells what changes from one image to another, in both directions")
    func diff() throws {
        let proa = try Proa.withBusybox()
        try proa.check(
            "run", "--name", "box", "busybox", "sh", "-c", "echo x >/home/user/more; rm /etc/motd; echo of the user >/home/user/file")
        _ = try Fault.shell(proa, "\"$proa\" export box | \"$proa\" import - changed")
        let there = try proa.check("image", "diff", "busybox", "changed").lines
        for line in ["D /etc/motd", "A /home/user/more", "C /home/user"] { #expect(there.contains(line)) }
        // The same text was written again.
        #expect(!there.contains { $0.hasSuffix("/home/user/file") })
        let back = try JSON.parse(proa.check("image", "diff", "--format", "json", "changed", "busybox").output)
        #expect(back["added"]?.strings?.contains("/etc/motd") == true && back["deleted"]?.strings?.contains("/home/user/more") == true)
        #expect(try proa.check("image", "diff", "busybox").lines == ["C /opaque", "A /opaque/new", "D /opaque/old", "D /removed"])
        #expect(try proa.check("image", "diff", "busybox", "busybox").text == "")
    }

    @Test("names of an image do not move the cursor, and nesting is as deep as it likes")
    func hostile() throws {
        let proa = try Proa()
        let script = """
            mkdir t; cd t; : >"$(printf 'red\\033[31m\\nname')"
            i=0; while [ $i -lt 300 ]; do mkdir d; cd d; i=$((i+1)); done; : >end; cd "$1/t"; tar -cf ../deep.tar .
            """
        try Command("/bin/sh", ["-c", script, "sh", proa.scratch.path], directory: proa.scratch.path).check()
        try proa.check("import", "deep.tar", "deep")
        let text = try proa.check("image", "tree", "--files", "deep").text
        #expect(text.contains("A /red\\x1b[31m\\x0aname\n") && !text.contains("\u{1B}"))
        #expect(text.contains("/d/end\n"))
    }
}
