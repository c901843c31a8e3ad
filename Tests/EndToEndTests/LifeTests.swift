import Primitives
import TestSupport
import Testing

@Suite struct LifeTests {
    @Test("ps, inspect and top show a container that runs, and one that has ended")
    func show() throws {
        let proa = try Proa.withBusybox()
        let id = try proa.start(["--name", "box", "--label", "k=v", "-e", "A=1", "-w", "/tmp"], "exec sleep 60")
        let row = try proa.check("ps", "--format", "{{.ID}}|{{.Image}}|{{.Names}}|{{.State}}|{{.Label \"k\"}}|{{.Command}}").line
        #expect(row == "\(id.prefix(12))|busybox|box|running|v|\"sh -c 'exec sleep 6…\"")
        #expect(try proa.check("ps", "-q", "--filter", "label=k=v").line == id.prefix(12))
        #expect(try proa.check("ps", "-q", "--filter", "name=other").text == "")
        #expect(try proa.inspect("box", "{{.Id}} {{.Name}} {{.Path}} {{index .Args 0}}") == "\(id) /box sh -c")
        #expect(try proa.inspect("box", "{{.State.Status}} {{.State.ExitCode}}") == "running 0")
        #expect(try proa.inspect("box", "{{.Config.WorkingDir}} {{.Config.Image}} {{.Config.Labels.k}}") == "/tmp busybox v")
        #expect(try proa.inspect("box", "{{json .Config.Cmd}}") == "[\"sh\",\"-c\",\"exec sleep 60\"]")
        #expect(try proa.inspect("box", "{{range .Config.Env}}{{println .}}{{end}}").contains("A=1"))
        let pid = try proa.inspect("box", "{{.State.Pid}}")
        #expect(try text("/proc/\(pid)/comm") == "sleep\n")
        let top = try proa.check("top", "box").lines
        #expect(top.count == 2 && top[0].hasPrefix("UID") && top[1].contains(pid) && top[1].hasSuffix("sleep 60"))
        #expect(try proa.check("top", "box", "-o", "pid,args").lines.last?.hasPrefix(pid) ?? false)

        #expect(try proa.check("stop", "-t", "0", "box").line == "box")
        #expect(try proa.check("ps", "-q").text == "")
        #expect(try proa.check("ps", "-a", "--format", "{{.Status}}").line.hasPrefix("Exited (137) "))
        #expect(try proa("top", "box").status == 1)
    }

    @Test("stop asks with the stop signal, waits its time, and kills")
    func stop() throws {
        let proa = try Proa.withBusybox()
        let obedient = "trap 'exit 9' TERM; trap 'exit 10' HUP; echo ready; while :; do sleep 0.02; done"
        let deaf = "trap '' TERM; echo ready; while :; do sleep 0.02; done"
        let rows: [(options: [String], script: String, stop: [String], code: String)] = [
            ([], obedient, [], "9"), (["--stop-signal", "HUP"], obedient, [], "10"), ([], obedient, ["-s", "SIGHUP"], "10"),
            ([], deaf, ["-t", "1"], "137"), (["--stop-timeout", "1"], deaf, [], "137"), (["--init"], obedient, [], "9"),
        ]
        for row in rows {
            let id = try proa.start(row.options, row.script)
            try eventually("the container is ready") { try proa.check("logs", id).text == "ready\n" }
            try proa.command(["stop"] + row.stop + [id]).check()
            #expect(try proa.inspect(id, "{{.State.Status}} {{.State.ExitCode}}") == "exited \(row.code)", "\(row.options) \(row.stop)")
            #expect(try proa("stop", id).status == 0)
        }
    }

    @Test("a container starts again with what it wrote before")
    func startAgain() throws {
        let proa = try Proa.withBusybox()
        let id = try proa.start("echo x >>/runs; wc -l </runs; trap 'exit 0' TERM; while :; do sleep 0.02; done")
        try eventually("it has run once") { try proa.check("logs", id).text == "1\n" }
        let began = try proa.inspect(id, "{{.State.StartedAt}}")
        #expect(try proa.check("restart", id).line == id)
        try eventually("it has run twice") { try proa.check("logs", id).text == "1\n2\n" }
        #expect(try proa.inspect(id, "{{.State.StartedAt}}") > began)
        try proa.check("stop", id)
        #expect(try proa.check("start", id).line == id)
        try eventually("it has run three times") { try proa.check("logs", id).text == "1\n2\n3\n" }
        #expect(try proa.check("start", id).line == id)
    }

    @Test("kill sends the signal it is given, SIGKILL without one")
    func kill() throws {
        let proa = try Proa.withBusybox()
        let id = try proa.start("trap 'echo usr1' USR1; trap 'exit 4' INT; echo ready; while :; do sleep 0.02; done")
        try eventually("it is ready") { try proa.check("logs", id).text == "ready\n" }
        try proa.check("kill", "-s", "USR1", id)
        try eventually("the signal is seen") { try proa.check("logs", id).text == "ready\nusr1\n" }
        try proa.check("kill", "--signal", "2", id)
        #expect(try proa.check("wait", id).line == "4")
        #expect(try proa("kill", id).status == 1)
        #expect(try proa("kill", "-s", "NOPE", id).status == 1)
        try proa.check("start", id)
        #expect(try proa.check("kill", id).line == id)
        #expect(try proa.inspect(id, "{{.State.ExitCode}}") == "137")
    }

    @Test("wait tells the code of what ends later, also of a container that removes itself", arguments: [false, true])
    func wait(_ removesItself: Bool) throws {
        let proa = try Proa.withBusybox()
        let shared = try proa.waiting("box", options: removesItself ? ["--rm"] : [])
        let waits = try (0..<3).map { _ in try proa.background("wait", "box") }
        // They have to be there before the end.
        try Command("sleep", ["0.3"]).check()
        try shared.go()
        #expect(try waits.map { try $0.end().line } == ["11", "11", "11"])
        if removesItself {
            try eventually("it is removed") { try proa.check("ps", "-aq").text == "" }
        } else {
            #expect(try proa.check("wait", "box", "box").text == "11\n11\n")
        }
    }

    @Test("a renamed container goes by its new name only, and a running one is removed by force only")
    func renameAndRemove() throws {
        let proa = try Proa.withBusybox()
        let id = try proa.start(["--name", "old"], "exec sleep 60")
        _ = try proa.start(["--name", "taken"], "exec sleep 60")
        #expect(try proa("rename", "old", "taken").status == 1)
        try proa.check("rename", "old", "new")
        #expect(try proa.inspect("new", "{{.Id}} {{.Name}}") == "\(id) /new")
        #expect(try proa("inspect", "old").status == 1)
        let pid = try proa.inspect("new", "{{.State.Pid}}")
        let refused = try proa("rm", "new")
        #expect(refused.status == 1 && refused.errorText.contains("container is running"))
        #expect(try proa.check("rm", "-f", "new").line == "new")
        #expect(try Command("test", ["-e", "/proc/\(pid)/exe"]).run().status == 1)
        #expect(try proa("rm", "new").status == 1)
        #expect(try proa("rm", "-f", "new").status == 0)
        #expect(try proa.check("ps", "-a", "--format", "{{.Names}}").line == "taken")
    }

    @Test("prune removes what does not run, and nothing without a yes")
    func prune() throws {
        let proa = try Proa.withBusybox()
        let running = try proa.start("exec sleep 60")
        let ended = try proa.start("true")
        let created = try proa.check("create", "busybox").line
        try proa.check("wait", ended)
        _ = try proa("container", "prune", input: "n\n")
        #expect(try proa.check("ps", "-aq").lines.count == 3)
        let pruned = try proa.check("container", "prune", "-f").text
        #expect(pruned.contains(ended) && pruned.contains(created) && !pruned.contains(running))
        #expect(try proa.check("ps", "-aq", "--no-trunc").line == running)
    }

    @Test("create makes, start -a shows and hands on the code, attach joins")
    func createAndAttach() throws {
        let proa = try Proa.withBusybox()
        let id = try proa.check("create", "-i", "--name", "box", "busybox", "sh", "-c", "echo begun; cat; echo err >&2; exit 6").line
        #expect(try proa.inspect("box", "{{.State.Status}}") == "created")
        let outcome = try proa("start", "-a", "-i", "box", input: "typed\n")
        #expect(outcome.status == 6 && outcome.text == "begun\ntyped\n" && outcome.errorText == "err\n")
        #expect(try proa.inspect(id, "{{.State.Status}} {{.State.ExitCode}}") == "exited 6")
        #expect(try proa("attach", "box").status == 1)

        let shared = try proa.waiting("beside", each: "[ -e /shared/attached ] && echo seen && rm /shared/attached")
        let attached = try proa.background("attach", "--no-stdin", "beside")
        try Command("sleep", ["0.3"]).check()
        try shared.write("attached")
        try attached.expect("seen")
        try shared.go()
        #expect(try attached.end().status == 11)
    }

    @Test("--cidfile, --entrypoint and --platform do what they say")
    func small() throws {
        let proa = try Proa.withBusybox()
        let file = proa.scratch.path + "/id"
        let id = try proa.start(["--cidfile", file], "exec sleep 60")
        #expect(try text(file) == id)
        #expect(try proa("run", "--rm", "--cidfile", file, "busybox", "true").status == 125)
        #expect(try proa("run", "--rm", "--entrypoint", "/bin/echo", "busybox", "a", "b").text == "a b\n")
        let platform = try proa.inspect("busybox", "{{.Os}}/{{.Architecture}}")
        #expect(try proa.run(["--platform", platform], "echo there").text == "there\n")
        #expect(try proa.run(["--platform", "linux/s390x", "--pull", "never"], "echo there").status == 125)
        #expect(try proa("run", "--rm", "proa.builtin/hello").status == 0)
    }
}
