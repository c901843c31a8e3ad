import Containers
import Primitives
import Testing

@Suite struct CopyPlanTests {
    @Test(
        "a path is cleaned, split and kept by its end as docker's client does it",
        arguments: [
            ("/a/b", "/a/b", "/a", "b"), ("/a/b/", "/a/b", "/a", "b"), ("/a/b/.", "/a/b", "/a/b", "."), ("/a/./b/../c", "/a/c", "/a", "c"),
            ("/", "/", "/", "/"), ("/.", "/", "/", "."), ("//a//", "/a", "/", "a"), ("/../..", "/", "/", "/"), ("a/b", "a/b", "a", "b"),
            ("../x", "../x", "..", "x"), ("", ".", ".", "."), (".", ".", ".", "."), ("a/..", ".", ".", "."),
            ("/e\u{301}/\u{301}x", "/e\u{301}/\u{301}x", "/e\u{301}", "\u{301}x"),
        ])
    func paths(_ text: String, _ cleaned: String, _ directory: String, _ base: String) {
        let path = SlashPath(text)
        #expect(path.cleaned == SlashPath(cleaned))
        #expect(path.split.directory == SlashPath(directory) && path.split.base == Array(base.utf8))
    }

    @Test(
        "a relative path becomes absolute and keeps what its end says",
        arguments: [
            ("x", "/w/x"), ("x/", "/w/x/"), ("x/.", "/w/x/."), (".", "/w/."), ("./", "/w/./"), ("..", "/"), ("/x/", "/x/"),
            ("../y/.", "/y/."),
        ])
    func absolute(_ text: String, _ expected: String) {
        #expect(SlashPath(text).absolute(from: SlashPath("/w")) == SlashPath(expected))
    }

    struct Row: Sendable {
        var source: CopyItem
        var destination: CopyItem
        /// Directory and name, or docker's error.
        var result: String
        init(_ source: CopyItem, _ destination: CopyItem, _ result: String) {
            (self.source, self.destination, self.result) = (source, destination, result)
        }
    }
    private static func file(_ path: String, name: String? = nil) -> CopyItem {
        CopyItem(SlashPath(path), name: name.map { Array($0.utf8) })
    }
    private static func directory(_ path: String, name: String? = nil) -> CopyItem {
        CopyItem(SlashPath(path), isDirectory: true, name: name.map { Array($0.utf8) })
    }
    private static func nothing(_ path: String) -> CopyItem { CopyItem(SlashPath(path), exists: false) }

    static let rows: [Row] = [
        Row(file("/s/f"), directory("/d"), "/d f"), Row(file("/s/f"), directory("/d/"), "/d/ f"),
        Row(file("/s/f"), file("/d/x"), "/d x"), Row(file("/s/f"), nothing("/d/x"), "/d x"),
        Row(file("/s/f"), nothing("/d/x/"), "no such directory"), Row(file("/s/f"), nothing("/d/x/."), "no such directory"),
        Row(directory("/s/t"), directory("/d"), "/d t"), Row(directory("/s/t/"), directory("/d"), "/d t"),
        Row(directory("/s/t/."), directory("/d"), "/d ."), Row(directory("/s/t"), nothing("/d/x"), "/d x"),
        Row(directory("/s/t/."), nothing("/d/x"), "/d x"), Row(directory("/s/t"), nothing("/d/x/"), "/d x"),
        Row(directory("/s/t"), nothing("/d/x/."), "/d/x ."), Row(directory("/s/t"), file("/d/x"), "cannot copy directory"),
        Row(directory("/"), directory("/d"), "/d "), Row(directory("/"), nothing("/d/x"), "/d x"),
        Row(file("/s/target", name: "link"), directory("/d"), "/d link"), Row(file("/s/target", name: "link"), nothing("/d/x"), "/d x"),
        Row(file("/s/f"), nothing("/x"), "/ x"),
    ]

    @Test("docker's table of trailing slashes", arguments: rows)
    func table(_ row: Row) {
        let result: String
        do throws(Failure) {
            let plan = try CopyPlan(from: row.source, to: row.destination)
            result = "\(plan.directory.text) \(String(decoding: plan.top, as: UTF8.self))"
        } catch { result = error.message }
        #expect(result == row.result)
    }
}
