import Testing

@testable import CommandLine

@Suite struct UsageErrorTests {
    @Test(
        "a wrong option is told in pflag's words",
        arguments: [
            ("run -itx a", "unknown shorthand flag: 'x' in -x"),
            ("run -ix=y a", "unknown shorthand flag: 'x' in -x=y"),
            ("run -=x", "unknown shorthand flag: '=' in -=x"),
            ("run -d= a", "unknown shorthand flag: '=' in -="),
            ("run -é a", "unknown shorthand flag: 'Ã' in -é"),
            ("run --nam x", "unknown flag: --nam"),
            ("run --foo=bar a", "unknown flag: --foo"),
            ("run --é", "unknown flag: --é"),
            ("run --=x a", "bad flag syntax: --=x"),
            ("run ---x", "bad flag syntax: ---x"),
            ("run ---", "bad flag syntax: ---"),
            ("run --name", "flag needs an argument: --name"),
            ("run -ite", "flag needs an argument: 'e' in -e"),
            ("run -h", "flag needs an argument: 'h' in -h"),
            ("run --rm=maybe a", #"invalid argument "maybe" for "--rm" flag: strconv.ParseBool: parsing "maybe": invalid syntax"#),
            ("run --detach=tRUE a", #"invalid argument "tRUE" for "-d, --detach" flag: strconv.ParseBool: parsing "tRUE": invalid syntax"#),
            ("run --rm= a", #"invalid argument "" for "--rm" flag: strconv.ParseBool: parsing "": invalid syntax"#),
            ("run -c x a", #"invalid argument "x" for "-c, --cpu-shares" flag: strconv.ParseInt: parsing "x": invalid syntax"#),
            (
                "run --blkio-weight 70000 a",
                #"invalid argument "70000" for "--blkio-weight" flag: strconv.ParseUint: parsing "70000": value out of range"#
            ),
            (
                "run --blkio-weight -1 a",
                #"invalid argument "-1" for "--blkio-weight" flag: strconv.ParseUint: parsing "-1": invalid syntax"#
            ),
            ("run --cpus x a", #"invalid argument "x" for "--cpus" flag: failed to parse x as a rational number"#),
            ("run --cpus 1.0000000001 a", #"invalid argument "1.0000000001" for "--cpus" flag: value is too precise"#),
            ("run -m 5x a", #"invalid argument "5x" for "-m, --memory" flag: invalid suffix: 'x'"#),
            ("run --shm-size x a", #"invalid argument "x" for "--shm-size" flag: invalid size: 'x'"#),
            (
                "run --shm-size 1.5.5 a",
                #"invalid argument "1.5.5" for "--shm-size" flag: strconv.ParseFloat: parsing "1.5.5": invalid syntax"#
            ),
            ("run --health-interval 5 a", #"invalid argument "5" for "--health-interval" flag: time: missing unit in duration "5""#),
            ("run -e =x a", #"invalid argument "=x" for "-e, --env" flag: invalid environment variable: =x"#),
            ("run --label '' a", #"invalid argument "" for "-l, --label" flag: invalid label '': empty name"#),
            ("run -a foo a", #"invalid argument "foo" for "-a, --attach" flag: valid streams are STDIN, STDOUT and STDERR"#),
            ("run --add-host x a", #"invalid argument "x" for "--add-host" flag: bad format for add-host: "x""#),
            ("run --add-host a:b a", #"invalid argument "a:b" for "--add-host" flag: invalid IP address in add-host: "b""#),
            ("run --dns x a", #"invalid argument "x" for "--dns" flag: IP address is not correctly formatted: x"#),
            ("run --dns-search x.. a", #"invalid argument "x.." for "--dns-search" flag: x.. is not a valid domain"#),
            ("run --sysctl kernel.foo=1 a", #"invalid argument "kernel.foo=1" for "--sysctl" flag: sysctl 'kernel.foo=1' is not allowed"#),
            ("run --ulimit foo=1 a", #"invalid argument "foo=1" for "--ulimit" flag: invalid ulimit type: foo"#),
            (
                "run --ulimit nofile=5:3 a",
                #"invalid argument "nofile=5:3" for "--ulimit" flag: ulimit soft limit must be less than or equal to hard limit: 5 > 3"#
            ),
            ("run --mount x a", #"invalid argument "x" for "--mount" flag: invalid field 'x' must be a key=value pair"#),
            (
                "run --stop-timeout \" a",
                #"invalid argument "\"" for "--stop-timeout" flag: strconv.ParseInt: parsing "\"": invalid syntax"#
            ),
        ])
    func flags(line: String, first: String) {
        expect(
            line, 125,
            first + "\n\nUsage:  docker run [OPTIONS] IMAGE [COMMAND] [ARG...]\n\n"
                + "Run 'docker run --help' for more information\n")
    }

    @Test(
        "the usage line is the one of the command in its spelling",
        arguments: [
            ("--foo ps", "unknown flag: --foo", "docker [OPTIONS] COMMAND [ARG...]", "docker"),
            ("foo --bar", "unknown flag: --bar", "docker [OPTIONS] COMMAND [ARG...]", "docker"),
            (
                "--debug=x", #"invalid argument "x" for "-D, --debug" flag: strconv.ParseBool: parsing "x": invalid syntax"#,
                "docker [OPTIONS] COMMAND [ARG...]", "docker"
            ),
            ("container -D ps", "unknown shorthand flag: 'D' in -D", "docker container", "docker container"),
            ("container list -x", "unknown shorthand flag: 'x' in -x", "docker container ls [OPTIONS]", "docker container ls"),
            ("ps -v", "unknown shorthand flag: 'v' in -v", "docker ps [OPTIONS]", "docker ps"),
            (
                "ps -f x", #"invalid argument "x" for "-f, --filter" flag: bad format of filter (expected name=value)"#,
                "docker ps [OPTIONS]", "docker ps"
            ),
            ("help -x", "unknown shorthand flag: 'x' in -x", "docker help [command]", "docker help"),
            ("top -x a", "unknown shorthand flag: 'x' in -x", "docker top CONTAINER [ps OPTIONS]", "docker top"),
        ])
    func usage(line: String, first: String, usage: String, name: String) {
        expect(line, 125, "\(first)\n\nUsage:  \(usage)\n\nRun '\(name) --help' for more information\n")
    }

    @Test(
        "a wrong number of operands is told in docker's words",
        arguments: [
            ("run --rm", "run", "requires at least 1 argument", "[OPTIONS] IMAGE [COMMAND] [ARG...]", "See"),
            ("container exec x", "container exec", "requires at least 2 arguments", "[OPTIONS] CONTAINER COMMAND [ARG...]", "See"),
            ("rename a b c", "rename", "requires 2 arguments", "CONTAINER NEW_NAME", "Run"),
            ("pull", "pull", "requires 1 argument", "[OPTIONS] NAME[:TAG|@DIGEST]", "Run"),
            ("images a b", "images", "requires at most 1 argument", "[OPTIONS] [REPOSITORY[:TAG]]", "Run"),
            ("ps x", "ps", "accepts no arguments", "[OPTIONS]", "Run"),
            ("container ps x", "container ls", "accepts no arguments", "[OPTIONS]", "Run"),
        ])
    func operands(line: String, name: String, demand: String, usage: String, verb: String) {
        expect(
            line, 1,
            "docker: 'docker \(name)' \(demand)\n\nUsage:  docker \(name) \(usage)\n\n"
                + "\(verb) 'docker \(name) --help' for more information\n")
    }

    @Test(
        "an unknown word is told in docker's words",
        arguments: [
            ("foo", "docker: unknown command: docker foo\n\nRun 'docker --help' for more information\n"),
            ("''", "docker: unknown command: docker \n\nRun 'docker --help' for more information\n"),
            (
                "container foo",
                "docker: unknown command: docker container foo\n\nUsage:  docker container\n\n"
                    + "Run 'docker container --help' for more information\n"
            ),
            ("help foo", "unknown help topic: foo\n"),
            ("help run foo", "unknown help topic: foo\n"),
            ("-l foo ps", "Unable to parse logging level: foo\n"),
        ])
    func unknown(line: String, text: String) {
        expect(line, 1, text)
    }

    @Test(
        "what comes later is refused, never ignored",
        arguments: [
            ("run --memory 5m a", "proa: --memory is not there yet: resource limits come with a later release\n"),
            ("run --restart always a", "proa: --restart=always is not there yet: restart policies come with a later release\n"),
            ("run --log-driver local a", "proa: --log-driver=local is not there yet: only \"json-file\" and \"none\" keep logs now\n"),
            (
                "pull --disable-content-trust=false a",
                "proa: --disable-content-trust is not there yet: signatures of images are not checked\n"
            ),
            ("-H unix:///x ps", "proa: --host is not there yet: commands work on this machine, without an engine behind a socket\n"),
            ("build .", "proa: 'build' is not there yet\n"),
            ("compose up -d", "proa: 'compose' is not there yet\n"),
            ("network create --ingress a", "proa: --ingress is not there yet: it belongs to a swarm\n"),
            ("network create --scope swarm a", "proa: --scope=swarm is not there yet: there is no swarm\n"),
            ("container commit a", "proa: 'container commit' is not there yet\n"),
            ("help system events", "proa: 'system events' is not there yet\n"),
        ])
    func later(line: String, text: String) {
        expect(line, 125, text, program: "proa")
    }

    @Test(
        "an option that comes later may be given its default",
        arguments: [
            "run -P=false a", "run --memory 0 a", "run --oom-kill-disable=false a", "run --restart no a",
            "run --health-interval 0s a", "run --disable-content-trust a", "run --isolation default a",
        ])
    func defaults(line: String) throws {
        #expect(try run(line).2 == ["a"])
    }

    private func expect(_ line: String, _ code: Int32, _ text: String, program: String = "docker") {
        guard case .usageError(let said, let exitCode) = Parser(program: program).parse(words(line)).action else {
            return #expect(Bool(false), "accepted: \(line)")
        }
        #expect(said == text)
        #expect(exitCode == code)
    }
}
