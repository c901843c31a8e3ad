import Primitives
import TestSupport
import Testing

/// With less than an ordinary user has, and inside another container.
@Suite struct PrivilegeTests {
    @Test("proa runs inside a privileged container of proa")
    func nested() throws {
        let proa = try Proa.withDebian()
        let inner = "proa run --rm proa.builtin/hello && id=$(proa create proa.builtin/hello) && proa start -a $id && proa ps -aq | wc -l"
        let outcome = try proa(
            "run", "--rm", "--privileged", "-v", "\(Proa.binary()):/usr/bin/proa:ro", "--tmpfs", "/var/lib/proa", "--tmpfs", "/run",
            "debian", "bash", "-c", inner)
        #expect(outcome.status == 0, "\(outcome.errorText)")
        #expect(outcome.lines.last == "1")
    }

    @Test(
        "a user without subordinate ids gets containers with a single id",
        .enabled(if: Place.isRoot, "only root can act as a user without subordinate ids"))
    func singleID() throws {
        let name = try TestImages.pushedBusybox()
        let proa = try Proa()
        let binary = proa.scratch.path + "/proa"
        try Command("cp", [Proa.binary(), binary]).check()
        // An id that no file of users knows.
        let id = "54321"
        try Command("chown", ["-R", "\(id):\(id)", proa.scratch.path]).check()
        func run(_ arguments: String...) throws -> Outcome {
            let words = ["--reuid", id, "--regid", id, "--clear-groups", "--", binary] + arguments
            return try Command("setpriv", words, environment: proa.environment, directory: proa.scratch.path).run()
        }
        #expect(try run("pull", "-q", name).status == 0)
        let shown = try run(
            "run", "--rm", "--network=none", name, "sh", "-c", "id -u; stat -c %u /home/user/file; cat /proc/self/uid_map; echo x >/x && exit 4")
        #expect(shown.status == 4, "\(shown.errorText)")
        #expect(shown.lines.prefix(2) == ["0", "0"])
        #expect(shown.lines.last?.split(separator: " ") == ["0", "54321", "1"])
        #expect(try run("run", "--rm", "-u", "1000", name, "true").status == 125)
        #expect(try run("run", "-d", "--name", "box", name, "sleep", "60").status == 0)
        #expect(try run("exec", "box", "sh", "-c", "exit 8").status == 8)
        #expect(try run("rm", "-f", "box").status == 0)
        #expect(try run("rmi", name).status == 0)
    }
}
