import Primitives
import TestSupport
import Testing

/// The harness itself: a test that drives programs must notice what goes wrong with them.
@Suite struct HarnessTests {
    @Test(
        "exit codes and signals are told as a shell tells them",
        arguments: [("exit 0", 0), ("exit 7", 7), ("kill -9 $$", 137), ("exit 255", 255)])
    func status(_ script: String, _ status: Int32) throws {
        #expect(try Command("/bin/sh", ["-c", script]).run().status == status)
    }

    @Test("input, output and errors are kept apart and complete")
    func streams() throws {
        let input = String(repeating: "0123456789abcde\n", count: 40000)
        let outcome = try Command("/bin/sh", ["-c", "cat; echo done >&2"], input: input).run()
        #expect(outcome.status == 0 && outcome.text == input && outcome.errorText == "done\n")
    }

    @Test("a program may end without reading its input")
    func unreadInput() throws {
        let outcome = try Command("/bin/true", input: String(repeating: "x", count: 1 << 20)).run()
        #expect(outcome.status == 0)
    }

    @Test("a program that does not end is killed and named")
    func timeout() throws {
        do throws(Failure) {
            _ = try Command("/bin/sh", ["-c", "echo begun; sleep 60; echo late"], timeoutSeconds: 1).run()
            Issue.record("a command outlived its time")
        } catch {
            #expect(error.kind == .unavailable)
            #expect(error.message.contains("begun\n"))
        }
    }

    @Test("a process left behind that holds the output is noticed, one that does not is not")
    func heldOutput() throws {
        #expect(try Command("/bin/sh", ["-c", "sleep 5 &"]).run().outputHeldOpen)
        #expect(try !Command("/bin/sh", ["-c", "sleep 5 >/dev/null 2>&1 &"]).run().outputHeldOpen)
    }

    @Test("only the given environment and directory reach the program")
    func environment() throws {
        let outcome = try Command("/usr/bin/env", environment: ["ONE": "1"]).run()
        #expect(outcome.text == "ONE=1\n")
        #expect(try Command("/bin/pwd", environment: [:], directory: "/usr/lib").run().line == "/usr/lib")
    }

    @Test("a terminal shows what is typed, hands on its size, and ends with the program's code")
    func terminal() throws {
        let terminal = try Terminal(
            Command("/bin/sh", ["-c", "stty size; read word; stty size; echo got:$word; tty; exit 3"]), rows: 30, columns: 100)
        try terminal.expect("30 100")
        try terminal.resize(rows: 40, columns: 120)
        try terminal.send("hello\r")
        try terminal.expect("40 120")
        try terminal.expect("got:hello")
        try terminal.expect("/dev/pts/")
        #expect(try terminal.end() == 3)
    }

    @Test("ctrl-c reaches the program of a terminal")
    func interrupt() throws {
        let terminal = try Terminal(Command("/bin/sh", ["-c", "echo ready; exec sleep 60"]))
        try terminal.expect("ready")
        try terminal.send("\u{3}")
        #expect(try terminal.end() == 130)
    }

    @Test("waiting for text that never comes fails and shows the screen")
    func noText() throws {
        let terminal = try Terminal(Command("/bin/echo", ["something else"]))
        do throws(Failure) {
            try terminal.expect("the text", timeoutSeconds: 5)
            Issue.record("found text that is not there")
        } catch {
            #expect(error.message.contains("something else"))
        }
    }
}
