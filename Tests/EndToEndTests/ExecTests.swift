import Primitives
import TestSupport
import Testing

@Suite struct ExecTests {
    @Test("exec enters the container with the directory, variables and input that were asked for")
    func settings() throws {
        let proa = try Proa.withBusybox()
        let container = try proa.start(["-e", "FROM=container", "-w", "/etc", "--hostname", "inside"], "sleep 60")
        let rows: [(options: [String], script: String, text: String)] = [
            ([], "hostname; pwd; id -u; echo $FROM", "inside\n/etc\n0\ncontainer\n"),
            (["-w", "/tmp"], "pwd", "/tmp\n"),
            (["-e", "A=1", "-e", "FROM=exec"], "echo $A $FROM", "1 exec\n"),
            (["-i"], "cat", "given"),
            ([], "cat", ""),
            ([], "grep CapEff /proc/self/status", "CapEff:\t00000000a80425fb\n"),
        ]
        for row in rows {
            let outcome = try proa.command(["exec"] + row.options + [container, "sh", "-c", row.script], input: "given").run()
            #expect(outcome.text == row.text, "\(row.options) \(row.script): \(outcome.errorText)")
            #expect(outcome.status == 0)
        }
        let apart = try proa("exec", container, "sh", "-c", "echo out; echo err >&2")
        #expect(apart.text == "out\n" && apart.errorText == "err\n")
        let input = String(repeating: "0123456789abcde\n", count: 60000)
        #expect(try proa("exec", "-i", container, "cat", input: input).text == input)
    }

    @Test("exec joins the container's namespaces and sees its processes", .ownProc)
    func processes() throws {
        let proa = try Proa.withBusybox()
        let container = try proa.start("sleep 60")
        let script =
            "cat /proc/1/comm; for n in mnt pid net ipc uts; do "
            + "[ $(readlink /proc/self/ns/$n) = $(readlink /proc/1/ns/$n) ] || echo other $n; done"
        #expect(try proa("exec", container, "sh", "-c", script).text == "sleep\n")
    }

    @Test("exec takes users and groups by name and by number", .severalIDs)
    func users() throws {
        let proa = try Proa.withBusybox()
        let container = try proa.start("sleep 60")
        let show = "id -u; id -g; id -G; echo $HOME"
        #expect(try proa("exec", "-u", "user", container, "sh", "-c", show).text == "1000\n1000\n1000 10\n/home/user\n")
        #expect(try proa("exec", "-u", "12:34", container, "sh", "-c", "id -u; id -g").text == "12\n34\n")
    }

    @Test("exec's code is the program's, 127 without it, 126 when it is none")
    func exitCodes() throws {
        let proa = try Proa.withBusybox()
        let container = try proa.start("sleep 60")
        #expect(try proa("exec", container, "sh", "-c", "exit 5").status == 5)
        #expect(try proa("exec", container, "sh", "-c", "kill -9 $$").status == 137)
        let absent = try proa("exec", container, "no-such-program")
        #expect(absent.status == 127 && absent.errorText.contains("executable file not found in $PATH"))
        #expect(try proa("exec", container, "/etc").status == 126)
        #expect(try proa("exec", container, "/etc/motd").status == 126)
        #expect(try proa("exec", "nobody", "true").status == 1)
        try proa.check("kill", container)
        let ended = try proa("exec", container, "true")
        #expect(ended.status == 1 && ended.errorText.contains("is not running"))
    }

    @Test("exec -d leaves the program behind and holds nothing open")
    func detach() throws {
        let proa = try Proa.withBusybox()
        let shared = try proa.waiting("box")
        let outcome = try proa("exec", "-d", "box", "sh", "-c", "sleep 0.2; touch /shared/made")
        #expect(outcome.status == 0 && outcome.text == "" && !outcome.outputHeldOpen)
        try eventually("the file is made") { shared.contains("made") }
    }

    @Test("exec is as confined as the container, and the container's end ends it")
    func confinement() throws {
        let proa = try Proa.withBusybox()
        let container = try proa.start(["--cap-drop", "ALL", "--security-opt", "no-new-privileges"], "sleep 60")
        let script =
            "grep -E '^(CapEff|CapBnd|NoNewPrivs|Seccomp):' /proc/self/status"
        let expected = "CapBnd:\t0000000000000000\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\nSeccomp:\t2\n"
        let outcome = try proa("exec", container, "sh", "-c", script)
        #expect(outcome.lines.sorted().joined(separator: "\n") + "\n" == expected, "\(outcome.errorText)")
        let exec = try proa.background("exec", container, "sh", "-c", "echo ready; exec sleep 60")
        try exec.expect("ready")
        try proa.check("rm", "-f", container)
        #expect(try exec.end().status == 137)
    }
}
