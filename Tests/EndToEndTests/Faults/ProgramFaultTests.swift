import Primitives
import TestSupport
import Testing

/// Programs that cannot be executed, names that are taken, command lines that are wrong.
@Suite struct ProgramFaultTests {

    @Test("a program that cannot run has docker's exit code and a reason, and the container is removed")
    func programs() throws {
        let proa = try Fault.installed("programs")
        let script = """
            mkdir bin; cd bin
            machine=267; [ "$(uname -m)" = aarch64 ] && machine=076
            printf '\\177ELF\\2\\1\\1\\0\\0\\0\\0\\0\\0\\0\\0\\0\\2\\0' >foreign
            printf "\\\\$machine\\0" >>foreign; head -c 4096 /dev/zero >>foreign
            printf '#!/no/such/interpreter\\n' >script; printf 'no program\\n' >rubbish
            chmod 755 foreign script rubbish; : >plain
            """
        try Command("/bin/sh", ["-euc", script], directory: proa.scratch.path).check()
        let rows: [(String, Int32, String)] = [
            ("missing", 127, "exec: \"missing\": executable file not found in $PATH"),
            ("/missing", 127, "exec: \"/missing\": stat /missing: no such file or directory"),
            ("/test", 126, "exec: \"/test\": permission denied"),
            ("/test/plain", 126, "exec: \"/test/plain\": permission denied"),
            ("/test/foreign", 126, "exec: \"/test/foreign\": exec format error"),
            ("/test/rubbish", 126, "exec: \"/test/rubbish\": exec format error"),
            ("/test/script", 127, "exec: \"/test/script\": stat /test/script: no such file or directory"),
        ]
        for (program, status, text) in rows {
            let outcome = try proa("run", "--rm", "-v", "\(proa.scratch.path)/bin:/test", "tool", program)
            #expect(outcome.status == status, "\(program): \(outcome.errorText)")
            #expect(outcome.errorText == "proa: \(text)\n")
        }
        #expect(try proa.check("ps", "-aq").text == "")
        #expect(try Fault.leftovers(proa) == [])
        // Without --rm the container stays and knows why.
        #expect(try proa("run", "--name", "kept", "tool", "missing").status == 127)
        #expect(try proa.check("inspect", "--format", "{{.State.ExitCode}} {{.State.Error}}", "kept").text.hasPrefix("127 exec: "))
    }

    @Test("a bind mount's missing source is an error that names it")
    func source() throws {
        let proa = try Fault.installed("source")
        let missing = "\(proa.scratch.path)/missing"
        let outcome = try proa("run", "--rm", "--mount", "type=bind,src=\(missing),dst=/x", "tool", "true")
        #expect(outcome.status == 125 && outcome.errorText.contains(missing), "\(outcome.errorText)")
        #expect(try proa.check("ps", "-aq").text == "")
    }

    @Test(
        "a wrong command line has docker's text and code",
        arguments: [
            (["run", "--bogus", "x"], Int32(125), "unknown flag: --bogus"), (["run"], 1, "proa: 'proa run' requires at least 1 argument"),
            (["pull"], 1, "proa: 'proa pull' requires 1 argument"), (["frob"], 1, "proa: unknown command: proa frob"),
            (["rm"], 1, "proa: 'proa rm' requires at least 1 argument"), (["ps", "--bogus"], 125, "unknown flag: --bogus"),
        ])
    func commandLine(_ words: [String], _ status: Int32, _ first: String) throws {
        let proa = try Proa("command-line")
        let outcome = try proa.command(words).run()
        #expect(outcome.status == status)
        #expect(outcome.errorText.hasPrefix(first + "\n"), "\(outcome.errorText)")
        #expect(outcome.text == "")
        // A wrong command line touches nothing.
        #expect(try Fault.names(proa, "") == [])
    }
}
