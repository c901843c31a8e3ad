import Primitives
import TestSupport
import Testing

@Suite struct TerminalTests {
    @Test("bash has job control, a size that follows the window, and keeps its exit code")
    func jobControl() throws {
        let proa = try Proa.withDebian()
        let terminal = try proa.terminal("run", "-it", "--rm", "debian", "bash", "--norc", rows: 30, columns: 100)
        try terminal.expect("# ")
        try terminal.send("stty size; tty\r")
        try terminal.expect("30 100")
        try terminal.expect("/dev/pts/0")
        // A key that comes before the program has the terminal would go to the shell: the program says when it has it.
        try terminal.send("bash -c 'trap \"echo conti\"\"nued\" CONT; echo re\"\"ady; while :; do :; done'\r")
        try terminal.expect("ready")
        try terminal.send("\u{1A}")
        try terminal.expect("Stopped")
        try terminal.send("jobs; echo li\"\"sted\r")
        try terminal.expect("Stopped")
        try terminal.expect("listed")
        try terminal.send("fg\r")
        try terminal.expect("continued")
        try terminal.send("\u{3}")
        try terminal.expect("# ")
        try terminal.send("echo code=$?\r")
        try terminal.expect("code=130")
        try terminal.resize(rows: 41, columns: 121)
        try terminal.send("until [ \"$(stty size)\" = '41 121' ]; do sleep 0.05; done; echo re\"\"sized\r")
        try terminal.expect("resized")
        try terminal.send("exit 7\r")
        #expect(try terminal.end() == 7)
        #expect(try proa.check("ps", "-aq").text == "")
    }

    @Test("ctrl-p ctrl-q leaves the container running, and attach comes back to it")
    func detach() throws {
        let proa = try Proa.withBusybox()
        let first = try proa.terminal("run", "-it", "--name", "box", "busybox", "sh")
        try first.expect("# ")
        try first.send("word=kept\r")
        try first.expect("# ")
        try first.send("\u{10}\u{11}")
        #expect(try first.end() == 0)
        #expect(try proa.inspect("box", "{{.State.Running}}") == "true")

        let second = try proa.terminal("attach", "--detach-keys", "ctrl-x", "box", rows: 33, columns: 99)
        try second.send("echo $word-$((40+2))\r")
        try second.expect("kept-42")
        try second.send("stty size\r")
        try second.expect("33 99")
        try second.send("\u{18}")
        #expect(try second.end() == 0)

        let third = try proa.terminal("attach", "box")
        try third.send("exit 9\r")
        #expect(try third.end() == 9)
        #expect(try proa.inspect("box", "{{.State.ExitCode}}") == "9")
    }

    @Test("a terminal without input shows output once, and -it refuses what is no terminal")
    func withoutInput() throws {
        let proa = try Proa.withBusybox()
        #expect(try proa.run(["-t"], "tty; echo error >&2").text == "/dev/pts/0\r\nerror\r\n")
        let refused = try proa.run(["-it"], "true")
        #expect(refused.status == 1 && refused.errorText.contains("the input device is not a TTY"))
    }

    @Test("exec gives a terminal of its own")
    func exec() throws {
        let proa = try Proa.withBusybox()
        let container = try proa.start("sleep 60")
        let terminal = try proa.terminal("exec", "-it", container, "sh", rows: 31, columns: 101)
        try terminal.expect("# ")
        try terminal.send("tty; stty size\r")
        try terminal.expect("/dev/pts/")
        try terminal.expect("31 101")
        try terminal.resize(rows: 42, columns: 122)
        try terminal.send("until [ \"$(stty size)\" = '42 122' ]; do sleep 0.05; done; echo re\"\"sized\r")
        try terminal.expect("resized")
        try terminal.send("sh -c 'echo re\"\"ady; exec sleep 100'\r")
        try terminal.expect("ready")
        try terminal.send("\u{3}")
        try terminal.expect("# ")
        try terminal.send("echo code=$?\r")
        try terminal.expect("code=130")
        try terminal.send("exit 5\r")
        #expect(try terminal.end() == 5)
    }
}
