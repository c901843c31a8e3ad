import LinuxSys
import Primitives
import TestSupport
import Testing

/// Who a process becomes: numbers that wrap, files that never end, groups and capabilities it was not given.
@Suite struct UserTests {
    static let wrapping = [
        "4294967296", "4294967295", "2147483648", "-1", "0x0", "+0", "1e3", " 0", "00000000000000000000004294967296",
        "18446744073709551616",
        "0:4294967296", "0:-1", "1000:2147483648", "\u{660}", "root\u{301}", "ro\not", "user\u{0}root", "..", "/etc/passwd", "user:", ":",
        "a:b:c",
    ]

    @Test("a number that would wrap, or no number at all, never becomes root (CVE-2024-40635)", arguments: wrapping)
    func wraps(_ user: String) throws {
        let attack = try Attack(["User": .string(user)]) { (tar, _) throws(Failure) in
            // Names that look like numbers must not be looked up.
            try tar.file("etc/passwd", "root:x:0:0::/:\n4294967296:x:0:0::/:\n-1:x:4294967295:0::/:\nuser:x:1000:1000::/:\n0x0:x:7:7::/:\n")
        }
        let mayBeRoot = user == ":"  // No user and no group: docker's root too.
        var outcomes = [try attack.run([], "id -u")]
        if !user.utf8.contains(0) {
            outcomes.append(try attack.run(["--user", user], "id -u"))
            try attack.start(["-u", "0"])
            outcomes.append(try attack.exec(["--user", user], "id -u"))
            try attack.end()
        }
        for outcome in outcomes where !mayBeRoot {
            #expect(outcome.status != 0 || !["0", "4294967295"].contains(outcome.line), "\(outcome)")
        }
    }

    static let hostile: [(String, @Sendable (Tar, String) throws(Failure) -> Void)] = [
        ("a FIFO", { (tar, _) throws(Failure) in try tar.add(.fifo, "etc/passwd") }),
        (
            "a directory",
            { (tar, _) throws(Failure) in
                try tar.file("etc/.wh.passwd", "")
                try tar.directory("etc/passwd")
            }
        ),
        ("a link out", { (tar, canary) throws(Failure) in try tar.link("etc/passwd", to: canary + "/file") }),
        ("a link to the host's", { (tar, _) throws(Failure) in try tar.link("etc/passwd", to: "../../../../../../../../etc/passwd") }),
        (
            "a loop",
            { (tar, _) throws(Failure) in
                try tar.link("etc/passwd", to: "other")
                try tar.link("etc/other", to: "passwd")
            }
        ),
        ("a link to a process's own", { (tar, _) throws(Failure) in try tar.link("etc/passwd", to: "/proc/self/environ") }),
        ("a device", { (tar, _) throws(Failure) in try tar.add(.characterDevice, "etc/passwd", mode: 0o666, device: (1, 5)) }),
        (
            "one endless line",
            { (tar, _) throws(Failure) in
                try tar.add(.file, "etc/passwd", content: [UInt8](repeating: 0x61, count: 4 << 20))
            }
        ),
        (
            "a million users",
            { (tar, _) throws(Failure) in
                let line = "evil:x:0:0::/:\n"
                try tar.file("etc/passwd", String(repeating: line, count: (4 << 20) / line.utf8.count))
            }
        ),
    ]

    @Test("a hostile /etc/passwd is refused or ignored, never waited for (CVE-2026-47262)", arguments: hostile.indices)
    func hostilePasswd(_ index: Int) throws {
        let (name, build) = Self.hostile[index]
        let attack = try Attack([:], build)
        for options in [[], ["-u", "1000"], ["-u", "evil"], ["-u", "root"]] as [[String]] {
            let began = Clock.monotonicNanoseconds()
            let outcome = try attack.run(options, "id -u")
            #expect(Clock.monotonicNanoseconds() - began < 20_000_000_000, "\(name)")
            if outcome.status == 0, options == ["-u", "1000"] {
                #expect(outcome.line == "1000" || outcome.line == "0" && !Place.isRoot, "\(name)")
            }
            #expect(options != ["-u", "evil"] || outcome.status != 0, "\(name): \(outcome)")
            #expect(!attack.leaks(outcome), "\(name)")
        }
        #expect(try attack.isUntouched(), "\(name)")
    }

    @Test("a running container that swaps its /etc/passwd for a pipe, a huge file or a link does not hold exec up")
    func racingPasswd() throws {
        let attack = try Attack()
        try attack.start()
        let race = """
            cd /etc; truncate -s 1T /etc/huge; ln -s \(attack.canary)/file /etc/out; cp passwd good 2>/dev/null || cat passwd >good
            mknod /etc/fifo p
            while :; do for f in huge out fifo good; do ln -f $f next 2>/dev/null || ln -sf $f next; mv next passwd; done; done
            """
        #expect(try attack.exec(["-d"], race).status == 0)
        for _ in 0..<25 {
            let outcome = try attack.proa(["exec", "-u", "user", "victim", "grep", "Uid:", "/proc/self/status"])
            #expect(!attack.leaks(outcome))
            // Not `id`: that would open the pipe itself.
            if outcome.status == 0 { #expect(outcome.line == "Uid:\t1000\t1000\t1000\t1000") }
        }
        for _ in 0..<5 { #expect(try !attack.leaks(attack.proa(["exec", "victim", "true"]))) }
        try attack.end()
        #expect(try attack.isUntouched())
    }

    @Test("a process has its user's groups, and none of the caller's (CVE-2022-2989)")
    func groups() throws {
        let attack = try Attack()
        guard try attack.run(["-u", "1000"], "true").status == 0 else {
            // A single id: the only groups are those that the kernel does not let go.
            #expect(!Place.isRoot)
            return
        }
        #expect(try attack.run([], "id -G").line.split(separator: " ").sorted() == ["0", "77"])
        #expect(try attack.run(["-u", "user"], "id -G").line.split(separator: " ").sorted() == ["10", "1000"])
        #expect(try attack.run(["-u", "1000:1000"], "id -G").line == "1000")
        #expect(try attack.run(["-u", "1234"], "id -G").line == "0")
        try attack.start()
        #expect(try attack.exec(["-u", "user"], "id -G").line.split(separator: " ").sorted() == ["10", "1000"])
        #expect(try attack.exec(["-u", "1000:1000"], "id -G").line == "1000")
        try attack.end()
    }

    @Test("nothing is inheritable or ambient, and nobody but root has a capability (CVE-2022-29162)")
    func capabilities() throws {
        let attack = try Attack()
        let script = "grep -E '^Cap(Inh|Amb)' /proc/self/status | tr -d ' \\t\\n'"
        let none = "CapInh:0000000000000000CapAmb:0000000000000000"
        let ofUser = "grep -E '^Cap(Prm|Eff)' /proc/self/status | tr -d ' \\t\\n'"
        #expect(try attack.run([], script).text == none)
        #expect(try attack.run(["--cap-add", "ALL"], script).text == none)
        #expect(try attack.run([], ofUser).text != "CapPrm:0000000000000000CapEff:0000000000000000")
        try attack.start()
        for options in [[], ["--privileged"]] as [[String]] { #expect(try attack.exec(options, script).text == none) }
        if try attack.exec(["-u", "1000"], "true").status == 0 {
            #expect(try attack.exec(["-u", "1000"], ofUser).text == "CapPrm:0000000000000000CapEff:0000000000000000")
            #expect(try attack.run(["-u", "1000"], ofUser).text == "CapPrm:0000000000000000CapEff:0000000000000000")
        }
        try attack.end()
    }
}
