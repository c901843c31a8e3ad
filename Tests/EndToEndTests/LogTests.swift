import Primitives
import TestSupport
import Testing

@Suite struct LogTests {
    /// A container that wrote five lines, the last to its errors, and ended.
    private func ended(_ proa: Proa) throws -> String {
        let container = try proa.start("for i in 1 2 3 4; do echo line $i; sleep 0.05; done; echo problem >&2")
        try proa.check("wait", container)
        return container
    }

    @Test("logs keep output and errors apart, whole or the last lines")
    func tail() throws {
        let proa = try Proa.withBusybox()
        let container = try ended(proa)
        let all = try proa("logs", container)
        #expect(all.text == "line 1\nline 2\nline 3\nline 4\n" && all.errorText == "problem\n")
        let last = try proa("logs", "-n", "2", container)
        #expect(last.text == "line 4\n" && last.errorText == "problem\n")
        #expect(try proa("logs", "--tail", "0", container).text == "")
        #expect(try proa("logs", "nobody").status == 1)
    }

    @Test("logs show times, and choose by them")
    func times() throws {
        let proa = try Proa.withBusybox()
        let container = try ended(proa)
        let stamped = try proa.check("logs", "-t", container).lines.map { $0.split(separator: " ", maxSplits: 1).map(String.init) }
        #expect(stamped.map { $0[1] } == ["line 1", "line 2", "line 3", "line 4"])
        let times = stamped.map { $0[0] }
        #expect(times == times.sorted() && times.allSatisfy { $0.count == 30 && $0.hasSuffix("Z") })
        #expect(try proa("logs", "--since", times[2], container).lines == ["line 3", "line 4"])
        #expect(try proa("logs", "--until", times[1], container).lines == ["line 1", "line 2"])
        #expect(try proa("logs", "--since", "1h", container).lines.count == 4)
        #expect(try proa("logs", "--until", "1h", container).text == "")
    }

    @Test("logs -f goes on to the container's end")
    func follow() throws {
        let proa = try Proa.withBusybox()
        let shared = try proa.waiting("box", each: "[ -e /shared/more ] && rm /shared/more && echo more")
        let logs = try proa.background("logs", "-f", "box")
        try shared.write("more")
        try logs.expect("more\n")
        try shared.write("more")
        try logs.expect("more\nmore\n")
        try shared.go()
        #expect(try logs.end().status == 0)
    }

    @Test("a log is turned over at its size and keeps its newest lines in order")
    func rotation() throws {
        let proa = try Proa.withBusybox()
        let options = ["--log-opt", "max-size=20k", "--log-opt", "max-file=3"]
        let container = try proa.start(options, "seq 1 3000")
        try proa.check("wait", container)
        let numbers = try proa.check("logs", container).lines.compactMap { Int($0) }
        #expect(numbers.count > 400 && numbers.count < 1500)
        #expect(numbers == Array((3001 - numbers.count)...3000))
        #expect(try proa("logs", "-n", "700", container).lines.compactMap { Int($0) } == numbers.suffix(700))
        let files = try Command("find", [proa.directory(of: container), "-maxdepth", "1", "-name", "*-json.log*", "-printf", "%s\\n"])
            .check().lines
        #expect(files.count == 3 && files.compactMap { Int($0) }.allSatisfy { $0 <= 20480 })
    }

    @Test("lines longer than 16 KiB and bytes that are no text are kept")
    func odd() throws {
        let proa = try Proa.withBusybox()
        let script = "head -c 50000 /dev/zero | tr '\\0' x; echo; printf 'a\\377\\376b\\n'; printf 'no end'"
        let container = try proa.start(script)
        try proa.check("wait", container)
        let long = String(repeating: "x", count: 50000)
        let outcome = try proa("logs", container)
        #expect(outcome.text == "\(long)\na\u{FFFD}\u{FFFD}b\nno end")
        #expect(try proa("logs", "-n", "1", container).text == "no end")
        #expect(try proa.run(script).output == Array((long + "\na").utf8) + [0xff, 0xfe] + Array("b\nno end".utf8))
    }

    @Test("without a log driver there are no logs, and output still comes")
    func none() throws {
        let proa = try Proa.withBusybox()
        #expect(try proa.run(["--log-driver", "none"], "echo here").text == "here\n")
        let container = try proa.start(["--log-driver", "none"], "echo here")
        try proa.check("wait", container)
        let outcome = try proa("logs", container)
        #expect(outcome.status == 1 && outcome.text == "")
    }
}
