import LinuxSys
import Primitives
import TestSupport
import Testing

/// Leaked descriptors and working directories (CVE-2024-21626), and the caller's own files and terminal.
@Suite struct DescriptorTests {
    /// Executed in the shell's place: number 3 is the directory that `ls` reads.
    static let list = "exec ls -l /proc/self/fd"

    /// Number and target of every descriptor that `list` printed.
    private func isClean(_ outcome: Outcome) -> Bool {
        var targets: [String: String] = [:]
        for line in outcome.lines.dropFirst() {
            let words = line.split(separator: " ").map(String.init)
            guard let arrow = words.firstIndex(of: "->"), arrow > 0, arrow + 1 < words.count else { continue }
            targets[words[arrow - 1]] = words[arrow + 1]
        }
        let isOwn = { (target: String) in target == "/dev/null" || target.hasPrefix("pipe:[") || target.hasPrefix("/proc/") }
        return Set(targets.keys).isSubset(of: ["0", "1", "2", "3"]) && targets.count >= 3 && targets.values.allSatisfy(isOwn)
            && outcome.lines.count <= 5
    }

    /// proa with standard input from a file or directory of the host.
    private func redirected(_ attack: Attack, _ arguments: [String], from path: String) throws -> Outcome {
        try Command(
            "/bin/sh", ["-c", "from=$1; shift; exec \"$@\" <\"$from\"", "sh", path, Proa.binary()] + arguments,
            environment: attack.proa.environment, timeoutSeconds: 30
        ).run()
    }

    @Test("a container has three descriptors: pipes, or its own null device")
    func run() throws {
        let attack = try Attack()
        #expect(try isClean(attack.run([], Self.list)))
        #expect(try isClean(attack.run(["-i"], Self.list)))
        #expect(try isClean(attack.run(["--init"], Self.list)))
        try attack.start()
        #expect(try isClean(attack.exec([], Self.list)))
        #expect(try isClean(attack.exec(["-i"], Self.list)))
        try attack.end()
    }

    @Test("a descriptor that is there is noticed")
    func control() throws {
        let attack = try Attack()
        #expect(try !isClean(attack.run([], "exec 7</etc/passwd; " + Self.list)))
    }

    @Test("a file or a directory of the host as standard input arrives as a pipe")
    func redirections() throws {
        let attack = try Attack()
        let file = attack.canary + "/file"
        let run = try redirected(
            attack, ["run", "--rm", "-q", "-i", attack.image, "sh", "-c", "readlink /proc/self/fd/0; cat"], from: file)
        #expect(run.lines.first?.hasPrefix("pipe:[") == true && attack.leaks(run))
        try attack.start()
        let exec = try redirected(attack, ["exec", "-i", "victim", "sh", "-c", "readlink /proc/self/fd/0; cat"], from: file)
        #expect(exec.lines.first?.hasPrefix("pipe:[") == true && attack.leaks(exec))
        for arguments in [["exec", "-i", "victim"], ["run", "--rm", "-q", "-i", attack.image]] {
            let escape = ["sh", "-c", "readlink /proc/self/fd/0; cat /proc/self/fd/0/file; cat <&0"]
            let outcome = try redirected(attack, arguments + escape, from: attack.canary)
            #expect(!attack.leaks(outcome) && !outcome.text.contains(attack.canary), "\(outcome.text)")
        }
        try attack.end()
        #expect(try attack.isUntouched())
    }

    @Test("a container on a terminal has a terminal of its own, not the caller's")
    func terminal() throws {
        let attack = try Attack()
        try attack.proa.command(["pull", "-q", attack.image]).check()
        let script = "ls -l /proc/self/fd; tty; ls /dev/pts | tr '\\n' ' '; echo end"
        let terminal = try attack.proa.terminal("run", "--rm", "-it", attack.image, "sh", "-c", script)
        let shown = try terminal.expect("end")
        let targets = shown.split(separator: " -> ").dropFirst().map { $0.prefix { !$0.isWhitespace } }
        #expect(targets.count >= 3 && targets.allSatisfy { $0 == "/dev/pts/0" || $0.hasPrefix("/proc/") }, "\(shown)")
        #expect(shown.contains("0 ptmx"))
        #expect(try terminal.end() == 0)
    }

    @Test("without -t the caller's terminal cannot be reached: nothing is controlling, nothing can be pushed into it")
    func noTerminal() throws {
        let attack = try Attack()
        try attack.proa.command(["pull", "-q", attack.image]).check()
        let script = "echo fds $(readlink /proc/self/fd/0) $(readlink /proc/self/fd/1); (echo escaped >/dev/tty) 2>&1; tty; echo end"
        let terminal = try attack.proa.terminal("run", "--rm", "-i", attack.image, "sh", "-c", script)
        let shown = try terminal.expect("end")
        #expect(!shown.contains("escaped") && shown.contains("not a tty") && !shown.contains("/dev/pts"), "\(shown)")
        _ = try terminal.end()
    }

    @Test("a working directory behind a descriptor is refused", arguments: 0...11)
    func workingDirectory(_ number: Int) throws {
        let escape = "/proc/self/fd/\(number)"
        let attack = try Attack(["WorkingDir": .string(escape)])
        let script = "cat ../../../../../../..\(attack.canary)/file; cat file; ls -a ."
        #expect(try !attack.leaks(attack.run([], script)))
        for options in [["-w", escape], ["-w", "\(escape)/../../.."], ["-w", "/proc/1/cwd"], ["-w", "/proc/self/root/tmp/../.."]] {
            #expect(try !attack.leaks(attack.run(options, script)))
        }
        try attack.start(["-w", "/"])
        for options in [["-w", escape], ["-w", "\(escape)/.."]] { #expect(try !attack.leaks(attack.exec(options, script))) }
        try attack.end()
        #expect(try attack.isUntouched())
    }
}
