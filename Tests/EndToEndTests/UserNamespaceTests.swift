import LinuxSys
import Primitives
import TestSupport
import Testing

/// `--userns`, `--uidmap`, `--gidmap` and `--group-add keep-groups`.
@Suite struct UserNamespaceTests {
    private static var isOrdinary: Bool { Process.effectiveUserID != 0 && Place.hasSeveralIDs }
    private static let reason: Comment = "the mode is for an ordinary user with subordinate ids"

    private func map(_ outcome: Outcome) -> [[UInt32]] {
        outcome.lines.map { $0.split(separator: " ").compactMap { UInt32($0) } }.filter { $0.count == 3 }
    }

    @Test("with keep-id the caller is himself inside, on the disk and after a restart", .enabled(if: isOrdinary, reason))
    func keepID() throws {
        let proa = try Proa.withBusybox()
        let shared = try proa.scratch.directory("shared")
        let (uid, gid) = (Process.effectiveUserID, Process.effectiveGroupID)
        _ = try proa.start(["--name", "box", "--userns=keep-id", "-v", "\(shared):/shared"], "touch /shared/first; sleep 1000")
        #expect(try proa("exec", "box", "sh", "-c", "id -u; id -g; echo $HOME").text == "\(uid)\n\(gid)\n/\n")
        #expect(try proa("exec", "box", "grep", ":\(uid):", "/etc/passwd").status == 0)
        // Files of the image have the owners they have in it; the caller has no power over them.
        #expect(try proa("exec", "box", "stat", "-c", "%u:%g", "/bin", "/home/user/file").text == "0:0\n1000:1000\n")
        #expect(try proa("exec", "box", "touch", "/etc/new").status == 1)
        #expect(try proa("exec", "-u", "0", "box", "touch", "/etc/new").status == 0)
        try proa.check("restart", "-t", "0", "box")
        #expect(
            try proa("exec", "box", "sh", "-c", "id -u; touch /shared/second; stat -c %u /shared/first /etc/new").text
                == "\(uid)\n\(uid)\n0\n")
        for name in ["first", "second"] { #expect(HostFile.status("\(shared)/\(name)")?.owner == uid) }
        #expect(try proa.inspect("box", "{{.HostConfig.UsernsMode}} {{.Config.User}}") == "keep-id \(uid):\(gid)")
        try proa.check("cp", "box:/etc/passwd", "passwd")
        #expect(HostFile.status("\(proa.scratch.path)/passwd")?.owner == uid)
        try proa.check("cp", "passwd", "box:/tmp/copied")
        #expect(try proa("exec", "box", "stat", "-c", "%u:%g", "/tmp/copied").line == "0:0")
        try proa.check("export", "-o", "box.tar", "box")
        let list = try Command("tar", ["--numeric-owner", "-tvf", "\(proa.scratch.path)/box.tar"]).check().lines
        #expect(list.contains { $0.hasSuffix(" home/user/file") && $0.contains(" 1000/1000 ") })
        #expect(list.contains { $0.hasSuffix(" etc/passwd") && $0.contains(" 0/0 ") })
    }

    @Test("keep-id gives the caller the numbers that were asked for", .enabled(if: isOrdinary, reason))
    func keepNumbers() throws {
        let proa = try Proa.withBusybox()
        let shared = try proa.scratch.directory("shared")
        let outcome = try proa.run(
            ["--userns=keep-id:uid=7,gid=8", "-v", "\(shared):/shared"], "id -u; id -g; touch /shared/file; cat /proc/self/uid_map")
        #expect(outcome.lines.prefix(2) == ["7", "8"])
        #expect(map(outcome).map { [$0[0], $0[2]] }.prefix(2) == [[0, 7], [7, 1]])
        #expect(HostFile.status("\(shared)/file")?.owner == Process.effectiveUserID)
    }

    @Test("with nomap nobody in the container is the caller", .enabled(if: isOrdinary, reason))
    func nomap() throws {
        let proa = try Proa.withBusybox()
        let shared = try proa.scratch.directory("shared", mode: 0o755)
        let outcome = try proa.run(
            ["--userns=nomap", "-v", "\(shared):/shared"],
            "id -u; stat -c %u /bin /shared; touch /etc/new && echo made; touch /shared/x || echo refused; cat /proc/self/uid_map")
        #expect(outcome.lines.prefix(5) == ["0", "0", "65534", "made", "refused"])
        #expect(map(outcome).allSatisfy { $0[1] != Process.effectiveUserID })
    }

    @Test("two containers with auto have no id in common", .enabled(if: isOrdinary, reason))
    func auto() throws {
        let proa = try Proa.withBusybox()
        for (name, mode) in [("one", "auto:size=2000"), ("two", "auto"), ("three", "auto:size=3")] {
            _ = try proa.start(["--name", name, "--userns=\(mode)", "--network", "none"], "sleep 1000")
        }
        let maps = try ["one", "two", "three"].map { map(try proa("exec", $0, "cat", "/proc/self/uid_map")) }
        #expect(maps.map { $0.reduce(0) { $0 + $1[2] } } == [2000, 1024, 3])
        let ids = maps.flatMap { $0 }.map { $0[1]..<($0[1] + $0[2]) }
        for (index, range) in ids.enumerated() {
            #expect(!range.contains(Process.effectiveUserID))
            for other in ids[(index + 1)...] { #expect(!range.overlaps(other)) }
        }
        #expect(try proa.run(["--userns=auto:size=70000000"], "true").errorText.contains("could not find enough available IDs"))
    }

    @Test("maps of one's own: whole, extended, by the host's number", .enabled(if: Place.hasSeveralIDs, "a single id cannot be divided"))
    func maps() throws {
        let proa = try Proa.withBusybox()
        let isRoot = Process.effectiveUserID == 0
        let first: UInt32 = isRoot && !Place.isNested ? 100_000 : 1
        let outcome = try proa.run(
            ["--uidmap", "0:\(first):1000", "--uidmap", "2000:0:1"],
            "cat /proc/self/uid_map; id -u; stat -c %u /bin; touch /etc/x && echo made")
        #expect(map(outcome).map { [$0[0], $0[2]] } == [[0, 1000], [2000, 1]])
        #expect(outcome.lines.suffix(3) == ["0", "0", "made"])
        // The same ids as without a map: nothing is copied.
        let same = try proa.run(["--network", "none", "--uidmap", "0:0:1000"], "cat /proc/self/gid_map; stat -c %u /bin")
        #expect(map(same).reduce(0) { $0 + $1[2] } == 1000 && same.lines.last == "0" && same.errorText == "")
        if !isRoot {
            let uid = Process.effectiveUserID
            let extended = try proa.run(["--network", "none", "--uidmap", "+5000:@\(uid):1"], "cat /proc/self/uid_map")
            #expect(map(extended).contains([5000, uid, 1]) && map(extended).first?[0] == 0)
            #expect(try proa.run(["--uidmap", "0:@0:1"], "true").errorText.contains("host id 0 is not one of this user's"))
            #expect(try proa.run(["--uidmap", "0:0:70000000"], "true").status == 125)
        }
        for bad in ["1:1:10", "0:0:0", "bad"] { #expect(try proa.run(["--uidmap", bad], "true").status == 125) }
    }

    @Test("where a mode cannot work it is refused with the reason")
    func refused() throws {
        let proa = try Proa.withBusybox()
        let outcome = try proa.run(["--userns=keep-id"], "true")
        if Process.effectiveUserID == 0 {
            #expect(
                outcome.status == 125
                    && outcome.errorText.contains(Place.hasSeveralIDs ? "keep-id is only supported in rootless mode" : "single id"))
        } else if !Place.hasSeveralIDs {
            #expect(outcome.status == 125 && outcome.errorText.contains("there is a single id"))
        } else {
            #expect(outcome.status == 0)
        }
        #expect(try proa.run(["--userns=host"], "id -u").line == "0")
        #expect(try proa("ps", "-aq").text == "")
    }

    @Test("keep-groups keeps the caller's groups, and stands alone")
    func keepGroups() throws {
        let proa = try Proa.withBusybox()
        let own = try Command("sh", ["-c", "grep ^Groups: /proc/self/status | wc -w"]).check().line
        #expect(try proa.run(["--group-add", "keep-groups"], "grep ^Groups: /proc/self/status | wc -w").line.filter(\.isNumber) == own)
        let both = try proa.run(["--group-add", "keep-groups", "--group-add", "5"], "true")
        #expect(both.status == 125 && both.errorText.contains("not allowed with any other --group-add options"))
    }

    @Test(
        "a directory that the container's user cannot write is told on a terminal, with the flag that helps",
        .enabled(if: isOrdinary, reason))
    func advice() throws {
        let proa = try Proa.withBusybox()
        let shared = try proa.scratch.directory("shared")
        let terminal = try proa.terminal(
            "run", "--rm", "--network", "none", "-u", "1000:1000", "-v", "\(shared):/shared", "busybox", "true")
        try terminal.expect("--userns=keep-id:uid=1000,gid=1000")
        #expect(try terminal.end() == 0)
        #expect(try proa.run(["--network", "none", "-u", "1000:1000", "-v", "\(shared):/shared"], "true").errorText == "")
        let kept = try proa.run(["--userns=keep-id:uid=1000,gid=1000", "-v", "\(shared):/shared"], "touch /shared/file")
        #expect(kept.status == 0)
    }
}
