import Glibc
import LinuxSys
import Primitives
import TestSupport
import Testing

/// Hosts that lack something, and hosts that lose something while a container runs.
@Suite struct HostFaultTests {
    @Test("a store that cannot be written is named; what is there can be looked at")
    func readOnly() throws {
        let proa = try Fault.installed("read-only")
        try proa.check("run", "--name", "old", "tool", "echo", "hello")
        // Root writes where it likes, but not to a read-only mount.
        let unshare = ["--mount"] + (Place.isRoot ? [] : ["--user", "--map-root-user"])
        let body = """
            mount --bind "$XDG_DATA_HOME" "$XDG_DATA_HOME" && mount -o remount,bind,ro "$XDG_DATA_HOME" || exit 99
            "$proa" ps -a --format '{{.Names}}' && "$proa" images -q | wc -l && "$proa" logs old
            "$proa" run --rm tool true; echo "status $?"
            "$proa" rm old; echo "status $?"
            "$proa" pull -q 127.0.0.1:1/x; echo "status $?"
            """
        var environment = proa.environment
        environment["proa"] = try Proa.binary()
        let outcome = try Command("unshare", unshare + ["/bin/sh", "-c", body], environment: environment, directory: proa.scratch.path)
            .run()
        #expect(
            outcome.text.hasPrefix("old\n1\nhello\nstatus 125\nstatus 1\n") && outcome.text.hasSuffix("status 1\n"),
            "\(outcome.text)\(outcome.errorText)")
        let errors = outcome.errorText.split(separator: "\n")
        #expect(
            errors.count == 3 && errors.allSatisfy { $0.contains("read-only file system (EROFS)") && $0.contains(Fault.store(proa)) },
            "\(outcome.errorText)")
    }

    @Test("without HOME the store is found by the account's own home directory, or the error names the variables")
    func home() throws {
        let proa = try Proa("no-home")
        var command = try proa.command(["ps"])
        command.environment?["HOME"] = nil
        #expect(try command.run().status == 0)
        command.environment?["XDG_DATA_HOME"] = "/proc/nothing"
        let outcome = try command.run()
        #expect(outcome.status == 1 && outcome.errorText.contains("opening the store") && outcome.errorText.contains("/proc/nothing"))
    }

    @Test("a runtime directory that cannot be made or belongs to somebody else is named", arguments: ["/proc/nothing", "/dev/null/x"])
    func runtime(_ path: String) throws {
        let proa = try Fault.installed("runtime")
        var command = try proa.command(["run", "--rm", "tool", "true"])
        command.environment?["XDG_RUNTIME_DIR"] = path
        let outcome = try command.run()
        #expect(outcome.status == 125)
        #expect(
            outcome.errorText.hasPrefix("proa: opening the runtime directory: ") && outcome.errorText.contains(path), "\(outcome.errorText)"
        )
        #expect(try proa.check("ps", "-aq").text == "")
    }

    @Test("a container goes on when the runtime directory vanishes; only attaching needs it")
    func runtimeVanishes() throws {
        let proa = try Fault.installed("vanish")
        try proa.check("run", "-d", "--name", "on", "tool", "sh", "-c", "trap 'exit 3' TERM; echo hello; while :; do sleep 0.05; done")
        #expect(try Fault.comes { try proa.check("logs", "on").text == "hello\n" })
        try Directory.open(proa.scratch.path).removeTree("run")
        #expect(try proa.check("ps", "--format", "{{.Names}}").text == "on\n")
        #expect(try proa.check("exec", "on", "echo", "inside").text == "inside\n")
        let attach = try proa("attach", "--no-stdin", "on")
        #expect(attach.status == 1 && attach.errorText.contains("the monitor of container"))
        try proa.check("stop", "-t", "5", "on")
        #expect(try proa.check("inspect", "--format", "{{.State.ExitCode}}", "on").text == "3\n")
        try proa.check("start", "on")
        try proa.check("rm", "-f", "on")
    }

    @Test("a container whose monitor cannot clean up stays, and is removed by hand")
    func cleanupGone() throws {
        let proa = try Fault.installed("cleanup")
        let copy = "\(proa.scratch.path)/copy"
        try Command("install", ["-m", "755", try Proa.binary(), copy]).check()
        var command = try proa.command(["run", "-d", "--rm", "--name", "left", "tool", "sh", "-c", "sleep 0.5; exit 4"])
        command.program = copy
        try command.check()
        unlink(copy)
        #expect(try Fault.comes { try proa.check("ps", "-a", "--filter", "status=exited", "--format", "{{.Names}}").text == "left\n" })
        #expect(try proa.check("wait", "left").text == "4\n")
        try proa.check("rm", "left")
        #expect(try Fault.leftovers(proa) == [])
    }

    @Test("user namespaces that are switched off are named with their sysctl", .ownProc)
    func noUserNamespaces() throws {
        let proa = try Proa("no-userns")
        // In a namespace where nobody may make more of them; root there has one id and needs its own.
        let body = """
            echo 0 >/proc/sys/user/max_user_namespaces || exit 99
            script -qec "'$proa' run --rm proa.builtin/hello" /dev/null; echo "status $?"
            """
        var environment = proa.environment
        environment["proa"] = try Proa.binary()
        let outcome = try Command(
            "unshare", ["--user", "--map-root-user", "/bin/sh", "-c", body], environment: environment, directory: proa.scratch.path
        ).run()
        #expect(outcome.text.hasSuffix("status 125\n"), "\(outcome.text)\(outcome.errorText)")
        #expect(outcome.text.contains("hint: user namespaces are switched off here: sysctl user.max_user_namespaces="), "\(outcome.text)")
        #expect(!outcome.text.contains("are free in"))
    }

    @Test("root of a user namespace with one id has single ids, as a user without subordinate ids")
    func oneID() throws {
        let proa = try Proa("one-id")
        let registry = try Fault.registry([Fault.layer()])
        let body = "\"$proa\" run --rm \"$1\" sh -c 'echo works' && ls \"$XDG_DATA_HOME/proa\" | grep layers"
        var environment = proa.environment
        environment["proa"] = try Proa.binary()
        let outcome = try Command(
            "unshare", ["--user", "--map-root-user", "/bin/sh", "-c", body, "sh", "\(registry.address)/tool"], environment: environment,
            directory: proa.scratch.path
        ).run()
        #expect(outcome.text == "works\nlayers-single\n", "\(outcome.errorText)")
    }

    @Test(
        "without subordinate ids or their helper an ordinary user has one id, and is told so on a terminal",
        .enabled(if: Place.isRoot, "only root hides a file of the host"),
        arguments: [
            ("/etc/subuid", "/etc/subuid has no subordinate ids"), ("/usr/bin/newuidmap", "newuidmap and newgidmap are not installed"),
        ])
    func singleID(_ hidden: String, _ reason: String) throws {
        let proa = try Proa("single-id")
        let registry = try Fault.registry([Fault.layer()])
        let copy = "\(proa.scratch.path)/copy"
        try Command("install", ["-m", "755", try Proa.binary(), copy]).check()
        try Command("chmod", ["755", proa.scratch.path]).check()
        let body = """
            : >nothing; chmod 600 nothing
            mount --bind nothing "$2" || exit 99
            mkdir other; chown 65533:65533 other
            export XDG_DATA_HOME="$PWD/other/data" XDG_RUNTIME_DIR="$PWD/other/run" HOME="$PWD/other" TERM=dumb
            script -qec "setpriv --reuid 65533 --regid 65533 --clear-groups ./copy run --rm $1 sh -c 'echo it works'" /dev/null; echo "status $?"
            rm -rf other
            """
        // For the second row the user needs subordinate ids, which a file in their place gives.
        let subordinate = try proa.scratch.write("subordinate", "65533:700000:65536\n")
        let files = hidden == "/etc/subuid" ? "" : "for file in /etc/subuid /etc/subgid; do mount --bind \(subordinate) $file; done\n"
        let outcome = try Command(
            "unshare", ["--mount", "/bin/sh", "-c", files + body, "sh", "\(registry.address)/tool", hidden], environment: proa.environment,
            directory: proa.scratch.path
        ).run()
        #expect(outcome.text.contains("it works\r\n") && outcome.text.hasSuffix("status 0\n"), "\(outcome.text)\(outcome.errorText)")
        #expect(outcome.text.contains("proa: \(reason)"), "\(outcome.text)")
    }
}
