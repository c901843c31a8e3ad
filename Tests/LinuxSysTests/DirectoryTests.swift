import Glibc
import LinuxSys
import Primitives
import TestSupport
import Testing

@Suite struct DirectoryTests {
    /// A fresh directory for one test; removed at the end.
    func scratch(_ body: (borrowing Directory) throws -> Void) throws {
        let scratch = try Scratch("directory")
        try body(Directory.open(scratch.path))
    }

    @Test("a file is replaced as a whole and leaves no temporary file")
    func atomicWrite() throws {
        try scratch { directory in
            try directory.writeFile("a", Array("one".utf8))
            try directory.writeFile("a", Array("two".utf8))
            #expect(try directory.readFile("a") == Array("two".utf8))
            #expect(try directory.names() == ["a"])
        }
    }

    @Test("a link out of the directory is never followed", arguments: ["out", "out/passwd", "../etc", "up/etc"])
    func noEscape(_ path: String) throws {
        try scratch { directory in
            symlinkat("/etc", directory.raw, "out")
            symlinkat("..", directory.raw, "up")
            #expect(throws: Failure.self) { _ = try directory.openFile(path, O_RDONLY, mode: 0, .noLinks) }
            #expect(throws: Failure.self) { _ = try directory.openFile(path, O_RDONLY, mode: 0, .inRoot) }
        }
    }

    @Test("a tree deeper than a path can be is measured as far as paths go, with few descriptors")
    func deepTree() throws {
        try scratch { directory in
            try directory.writeFile("top", [1, 2, 3])
            var at = try directory.duplicate()
            for _ in 0..<3000 {
                try at.createDirectory("d")
                at = try at.openDirectory("d")
            }
            try at.writeFile("deep", [1])
            #expect(try directory.treeBytes() == 3)
            for name in ["a", "b", "c"] {
                let file = try directory.openFile(name, O_WRONLY | O_CREAT)
                _ = ftruncate(file.raw, 1 << 43)
            }
            #expect(try directory.treeBytes() == 3 + (3 << 43))
        }
    }

    @Test("inside a root, absolute links start again at the root")
    func inRoot() throws {
        try scratch { directory in
            try directory.createDirectory("etc")
            let etc = try directory.openDirectory("etc")
            try etc.writeFile("passwd", Array("inner".utf8))
            symlinkat("/../../etc", directory.raw, "link")
            #expect(try directory.readFile("link/passwd", .inRoot) == Array("inner".utf8))
        }
    }

    @Test("removing a tree removes links, not their targets, and opens closed directories")
    func removeTree() throws {
        try scratch { directory in
            try directory.createDirectory("keep")
            try directory.createDirectory("tree")
            let tree = try directory.openDirectory("tree")
            symlinkat("../keep", tree.raw, "link")
            try tree.createDirectory("closed")
            try tree.openDirectory("closed").writeFile("file", [1])
            fchmodat(tree.raw, "closed", 0, 0)
            try directory.removeTree("tree")
            #expect(try directory.names() == ["keep"])
        }
    }

    @Test("a failure says what, to what, and the errno by name")
    func message() throws {
        try scratch { directory in
            do throws(Failure) {
                _ = try directory.readFile("absent")
                Issue.record("read a file that is not there")
            } catch {
                #expect(error.kind == .notFound)
                #expect(error.message == "opening \"\(directory.path)/absent\": no such file or directory (ENOENT)")
            }
        }
    }

    @Test("an exclusive lock keeps others out until it is dropped")
    func lock() throws {
        try scratch { directory in
            do {
                let held = try Lock.take("l", in: directory, .exclusive)
                let second = try Lock.attempt("l", in: directory, .shared)
                if second != nil { Issue.record("took a lock that is held") }
                _ = consume held
            }
            let third = try Lock.attempt("l", in: directory, .exclusive)
            if third == nil { Issue.record("the lock was not released") }
        }
    }
}
