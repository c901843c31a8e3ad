import Layers
import LinuxSys
import Primitives
import TestSupport
import Testing

/// What a path of an image leads to, links and all.
@Suite struct MergedTreeFindTests {
    /// The upper and the lower layer, made by a shell; beside them a canary that no link may reach.
    private func tree(_ upper: String, _ lower: String) throws -> (TestSupport.Scratch, MergedTree) {
        let scratch = try TestSupport.Scratch("find")
        try Command("sh", ["-euc", "mkdir -p canary/sub; echo secret >canary/file"], directory: scratch.path).check()
        for (name, script) in [("upper", upper), ("lower", lower)] {
            let layer = try scratch.directory(name, mode: 0o755)
            try Command("sh", ["-euc", "umask 022; canary=\(scratch.path)/canary; " + script], directory: layer).check()
        }
        return (scratch, try MergedTree(["\(scratch.path)/upper", "\(scratch.path)/lower"]))
    }

    @Test(
        "links are followed inside the tree alone",
        arguments: [
            ("/data", "data"), ("data/", "data"), ("/data/./sub", "data/sub"), ("/data/../data", "data"), ("/../../data", "data"),
            ("/abs", "data/sub"), ("/up", "data"), ("/chain", "data/sub"), ("/data/back/data", "data"), ("/canary", nil), ("/climb", nil),
            ("/climb/sub", nil), ("/nowhere", nil), ("/data/file/x", nil), ("/proc/self/root", nil), ("/", ""), ("/abs/..", "data"),
        ] as [(String, String?)])
    func links(_ path: String, _ expected: String?) throws {
        let (scratch, tree) = try tree(
            "ln -s data/sub/. chain; ln -s $canary canary; ln -s ../../../../../../../../..$canary climb",
            "mkdir -p data/sub; touch data/file; ln -s /data/sub abs; ln -s ../../../data up; ln -s .. data/back; mkdir proc")
        let found = try tree.find(path).map { String(decoding: $0.path, as: UTF8.self) }
        #expect(found == expected)
        withExtendedLifetime(scratch) {}
    }

    @Test("links that go round are refused")
    func loop() throws {
        let (scratch, tree) = try tree("ln -s b a; ln -s a b; ln -s ./self/x self", ":")
        for path in ["/a", "/self"] { #expect(throws: Failure.self) { try tree.find(path) } }
        withExtendedLifetime(scratch) {}
    }

    @Test("a directory is copied as the layers show it together")
    func copy() throws {
        let (scratch, tree) = try tree(
            "mkdir -p d/sub; echo new >d/sub/new; echo upper >d/both; chmod 751 d",
            "mkdir -p d/sub; echo old >d/sub/old; echo lower >d/both; ln d/both d/second; ln -s /etc/passwd d/link; chmod 700 d/sub")
        let target = try scratch.directory("target", mode: 0o700)
        try tree.copy(try #require(try tree.find("/d")), into: Directory.open(target))
        let shown = try Command("sh", ["-c", "cat sub/new sub/old both second; readlink link; stat -c %a . sub"], directory: target).check()
        #expect(shown.text == "new\nold\nupper\nlower\n/etc/passwd\n751\n755\n")
    }
}
