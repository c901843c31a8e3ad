import TestSupport
import Testing

/// What a program finds when it looks around in its container.
@Suite struct OracleInsideTests {
    @Test("the environment has docker's names, values and order", .enabled(if: Docker.isPossible, Oracle.reason))
    func environment() throws {
        let oracle = try Oracle()
        try oracle.sameInside("env")
        try oracle.sameInside("-h box -e ZED=1 -e PATH=/bin -e EMPTY= -u user", "env")
        try oracle.sameInside("-h box -u 12345:77", "env; id; pwd; umask; ulimit -a")
        try oracle.sameInside("-t -h box", "env; tty; ls -l /dev/console | cut -c1-10")
    }

    @Test(
        "users, capabilities and filters are docker's", .enabled(if: Docker.isPossible, Oracle.reason),
        arguments: [
            "", "-u user", "-u user --group-add wheel --group-add 77", "--cap-drop all --cap-add chown", "-u user --cap-add sys_admin",
            "--security-opt no-new-privileges", "--security-opt seccomp=unconfined",
        ])
    func privileges(_ options: String) throws {
        let fields = "Cap|Seccomp:|NoNewPrivs|Groups|Uid|Gid"
        try Oracle().sameInside(options, "id; grep -E '^(\(fields))' /proc/self/status")
    }

    @Test("host names, hidden files and settings of the kernel are docker's", .enabled(if: Docker.isPossible, Oracle.reason))
    func files() throws {
        let oracle = try Oracle()
        try oracle.sameInside("-h box.example.org", "cat /etc/hostname; tail -1 /etc/hosts; hostname; stat -c %a /.dockerenv")
        try oracle.sameInside("cat /proc/sys/net/ipv4/ping_group_range /proc/sys/net/ipv4/ip_unprivileged_port_start")
        try oracle.sameInside("--sysctl net.core.somaxconn=99", "cat /proc/sys/net/core/somaxconn")
        try oracle.sameInside("wc -c </proc/timer_list; ls /proc/scsi /proc/acpi /sys/firmware; cat /proc/kcore | wc -c")
        try oracle.sameInside(
            "echo 1 >/proc/sys/kernel/shmmax; echo x >/proc/sysrq-trigger; mkdir /sys/x; mount -t tmpfs x /mnt; hostname x")
        try oracle.sameInside(
            "--read-only", "touch /x /etc/hosts; grep -E ' /etc/(hosts|hostname|resolv.conf) ' /proc/mounts | cut -d' ' -f2- | sort")
    }

    @Test("a missing working directory is made as docker makes it", .enabled(if: Docker.isPossible, Oracle.reason))
    func workingDirectory() throws {
        try Oracle().sameInside("-u 1000 -w /new/deep", "pwd; stat -c %u:%g:%a /new /new/deep")
    }

    @Test("devices have docker's names, numbers and modes", .enabled(if: Docker.isPossible, Oracle.reason))
    func devices() throws {
        let nodes = "for f in /dev/* /dev/.; do [ $f = /dev/core ] || echo $f $(stat -c '%a %t %T %u:%g %F' $f) $(readlink $f); done"
        try Oracle().sameInside(nodes)
    }

    @Test("mounts asked for are there with docker's options", .enabled(if: Docker.isPossible, Oracle.reason))
    func mounts() throws {
        let options = "--tmpfs /x --tmpfs /y:size=1m,mode=700,exec -v /usr/share:/v:ro --mount type=tmpfs,dst=/z,tmpfs-size=2m"
        try Oracle().sameInside(options, "grep -E ' /(x|y|z) ' /proc/mounts | sort; touch /v/x; for f in x y z; do stat -c %a /$f; done")
    }
}
