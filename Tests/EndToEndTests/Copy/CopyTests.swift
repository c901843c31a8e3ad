import LinuxSys
import Primitives
import TestSupport
import Testing

/// `cp` on containers that run, have not run yet and have ended.
@Suite struct CopyTests {
    enum State: CaseIterable { case created, running, exited }

    /// A container `box` with the host's directory `shared` on /shared.
    private func box(_ proa: Proa, _ state: State, _ options: [String] = []) throws -> String {
        let shared = try proa.scratch.directory("shared")
        let words = ["--name", "box", "-v", "\(shared):/shared"] + options + ["busybox"]
        switch state {
        case .created: try proa.command(["create"] + words + ["sleep", "1000"]).check()
        case .running: try proa.command(["run", "-d"] + words + ["sleep", "1000"]).check()
        case .exited: try proa.command(["run"] + words + ["true"]).check()
        }
        return shared
    }

    @Test("files go in and come out unchanged, with their modes, times and links", arguments: State.allCases)
    func roundTrip(_ state: State) throws {
        let proa = try Proa.withBusybox()
        _ = try box(proa, state)
        let make = """
            mkdir -p in/deep; echo text >in/file; chmod 751 in/deep; chmod 604 in/file; ln in/file in/twin; ln -s file in/link; mkfifo in/pipe
            truncate -s 3M in/holes; echo end >>in/holes; printf '\\377' >"in/$(printf 'caf\\351')"; touch -d '2001-02-03 04:05:06' in/file in/deep
            """
        try Command("/bin/sh", ["-c", make], directory: proa.scratch.path).check()
        try proa.check("cp", "in", "box:/tmp/there")
        try proa.check("cp", "box:/tmp/there", "back")
        let list = { (name: String) in
            try Command("find", [".", "-printf", "%P %y %m %s %Ts %n %l\n"], directory: "\(proa.scratch.path)/\(name)").check().output
        }
        // The top was changed after it was made; a directory's time is set when nothing more is put into it.
        try Command("touch", ["-d", "2002-01-01", "in", "back"], directory: proa.scratch.path).check()
        #expect(
            try list("back").split(separator: 10).sorted { $0.lexicographicallyPrecedes($1) }
                == list("in").split(separator: 10).sorted { $0.lexicographicallyPrecedes($1) })
        try Command(
            "/bin/sh", ["-c", "for f in in/*; do [ -p $f ] || [ -d $f ] || cmp \"$f\" \"back/${f#in/}\" || exit 1; done"],
            directory: proa.scratch.path
        )
        .check()
        let blocks = try Command("stat", ["-c", "%b", "back/holes"], directory: proa.scratch.path).check().line
        #expect(Int(blocks).map { $0 < 1000 } == true)
    }

    @Test("a bind mount of the container is read and written through", arguments: State.allCases)
    func binds(_ state: State) throws {
        let proa = try Proa.withBusybox()
        let shared = try box(proa, state)
        try proa.scratch.write("file", "new")
        try proa.check("cp", "file", "box:/shared/")
        #expect(try text("\(shared)/file") == "new")
        try proa.check("cp", "box:/shared/file", "back")
        #expect(try text("\(proa.scratch.path)/back") == "new")
        let all = try proa.command(["cp", "box:/", "-"]).check().output
        var tar = Command("tar", ["-tf", "-"])
        tar.input = all
        let names = try tar.check().lines
        // Not what the kernel shows, and no devices.
        #expect(names.contains("shared/file") || names.contains("/shared/file"))
        #expect(!names.contains { $0.contains("proc/") && !$0.hasSuffix("proc/") } && !names.contains { $0.hasSuffix("dev/null") })
    }

    @Test("what is read-only stays so", arguments: State.allCases)
    func readOnly(_ state: State) throws {
        let proa = try Proa.withBusybox()
        let closed = try proa.scratch.directory("closed")
        _ = try box(proa, state, ["--read-only", "-v", "\(closed):/closed:ro", "--tmpfs", "/memory"])
        try proa.scratch.write("file", "new")
        #expect(try proa("cp", "file", "box:/etc/").errorText == "Error: container rootfs is marked read-only\n")
        #expect(try proa("cp", "file", "box:/closed/").errorText == "Error: mounted volume is marked read-only\n")
        try proa.check("cp", "file", "box:/shared/")
        #expect(try proa("cp", "file", "box:/memory/").status == (state == .running ? 0 : 1))
        #expect(try Command("ls", ["-A", closed]).check().text == "")
    }

    @Test("files copied in belong to root, with -a to the container's user; copied out, to the caller", arguments: State.allCases)
    func owners(_ state: State) throws {
        let proa = try Proa.withBusybox()
        _ = try box(proa, state, Place.hasSeveralIDs ? ["--user", "7:8"] : [])
        try proa.scratch.write("file", "x")
        try proa.check("cp", "file", "box:/tmp/plain")
        try proa.check("cp", "-a", "file", "box:/tmp/kept")
        var tar = Command("tar", ["--numeric-owner", "-tvf", "-"])
        func owner(_ path: String) throws -> String {
            tar.input = try proa.command(["cp", "box:" + path, "-"]).check().output
            return try tar.check().lines[0].split(separator: " ").dropFirst().first.map(String.init) ?? ""
        }
        // Real root's numbers are the container's, as with docker.
        #expect(try owner("/tmp/plain") == "0/0")
        #expect(try owner("/tmp/kept") == (Place.hasSeveralIDs ? "7/8" : "0/0"))
        try proa.check("cp", "box:/home/user/file", "out")
        let out = try #require(HostFile.status("\(proa.scratch.path)/out"))
        #expect(out.owner == Process.effectiveUserID)
    }

    @Test("what is copied into a container that does not run is there when it does")
    func later() throws {
        let proa = try Proa.withBusybox()
        try proa.command(["create", "--name", "box", "busybox", "sh", "-c", "cat /etc/new; ls /opaque; test -e /etc/motd"]).check()
        try proa.scratch.write("new", "later")
        try proa.check("cp", "new", "box:/etc/new")
        let outcome = try proa("start", "-a", "box")
        #expect(outcome.text.hasPrefix("later"))
        try proa.check("cp", "box:/etc/new", "again")
        #expect(try text("\(proa.scratch.path)/again") == "later")
    }

    @Test("a packed archive on stdin is unpacked, and its writer is not cut off", arguments: ["-c", "-cz", "-cJ", "-cj"])
    func packed(_ how: String) throws {
        let proa = try Proa.withBusybox()
        _ = try box(proa, .running)
        try Command("/bin/sh", ["-c", "mkdir in; seq 100000 >in/file"], directory: proa.scratch.path).check()
        // tar pads the stream to 10 KiB: whoever stops reading at the archive's end breaks the pipe.
        let script =
            "set -o pipefail; tar \(how) -b 200 in | \"$proa\" cp - box:/tmp && \"$proa\" cp box:/tmp/in/. - | tar -xO ./file | cmp - in/file"
        var command = try proa.command([])
        command.program = "bash"
        command.arguments = ["-c", script]
        command.environment?["proa"] = try Proa.binary()
        try command.check()
    }

    @Test("a file that something is mounted on is not replaced, and no archive makes what is busy disappear")
    func mountPoints() throws {
        let proa = try Proa.withBusybox()
        _ = try box(proa, .running)
        try proa.scratch.write("file", "mine")
        let outcome = try proa("cp", "file", "box:/etc/hosts")
        #expect(outcome.status == 1 && outcome.errorText.contains("busy"))
        #expect(try proa("exec", "box", "grep", "-c", "localhost", "/etc/hosts").status == 0)
    }

    @Test("a copy that is killed leaves no mount, no lock and a container that starts")
    func killed() throws {
        let proa = try Proa.withBusybox()
        _ = try box(proa, .created)
        let command = try proa.background("cp", "-", "box:/tmp")
        // It waits for its archive: everything is mounted when it has taken the container's lock.
        let directory = try proa.directory(of: "box")
        try eventually("the container is held") { HostFile.exists("\(directory)/copy.lock") }
        command.send(signal: 9)
        _ = try command.end()
        try proa.check("start", "box")
        #expect(try proa("exec", "box", "true").status == 0)
        #expect(!(HostFile.text("/proc/self/mountinfo") ?? "").contains(proa.scratch.path))
    }
}
