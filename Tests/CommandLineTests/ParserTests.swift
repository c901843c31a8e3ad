import Primitives
import Testing

@testable import CommandLine

@Suite struct ParserTests {
    @Test("letters may be joined, with and without values")
    func clusters() throws {
        let (command, options, operands) = try run("run -itd -eA=b -e=C --rm=false --name web alpine ls -l")
        #expect(command.verb == .containerRun)
        #expect(options.bool(.interactive) && options.bool(.tty) && options.bool(.detach))
        #expect(!options.bool(.rm) && options.isSet(.rm))
        #expect(options.strings(.env) == ["A=b", "C"])
        #expect(options.string(.name) == "web")
        #expect(operands == ["alpine", "ls", "-l"])
    }

    @Test(
        "options after the image belong to the container's program",
        arguments: [
            ("run a --foo -x", ["a", "--foo", "-x"]),
            ("run -- a --foo", ["a", "--foo"]),
            ("run --rm -- -a", ["-a"]),
            ("run a -- b", ["a", "--", "b"]),
            ("run -", ["-"]),
            ("run '' x", ["", "x"]),
            ("exec -it a sh -c x", ["a", "sh", "-c", "x"]),
            ("top a -ef", ["a", "-ef"]),
        ])
    func stopsAtOperand(line: String, expected: [String]) throws {
        #expect(try run(line).2 == expected)
    }

    @Test(
        "options may follow the operands of other commands",
        arguments: [
            ("rm a -f", ["a"]), ("rm a -- -f", ["a", "-f"]), ("logs -- a", ["a"]), ("stop a -t 5 b", ["a", "b"]),
        ])
    func interspersed(line: String, expected: [String]) throws {
        #expect(try run(line).2 == expected)
    }

    @Test(
        "every spelling reaches its command",
        arguments: [
            ("ps", Verb.containerList), ("container ls", .containerList), ("container list", .containerList),
            ("container ps", .containerList), ("images", .imageList), ("image list", .imageList), ("rmi a", .imageRemove),
            ("image remove a", .imageRemove), ("container remove a", .containerRemove), ("info", .info),
            ("system info", .info), ("-D --log-level debug ps -a", .containerList), ("--context default ps", .containerList),
            ("-- ps", .containerList), ("--version ps", .containerList), ("__complete images", .complete),
            ("completion zsh", .completionZsh),
        ])
    func spellings(line: String, verb: Verb) throws {
        #expect(try run(line).0.verb == verb)
    }

    @Test("a value is the next word whatever it looks like")
    func valueLooksLikeOption() throws {
        let (_, options, operands) = try run("run --name --rm -e -- a")
        #expect(options.string(.name) == "--rm")
        #expect(options.strings(.env) == ["--"])
        #expect(operands == ["a"])
        #expect(!options.bool(.rm))
    }

    @Test("the last value counts, lists collect, defaults hold")
    func values() throws {
        let (_, options, _) = try run(
            "run --shm-size 64m --shm-size 1k --sysctl net.a=1 --sysctl net.a=2 --dns-opt x "
                + "--dns-option y --label k --net none a")
        #expect(options.int(.shmSize) == 1024)
        #expect(options.pairs(.sysctl).map(\.key) == ["net.a"])
        #expect(options.pairs(.sysctl).map(\.value) == ["2"])
        #expect(options.strings(.dnsOption) == ["x", "y"])
        #expect(options.pairs(.label).first?.value == "")
        #expect(options.strings(.network) == ["none"])
        #expect(options.bool(.sigProxy) && options.string(.pull) == "missing" && options.string(.restart) == "no")
        #expect(options.intIfSet(.stopTimeout) == nil && options.stringIfSet(.user) == nil)
        #expect(try run("ps").1.int(.last) == -1)
    }

    @Test("checked values are stored in one form")
    func normalised() throws {
        let (_, options, _) = try run("run -a STDIN --add-host a=::1 --add-host b:[::2] --add-host c:host-gateway a")
        #expect(options.strings(.attach) == ["stdin"])
        #expect(options.strings(.addHost) == ["a:::1", "b:::2", "c:host-gateway"])
        #expect(try run("ps -f Status=running -f name=a=b").1.strings(.filter) == ["status=running", "name=a=b"])
        #expect(try run("rmi --platform a,b --platform c x").1.strings(.platforms) == ["a", "b", "c"])
    }

    @Test("an old spelling works and says so")
    func deprecated() throws {
        let invocation = Parser(program: "docker").parse(["stop", "--time", "5", "a"])
        #expect(invocation.notices == ["Flag --time has been deprecated, use --timeout instead"])
        #expect(try run("stop --time 5 a").1.int(.timeout) == 5)
    }

    @Test("an option without effect is accepted with a warning")
    func warned() {
        let invocation = Parser(program: "proa").parse(["run", "--kernel-memory", "5m", "a"])
        #expect(invocation.notices == ["WARNING: --kernel-memory: the kernel has no such limit any more"])
        guard case .run = invocation.action else { return #expect(Bool(false), "not carried out") }
    }
}

@Suite struct HelpWordTests {
    @Test(
        "help goes where docker puts it",
        arguments: [
            ("", "[OPTIONS] COMMAND", true), ("-D", "[OPTIONS] COMMAND", true), ("--help", "[OPTIONS] COMMAND", false),
            ("help", "[OPTIONS] COMMAND", false), ("foo --help", "[OPTIONS] COMMAND", false),
            ("container", "container COMMAND", true), ("container --help", "container COMMAND", false),
            ("help container", "container COMMAND", false), ("container foo -h", "container COMMAND", false),
            ("ps -h", "ps [OPTIONS]", false), ("ps --help extra", "ps [OPTIONS]", false),
            ("help container ls", "container ls [OPTIONS]", false), ("container --help list", "container ls [OPTIONS]", false),
            ("-h ps", "ps [OPTIONS]", false), ("--help rm a", "rm [OPTIONS] CONTAINER [CONTAINER...]", false),
            ("help help", "help [command]", false),
        ])
    func help(line: String, usage: String, onStandardError: Bool) {
        guard case .help(let text, let onError) = Parser(program: "proa").parse(words(line)).action else {
            return #expect(Bool(false), "no help: \(line)")
        }
        #expect(text.hasPrefix("Usage:  proa \(usage)\n\n"))
        #expect(onError == onStandardError)
    }

    @Test("version is asked for before a command word", arguments: ["-v", "--version", "-Dv", "foo -v"])
    func version(line: String) {
        guard case .version = Parser(program: "proa").parse(words(line)).action else {
            return #expect(Bool(false), "no version: \(line)")
        }
    }
}

func words(_ line: String) -> [String] {
    line.split(separator: " ").map { $0 == "''" ? "" : String($0) }
}

/// The parts of a command line that is to be carried out.
func run(_ line: String) throws -> (CommandSpec, ParsedOptions, [String]) {
    let action = Parser(program: "docker").parse(words(line)).action
    guard case .run(let command, let options, let operands) = action else {
        throw Failure(.invalid, "not carried out: \(line): \(action)")
    }
    return (command, options, operands)
}
