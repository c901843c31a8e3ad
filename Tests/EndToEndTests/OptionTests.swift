import Glibc
import Primitives
import TestSupport
import Testing

@Suite struct OptionTests {
    private struct Row {
        let options: [String]
        let script: String
        let text: String
        init(_ options: [String], _ script: String, _ text: String) { (self.options, self.script, self.text) = (options, script, text) }
    }

    private func check(_ rows: [Row], _ proa: Proa) throws {
        for row in rows {
            let outcome = try proa.run(row.options, row.script)
            #expect(outcome.text == row.text, "\(row.options) \(row.script): \(outcome.errorText)")
        }
    }

    @Test("a container gets the names, files and variables it was given")
    func environment() throws {
        let proa = try Proa.withBusybox()
        let file = try proa.scratch.write("variables", "# a comment\nONE=1\nTWO=two words\nTERM\n")
        try check(
            [
                Row(["--hostname", "here"], "hostname; grep -c localhost /etc/hosts", "here\n2\n"),
                Row(["--add-host", "a.example:192.0.2.7"], "grep a.example /etc/hosts", "192.0.2.7\ta.example\n"),
                Row(
                    ["--network=none", "--dns", "192.0.2.9", "--dns-search", "example", "--dns-option", "timeout:1"], "cat /etc/resolv.conf",
                    "nameserver 192.0.2.9\nsearch example\noptions timeout:1\n"),
                Row(["--env-file", file, "-e", "ONE=uno"], "echo $ONE $TWO $TERM", "uno two words xterm\n"),
                Row(["-e", "HOME=/x"], "echo $HOME $PATH", "/x /usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin\n"),
                Row(["-w", "/made/for/it"], "pwd; stat -c %u:%g .", "/made/for/it\n0:0\n"),
            ], proa)
    }

    @Test("users and groups go by name and by number", .severalIDs)
    func users() throws {
        try check(
            [
                Row([], "id -u; id -g; echo $HOME", "0\n0\n/root\n"),
                Row(["-u", "user"], "id -u; id -g; id -G; echo $HOME", "1000\n1000\n1000 10\n/home/user\n"),
                Row(["--user", "1234:56"], "id -u; id -g; echo $HOME", "1234\n56\n/\n"),
                Row(["--user", "user:nogroup"], "id -u; id -g", "1000\n65534\n"),
                Row(["--user", "user", "--group-add", "33", "--group-add", "nogroup"], "id -G", "1000 10 33 65534\n"),
                Row(
                    ["--user", "user"], "touch /etc/x 2>/dev/null || echo refused; grep CapEff /proc/self/status",
                    "refused\nCapEff:\t0000000000000000\n"),
            ], Proa.withBusybox())
    }

    @Test("capabilities are docker's, less, more, or all")
    func capabilities() throws {
        let show = "sed -n 's/^CapEff:\\t//p' /proc/self/status"
        // In a user namespace of its own a container can have all; real root hands on what it has itself.
        let last = UInt64(try text("/proc/sys/kernel/cap_last_cap").filter { $0 != "\n" }) ?? 0
        let own = try Command("sed", ["-n", "s/^CapEff:\\t//p", "/proc/self/status"]).check().line
        let digits = Place.isRoot ? own : String((UInt64(1) << (last + 1)) - 1, radix: 16)
        let all = String(repeating: "0", count: 16 - digits.count) + digits
        try check(
            [
                Row([], show, "00000000a80425fb\n"), Row(["--cap-drop", "ALL"], show, "0000000000000000\n"),
                Row(["--cap-drop", "all", "--cap-add", "NET_BIND_SERVICE"], show, "0000000000000400\n"),
                Row(["--cap-add", "CAP_SYS_PTRACE"], show, "00000000a80c25fb\n"),
                Row(["--cap-drop", "chown"], show, "00000000a80425fa\n"),
                Row(["--privileged"], show, all + "\n"), Row(["--cap-add", "ALL"], show, all + "\n"),
            ], Proa.withBusybox())
    }

    @Test("seccomp filters by docker's profile, by a file, or not at all")
    func seccomp() throws {
        let proa = try Proa.withBusybox()
        let profile = try proa.scratch.write(
            "profile.json",
            "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{\"names\":[\"mkdir\",\"mkdirat\"],\"action\":\"SCMP_ACT_ERRNO\",\"errnoRet\":13}]}"
        )
        let show = "sed -n 's/^Seccomp:\\t//p' /proc/self/status"
        let outside = try Command("sed", ["-n", "s/^Seccomp:\\t//p", "/proc/self/status"]).check().text
        try check(
            [
                Row([], show, "2\n"), Row([], "mkdir /made && echo made", "made\n"),
                Row([], "unshare -U true 2>/dev/null || echo refused", "refused\n"),
                Row(
                    ["--security-opt", "seccomp=\(profile)"], "\(show); mkdir /made 2>&1",
                    "2\nmkdir: can't create directory '/made': Permission denied\n"),
                Row(["--security-opt", "seccomp=unconfined"], show, outside), Row(["--privileged"], show, outside),
                Row(["--security-opt", "no-new-privileges"], "sed -n 's/^NoNewPrivs:\\t//p' /proc/self/status", "1\n"),
                Row([], "sed -n 's/^NoNewPrivs:\\t//p' /proc/self/status", "0\n"),
            ], proa)
        #expect(try proa.run(["--security-opt", "seccomp=\(profile)x"], "true").status == 125)
    }

    @Test(
        "a set-user-id program gives its owner's rights, but not with no-new-privileges",
        .severalIDs)
    func setUserID() throws {
        let proa = try Proa.withDebian()
        for (options, identity) in [([], "0"), (["--security-opt", "no-new-privileges"], "1000")] {
            let words = ["run", "-d"] + options + ["debian", "sh", "-c", "install -m 4755 /usr/bin/id /id; exec sleep 60"]
            let id = try proa.command(words).check().line
            try eventually("the program is there") { try proa("exec", id, "test", "-u", "/id").status == 0 }
            #expect(try proa("exec", "-u", "1000", id, "/id", "-u").line == identity)
        }
    }

    @Test("namespaces are the container's own, or the host's when asked for")
    func namespaces() throws {
        let proa = try Proa.withBusybox()
        for (kind, option) in [("net", "--network"), ("pid", "--pid"), ("ipc", "--ipc"), ("uts", "--uts")] {
            let host = try Command("readlink", ["/proc/self/ns/\(kind)"]).check().text
            let shown = "readlink /proc/self/ns/\(kind)"
            let own = try proa.run(shown)
            #expect(own.text.hasPrefix(kind) && own.text != host)
            let shared = try proa.run([option, "host"], shown)
            #expect(shared.text == host, "\(option) host: \(shared.errorText)")
        }
        let pid = "\(getpid())"
        #expect(try proa.run(["--pid", "host"], "cat /proc/\(pid)/comm").text == text("/proc/\(pid)/comm"))
    }

    @Test("/proc and /sys show the container's own processes and devices", .ownProc)
    func ownKernelFiles() throws {
        #expect(try Proa.withBusybox().run(["--network=none"], "set -- /proc/[0-9]*; echo $#; ls /sys/class/net").lines == ["1", "lo"])
    }

    @Test("limits and shared memory have the size that was asked for")
    func limits() throws {
        try check(
            [
                Row(["--ulimit", "nofile=100:200", "--ulimit", "core=0"], "ulimit -n; ulimit -Hn; ulimit -c", "100\n200\n0\n"),
                Row(["--shm-size", "8m"], "df -k /dev/shm | awk 'END { print $2 }'", "8192\n"),
                Row([], "df -k /dev/shm | awk 'END { print $2 }'", "65536\n"),
            ], Proa.withBusybox())
    }

    @Test("kernel settings have the value that was asked for", .ownProc)
    func sysctls() throws {
        try check(
            [
                Row(["--sysctl", "net.ipv4.ip_unprivileged_port_start=80"], "cat /proc/sys/net/ipv4/ip_unprivileged_port_start", "80\n"),
                Row(["--sysctl", "kernel.msgmax=4242"], "cat /proc/sys/kernel/msgmax", "4242\n"),
            ], Proa.withBusybox())
    }

    @Test("devices are the usual ones, and those asked for")
    func devices() throws {
        try check(
            [
                Row(["--device", "/dev/zero:/dev/other"], "head -c 4 /dev/other | wc -c", "4\n"),
                Row(
                    [], "for d in null zero full random urandom tty; do [ -c /dev/$d ] || echo no $d; done; ls /dev/other 2>&1",
                    "ls: /dev/other: No such file or directory\n"),
                Row(
                    [], "echo x >/dev/null && head -c 2 /dev/urandom | wc -c; ls -l /dev/stdin | awk '{ print $NF }'",
                    "2\n/proc/self/fd/0\n"),
            ], Proa.withBusybox())
    }

    @Test("--init reaps what nobody waits for", .ownProc)
    func initProcess() throws {
        let proa = try Proa.withBusybox()
        let script = "(sleep 0.2 &); exec sleep 60"
        let zombies = { (id: String) in
            try proa.check("exec", id, "ps", "-o", "stat,comm").lines.filter { $0.hasPrefix("Z") }.count
        }
        let plain = try proa.start(script)
        try eventually("a zombie appears without --init") { try zombies(plain) == 1 }
        let reaping = try proa.start(["--init"], "(sleep 0.2 &); touch /begun; exec sleep 60")
        try eventually("the program has begun") { try proa("exec", reaping, "ls", "/begun").status == 0 }
        try eventually("its orphan is reaped") {
            try proa.check("exec", reaping, "ps", "-o", "comm").lines.filter { $0.hasPrefix("sleep") }.count == 1
        }
        #expect(try zombies(reaping) == 0)
        #expect(try proa.check("exec", reaping, "ps", "-o", "pid,comm").text.contains("sleep"))
    }
}
