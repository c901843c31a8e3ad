import Primitives
import TestSupport
import Testing

/// Commands on containers that exist, and on some that do not.
@Suite struct OracleLifeTests {
    private let loop = "echo out; echo err >&2; trap 'exit 5' TERM; while :; do sleep 0.1; done"

    private func start(_ oracle: Oracle, _ name: String) throws {
        try oracle.same([
            "run", "-d", "--network", "none", "--name", name, "-e", "X=1", "-v", "/usr/share:/host:ro", "busybox", "sh", "-c", loop,
        ])
    }

    @Test("exec has docker's environment, codes and words", .enabled(if: Docker.isPossible, Oracle.reason))
    func exec() throws {
        let oracle = try Oracle()
        try start(oracle, "oracle-exec")
        for row in [
            "oracle-exec true", "-u 1000 oracle-exec id", "-u user oracle-exec env", "-e A=1 -e X=2 oracle-exec env",
            "-w /tmp oracle-exec pwd",
            "-t oracle-exec tty", "-d oracle-exec true", "oracle-exec", "nosuch true", "--env-file /nosuch oracle-exec true",
            "-u nosuch oracle-exec true", "-u 1:nosuch oracle-exec true", "oracle-exec /etc", "-w here oracle-exec pwd",
            "-d oracle-exec nosuch", "-d -u nosuch oracle-exec true",
        ] { try oracle.same("exec " + row) }
        try oracle.same(["exec", "oracle-exec", "sh", "-c", "echo one; echo two >&2; exit 9"])
        try oracle.same(["exec", "oracle-exec", "sh", "-c", "kill -9 $$"])
        // Today's docker tells a missing program and directory by 127; the daemon of Debian 12 said 126.
        for row in ["oracle-exec nosuch", "-w /nosuch oracle-exec pwd"] {
            let (docker, ours) = try oracle.both(["exec"] + row.split(separator: " ").map(String.init))
            #expect(docker.status == 126 && ours.status == 127)
            #expect(docker.text == ours.text && docker.errorText == ours.errorText)
        }
        try oracle.forget("oracle-exec")
    }

    @Test("ending, renaming and removing print and refuse as docker does", .enabled(if: Docker.isPossible, Oracle.reason))
    func life() throws {
        let oracle = try Oracle()
        try start(oracle, "oracle-life")
        try oracle.same("create --network none --name oracle-other busybox true")
        for verb in ["stop", "start", "kill", "wait", "rm", "restart", "logs", "top", "attach", "rm -f"] {
            try oracle.same(verb + " nosuch")
        }
        for row in [
            "kill oracle-other", "top oracle-other", "attach oracle-other", "exec oracle-other true", "stop oracle-other",
            "rename nosuch x1", "rename oracle-life oracle-other", "rename oracle-life oracle-life", "rename oracle-life",
            "kill -s NOSUCH oracle-life", "start -a oracle-life oracle-other", "stop -t x oracle-life", "start nosuch oracle-other",
            "wait oracle-other nosuch", "restart -t 5 oracle-life", "stop oracle-life", "wait oracle-life", "start oracle-life",
            "kill oracle-life",
            "wait oracle-life", "rename oracle-life oracle-new", "rm oracle-new nosuch oracle-other",
        ] { try oracle.same(row) }
        try oracle.forget("oracle-life", "oracle-new", "oracle-other")
    }

    @Test("logs keeps streams apart and refuses bad times as docker does", .enabled(if: Docker.isPossible, Oracle.reason))
    func logs() throws {
        let oracle = try Oracle()
        try oracle.same([
            "run", "--network", "none", "--name", "oracle-logs", "busybox", "sh", "-c", "echo out; printf 'a\\nb'; echo err >&2",
        ])
        for row in [
            "oracle-logs", "--details oracle-logs", "-n x oracle-logs", "-n 0 oracle-logs", "--since 1h oracle-logs",
            "--until 1h oracle-logs",
            "--since bad oracle-logs", "--until bad oracle-logs", "--since 2099-01-01 oracle-logs", "",
        ] { try oracle.same("logs " + row) }
        let (docker, ours) = try oracle.both(["logs", "-t", "oracle-logs"])
        #expect(docker.lines.map { $0.split(separator: " ")[0].utf8.count } == ours.lines.map { $0.split(separator: " ")[0].utf8.count })
        try oracle.forget("oracle-logs")
    }
}
