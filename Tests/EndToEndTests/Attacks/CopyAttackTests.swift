import Glibc
import LinuxSys
import Primitives
import TestSupport
import Testing

/// Links, races, archives and devices against `cp` (CVE-2018-15664, CVE-2019-14271, CVE-2019-18466, CVE-2026-41567,
/// CVE-2026-41568, CVE-2026-42306).
@Suite struct CopyAttackTests {
    @Test("a link in a container's path leads nowhere but into the container", arguments: LinkTests.targets, [true, false])
    func links(_ target: String, _ isRunning: Bool) throws {
        let attack = try Attack { (tar, canary) throws(Failure) in
            try tar.link("link", to: target == "CANARY" ? canary : target)
            try tar.directory("deep")
            try tar.link("deep/link", to: target == "CANARY" ? canary : target)
        }
        if isRunning {
            try attack.start()
        } else {
            try attack.proa.command(["create", "-q", "--name", "victim", attack.image, "sh"]).check()
        }
        try attack.proa.scratch.put("mine", "from the host")
        for path in ["/link", "/deep/link/file", "/deep/../link\(attack.canary)/file"] {
            for options in path == "/link" ? [[], ["-L"]] : [[]] {
                let outcome = try attack.proa(["cp"] + options + ["victim:\(path)", "-"])
                #expect(!attack.leaks(outcome), "\(path)")
                _ = try attack.proa(["cp"] + options + ["mine", "victim:\(path)"])
            }
        }
        #expect(try attack.isUntouched())
        if isRunning { try attack.end() }
    }

    @Test("a container that swaps a directory for a link while it is copied gets nothing of the host", arguments: ["into", "out"])
    func race(_ direction: String) throws {
        let attack = try Attack { (tar, _) throws(Failure) in
            try tar.directory("real")
            try tar.file("real/file", "the container's")
        }
        // Between a directory and a link to the canary, as fast as it can; renames are atomic.
        let swap = """
            mkdir -p /a/dir; cp() { :; }; ln -s \(attack.canary) /a/link; echo inside >/a/dir/file
            while true; do mv /a/dir /a/x; mv /a/link /a/dir; mv /a/dir /a/link; mv /a/x /a/dir; done
            """
        try attack.proa.command(["run", "-d", "-q", "--name", "victim", attack.image, "sh", "-c", swap]).check()
        try attack.proa.scratch.put("mine", "from the host")
        for _ in 0..<12 {
            if direction == "out" {
                for path in ["victim:/a/dir/file", "victim:/a/dir/.", "victim:/a"] {
                    #expect(try !attack.leaks(attack.proa(["cp", path, "-"])))
                }
            } else {
                _ = try attack.proa(["cp", "mine", "victim:/a/dir/file"])
            }
        }
        #expect(try attack.isUntouched())
        try attack.end()
    }

    @Test("an archive cannot put anything outside of the container", arguments: [true, false])
    func archives(_ isRunning: Bool) throws {
        let attack = try Attack { (tar, canary) throws(Failure) in try tar.link("old", to: canary) }
        if isRunning {
            try attack.start()
        } else {
            try attack.proa.command(["create", "-q", "--name", "victim", attack.image, "sh"]).check()
        }
        let canary = attack.canary
        let climb = "../../../../../../.." + canary
        let archives: [[Tar.Row]] = [
            [("f", climb + "/file", "")], [("f", canary + "/file", "")], [("f", "old/file", "")],
            [("l", "new", canary), ("f", "new/file", ""), ("d", "new/made", "")], [("l", "climb", climb), ("f", "climb/file", "")],
            [("h", "hard", canary + "/file")], [("h", "hard", climb + "/file")], [("h", "hard", "old/file")],
            [("l", "etc2", "/proc/self/root"), ("f", "etc2\(canary)/file", "")], [("d", "old", "")],
        ]
        for entries in archives {
            let tar = Tar()
            for entry in entries { try tar.add(entry) }
            for place in ["/", "/tmp"] {
                var command = try attack.proa.command(["cp", "-", "victim:\(place)"])
                command.input = try tar.finished()
                let outcome = try command.run()
                #expect(outcome.status == 0 || outcome.status == 1, "\(outcome.errorText)")
                #expect(try attack.isUntouched())
                #expect(try !attack.leaks(attack.proa(["cp", "victim:/tmp", "-"])))
            }
        }
        if isRunning { try attack.end() }
    }

    @Test("what comes out of a container has no power on the host: no set-uid bit, no device, no way out by a link")
    func power() throws {
        let attack = try Attack { (tar, canary) throws(Failure) in
            try tar.directory("bad")
            try tar.add(.file, "bad/suid", mode: 0o6755, content: Array("#!/bin/sh\n".utf8))
            try tar.add(.characterDevice, "bad/null", mode: 0o666, device: (1, 3))
            try tar.link("bad/absolute", to: canary)
            try tar.directory("bad/absolute2")
        }
        try attack.proa.command(["create", "-q", "--name", "victim", attack.image, "sh"]).check()
        let outcome = try attack.proa(["cp", "victim:/bad", "out"])
        #expect(outcome.status == 0, "\(outcome.errorText)")
        let list = try Command("find", ["out", "-printf", "%P %y %m\n"], directory: attack.proa.scratch.path).check().text
        #expect(list.contains("suid f 755\n") && !list.contains(" c "))
        // A second copy finds the link of the first one in its way, and does not go through it.
        _ = try attack.proa(["cp", "victim:/bad/absolute2/.", "out/absolute"])
        #expect(try attack.isUntouched())
    }

    @Test("a link that leads out of the destination is refused on the way to the host")
    func climbing() throws {
        let attack = try Attack { (tar, _) throws(Failure) in
            try tar.directory("bad")
            try tar.link("bad/climb", to: "../../../../canary")
        }
        try attack.proa.command(["create", "-q", "--name", "victim", attack.image, "sh"]).check()
        let outcome = try attack.proa(["cp", "victim:/bad", "out"])
        #expect(outcome.status == 1 && outcome.errorText.contains("invalid symlink"))
        #expect(try attack.isUntouched())
    }

    @Test("nothing of the container is loaded or run: libraries and programs of it stay untouched")
    func libraries() throws {
        let names = [
            "lib/x86_64-linux-gnu/libnss_files.so.2", "lib/libc.so.6", "lib64/ld-linux-x86-64.so.2", "usr/bin/tar", "usr/bin/unpigz",
            "bin/xz",
        ]
        let attack = try Attack { (tar, _) throws(Failure) in
            for name in names { try tar.file(name, "#!/bin/sh\ntouch /was-run\n", mode: 0o755) }
            try tar.file("etc/passwd", "evil:x:1:1::/:/bin/sh\n")
        }
        try attack.start()
        try Command("/bin/sh", ["-c", "mkdir in; echo x >in/f; tar -cJf in.tar.xz in"], directory: attack.proa.scratch.path).check()
        var command = try attack.proa.command(["cp", "-a", "-", "victim:/tmp"])
        command.input = try HostFile.read("\(attack.proa.scratch.path)/in.tar.xz")
        try command.check()
        try attack.proa.check("cp", "-a", "in", "victim:/tmp/more")
        try attack.proa.check("cp", "victim:/tmp/more", "out")
        #expect(try attack.exec([], "test -e /was-run").status == 1)
        try attack.end()
    }

    @Test("a pipe or a device in a container's path is never opened or waited for")
    func pipes() throws {
        let attack = try Attack { (tar, _) throws(Failure) in
            try tar.directory("bad")
            try tar.add(.fifo, "bad/pipe")
        }
        try attack.start()
        try attack.proa.check("cp", "victim:/bad", "out")
        try attack.proa.check("cp", "victim:/bad/pipe", "pipe")
        #expect(HostFile.status("\(attack.proa.scratch.path)/pipe")?.kind == .pipe)
        try attack.proa.scratch.put("mine", "x")
        try attack.proa.check("cp", "mine", "victim:/bad/pipe")
        try attack.end()
    }
}

extension Tar {
    /// `f` file, `d` directory, `l` symbolic and `h` hard link.
    typealias Row = (kind: Character, path: String, target: String)

    func add(_ row: Row) throws(Failure) {
        switch row.kind {
        case "f": try file(row.path, "evil")
        case "d": try directory(row.path, mode: 0o777)
        case "l": try link(row.path, to: row.target)
        default: try add(.hardLink, row.path, to: row.target)
        }
    }
}
