import Primitives
import TestSupport
import Testing

@Suite struct RunTests {
    @Test("a command's exit code is the container's, and docker's own codes tell what went wrong")
    func exitCodes() throws {
        let proa = try Proa.withBusybox()
        let rows: [(arguments: [String], status: Int32, error: String)] = [
            (["busybox", "true"], 0, ""),
            (["busybox", "sh", "-c", "exit 3"], 3, ""),
            (["--init", "busybox", "sh", "-c", "kill -9 $$"], 137, ""),
            (["--init", "busybox", "sh", "-c", "kill -TERM $$"], 143, ""),
            (["--pull", "never", "absent", "true"], 125, "absent"),
            (["--no-such-flag", "busybox", "true"], 125, "--no-such-flag"),
            (["-u", "stranger", "busybox", "true"], 125, "stranger"),
            (["busybox", "/etc"], 126, "permission denied"),
            (["busybox", "/etc/motd"], 126, "permission denied"),
            (["busybox", "no-such-program"], 127, "\"no-such-program\": executable file not found in $PATH"),
            (["busybox", "/no/such"], 127, "no such file or directory"),
        ]
        for row in rows {
            let outcome = try proa.command(["run", "--rm"] + row.arguments).run()
            #expect(outcome.status == row.status, "\(row.arguments): \(outcome.errorText)")
            #expect(row.error.isEmpty ? outcome.errors.isEmpty : outcome.errorText.contains(row.error), "\(outcome.errorText)")
        }
        #expect(try proa.check("ps", "-aq").text == "")
    }

    @Test("a caller who keeps his files to himself has containers that other users of them can read, and a private id file")
    func fileModeMask() throws {
        let proa = try Proa.withBusybox()
        let script = """
            umask 077
            "$0" run --rm --cidfile id -u "$1" busybox sh -c 'umask; stat -c %a / /etc/hosts /etc/resolv.conf' && stat -c %a id
            """
        let outcome = try Command(
            "/bin/sh", ["-c", script, try proa.command([]).program, Place.hasSeveralIDs ? "1000" : "0"], environment: proa.environment,
            directory: proa.scratch.path
        ).run()
        #expect(outcome.text == "0022\n755\n644\n644\n600\n", "\(outcome.errorText)")
    }

    @Test("output and errors come apart and complete, and -a chooses")
    func streams() throws {
        let proa = try Proa.withBusybox()
        let both = try proa.run("echo out; echo err >&2")
        #expect(both.text == "out\n" && both.errorText == "err\n")
        let one = try proa.run(["-a", "stderr"], "echo out; echo err >&2")
        #expect(one.text == "" && one.errorText == "err\n")
    }

    @Test("standard input reaches the program with -i only, and ends")
    func input() throws {
        let proa = try Proa.withBusybox()
        #expect(try proa.run(["-i"], "cat; echo over", input: "one\ntwo").text == "one\ntwoover\n")
        #expect(try proa.run("cat; echo over", input: "unseen").text == "over\n")
    }

    @Test("20 MB go through cat unharmed")
    func large() throws {
        let proa = try Proa.withBusybox()
        let pipeline = """
            head -c 20000000 /dev/urandom >given
            "$0" run --rm -i busybox cat <given >taken; echo $?
            cmp given taken && echo same
            """
        let command = try proa.command([])
        let outcome = try Command(
            "/bin/sh", ["-c", pipeline, command.program], environment: proa.environment, directory: proa.scratch.path
        )
        .run()
        #expect(outcome.text == "0\nsame\n", "\(outcome.errorText)")
    }

    @Test("a reader that comes late gets all 30 MB, and the container did not wait for it")
    func slowReader() throws {
        let proa = try Proa.withBusybox()
        let shared = SharedDirectory(path: try proa.scratch.directory("shared"))
        let pipeline = """
            "$0" run --rm -v "$PWD/shared:/shared" busybox sh -c 'head -c 30000000 /dev/zero; touch /shared/over' | {
                while ! [ -e shared/over ]; do sleep 0.02; done
                wc -c
            }
            """
        let command = try proa.command([])
        let outcome = try Command(
            "/bin/sh", ["-c", pipeline, command.program], environment: proa.environment, directory: proa.scratch.path
        )
        .run()
        #expect(outcome.line == "30000000", "\(outcome.errorText)")
        #expect(shared.contains("over"))
    }

    @Test("of two containers with one name at once exactly one comes to be")
    func names() throws {
        let proa = try Proa.withBusybox()
        let rivals = try (0..<4).map { _ in try proa.background("run", "-d", "--name", "only", "busybox", "sleep", "60") }
        let outcomes = try rivals.map { try $0.end() }
        #expect(outcomes.map(\.status).sorted() == [0, 125, 125, 125])
        for loser in outcomes where loser.status != 0 { #expect(loser.errorText.contains("is already in use by container")) }
        #expect(try proa.check("ps", "-aq", "--no-trunc").lines == outcomes.filter { $0.status == 0 }.map(\.line))
    }

    @Test("twenty containers start at once")
    func many() throws {
        let proa = try Proa.withBusybox()
        let runs = try (0..<20).map { _ in try proa.background("run", "-d", "busybox", "sleep", "60") }
        let outcomes = try runs.map { try $0.end() }
        #expect(outcomes.allSatisfy { $0.status == 0 && $0.errors.isEmpty && !$0.outputHeldOpen })
        let ids = Set(outcomes.map(\.line))
        #expect(ids.count == 20)
        #expect(try Set(proa.check("ps", "-q", "--no-trunc").lines) == ids)
        #expect(try proa.command(["rm", "-f"] + ids).check().lines.count == 20)
        #expect(try proa.check("ps", "-aq").text == "")
    }

    @Test("ctrl-c of a foreground run reaches the program, whose code comes back")
    func interrupt() throws {
        let proa = try Proa.withBusybox()
        let script = "trap 'exit 42' INT; echo ready; while :; do sleep 0.05; done"
        let run = try proa.background("run", "--rm", "busybox", "sh", "-c", script)
        try run.expect("ready")
        run.send(signal: 2)
        #expect(try run.end().status == 42)
        #expect(try proa.check("ps", "-aq").text == "")
    }

    @Test("the container outlives a killed foreground command, and --rm still removes it at its end")
    func killedCommand() throws {
        let proa = try Proa.withBusybox()
        let shared = SharedDirectory(path: try proa.scratch.directory("shared"))
        let script = "echo ready; " + SharedDirectory.script(each: "echo more")
        let run = try proa.background("run", "--rm", "--name", "box", "-v", "\(shared.path):/shared", "busybox", "sh", "-c", script)
        try run.expect("ready")
        run.send(signal: 9)
        #expect(try run.end().status == 137)
        #expect(try proa.check("ps", "--format", "{{.Names}} {{.State}}").line == "box running")
        try shared.go()
        try eventually("the container is removed") { try proa.check("ps", "-aq").text == "" }
        #expect(shared.contains("over"))
        try eventually("its files are gone") {
            let root = try proa.check("info", "--format", "{{.DockerRootDir}}").line
            // The removal may be under way while find looks: then it complains, and is asked again.
            let found = try Command("find", [root, "-path", "*container*", "-name", "config.json"]).run()
            return found.status == 0 && found.text.isEmpty
        }
    }
}
