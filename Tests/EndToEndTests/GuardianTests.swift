import Glibc
import Primitives
import TestSupport
import Testing

/// Monitor and keeper, the two processes beside a container, are killed as the kernel may kill any process.
@Suite struct GuardianTests {
    @Test("the keeper takes a killed monitor's place: output and exit code are kept, clients find it")
    func monitor() throws {
        let proa = try Proa.withBusybox()
        let shared = try proa.waiting("box", each: "echo tick; [ -e /shared/more ] && echo more && rm /shared/more")
        let (monitor, keeper) = try proa.guardians(of: "box")
        kill(monitor, SIGKILL)
        try eventually("the keeper is the monitor") { try proa.guardians(of: "box").monitor == keeper }
        #expect(try proa.inspect("box", "{{.State.Status}}") == "running")
        try shared.write("more")
        try eventually("the log goes on") { try proa.check("logs", "box").text.contains("more\n") }
        let attached = try proa.background("attach", "--no-stdin", "box")
        try attached.expect("tick")
        let wait = try proa.background("wait", "box")
        try shared.go()
        #expect(try attached.end().status == 11)
        #expect(try wait.end().line == "11")
        #expect(shared.contains("over"))
        #expect(try proa.inspect("box", "{{.State.Status}} {{.State.ExitCode}}") == "exited 11")
        try eventually("the keeper has ended") { kill(keeper, 0) != 0 }
    }

    @Test("a foreground run whose monitor is killed still tells the exit code")
    func foreground() throws {
        let proa = try Proa.withBusybox()
        let shared = SharedDirectory(path: try proa.scratch.directory("shared"))
        let script = "echo ready; " + SharedDirectory.script(each: "echo more")
        let run = try proa.background("run", "--name", "box", "-v", "\(shared.path):/shared", "busybox", "sh", "-c", script)
        try run.expect("ready")
        kill(try proa.guardians(of: "box").monitor, SIGKILL)
        try shared.go()
        #expect(try run.end().status == 11)
    }

    @Test("a container that removes itself does so without its monitor as well")
    func removal() throws {
        let proa = try Proa.withBusybox()
        let shared = try proa.waiting("box", options: ["--rm"])
        kill(try proa.guardians(of: "box").monitor, SIGKILL)
        try shared.go()
        try eventually("it is removed") { try proa.check("ps", "-aq").text == "" }
    }

    @Test("the monitor does without a killed keeper")
    func keeper() throws {
        let proa = try Proa.withBusybox()
        let shared = try proa.waiting("box", each: "echo tick")
        let (monitor, keeper) = try proa.guardians(of: "box")
        kill(keeper, SIGKILL)
        try eventually("the monitor is the parent") { try proa.guardians(of: "box").keeper == monitor }
        let exec = try proa("exec", "box", "echo", "alive")
        #expect(exec.text == "alive\n")
        try shared.go()
        #expect(try proa.check("wait", "box").line == "11")
        try eventually("the monitor has ended") { kill(monitor, 0) != 0 }
    }

    /// Linux 6.15 tells the exit code of any process to whoever holds its descriptor (PIDFD_INFO_EXIT).
    static let tellsExitCodes: Bool = {
        let release = (try? Command("uname", ["-r"]).check().text)?.split(separator: ".").compactMap { Int($0) } ?? []
        return release.count >= 2 && (release[0], release[1]) >= (6, 15)
    }()

    @Test(
        "when both are killed the container goes on, and whoever waits records its code",
        .enabled(if: tellsExitCodes, "before Linux 6.15 only a parent learns an exit code"))
    func both() throws {
        let proa = try Proa.withBusybox()
        let shared = try proa.waiting("box")
        let (monitor, keeper) = try proa.guardians(of: "box")
        kill(keeper, SIGKILL)
        kill(monitor, SIGKILL)
        #expect(try proa.inspect("box", "{{.State.Status}}") == "running")
        #expect(try proa("exec", "box", "echo", "alive").text == "alive\n")
        let wait = try proa.background("wait", "box")
        try Command("sleep", ["0.3"]).check()
        try shared.go()
        #expect(try wait.end().line == "11")
        #expect(try proa.inspect("box", "{{.State.Status}} {{.State.ExitCode}}") == "exited 11")
        try proa.check("start", "box")
        try proa.check("rm", "-f", "box")
    }

    @Test("after a reboot a container that ran has ended, nobody knows how, and starts again")
    func reboot() throws {
        let proa = try Proa.withBusybox()
        _ = try proa.start(["--name", "box"], "exec sleep 60")
        let directory = try proa.directory(of: "box")
        let before = try text("\(directory)/run.json")
        try proa.check("kill", "box")
        // What a power cut leaves: the record of a run under another boot, possibly with pids that live again.
        let boot = try text("/proc/sys/kernel/random/boot_id").filter { $0 != "\n" }
        let other = before.replacing(boot, with: "00000000-0000-0000-0000-000000000000").replacing("\"pid\":", with: "\"pid\":1,\"old\":")
        #expect(other != before)
        try Command("rm", ["\(directory)/exit.json"]).check()
        try Command("tee", ["\(directory)/run.json"], input: other).check()
        #expect(try proa.inspect("box", "{{.State.Status}} {{.State.ExitCode}} {{.State.Pid}}") == "exited 255 0")
        #expect(try proa.inspect("box", "{{.State.Error}}").contains("the exit code is not known"))
        #expect(try proa.check("ps", "-q").text == "")
        #expect(try proa("kill", "box").status == 1)
        try proa.check("start", "box")
        #expect(try proa.inspect("box", "{{.State.Status}}") == "running")
    }
}
