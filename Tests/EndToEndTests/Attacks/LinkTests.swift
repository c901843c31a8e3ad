import LinuxSys
import Primitives
import TestSupport
import Testing

/// Links where set-up mounts, writes and changes directory (CVE-2019-19921, CVE-2021-30465, CVE-2023-27561,
/// CVE-2025-31133, CVE-2025-52565, CVE-2025-52881).
@Suite struct LinkTests {
    static let targets = ["/", "../../../../../..", "CANARY", "/proc/self/root", "/proc/1/cwd", "/dangling/nowhere"]

    @Test(
        "a link where the runtime mounts or writes is refused or stays inside",
        arguments: [
            "proc", "sys", "dev", "proc/sys", "proc/self", "sys/fs", "sys/fs/cgroup", "etc", "etc/hosts", "etc/hostname",
            "etc/resolv.conf", "dev/mqueue",
        ])
    func fixedPlaces(_ path: String) throws {
        for target in Self.targets {
            let attack = try Attack { (tar, canary) throws(Failure) in
                if let slash = path.lastIndex(of: "/") { try tar.directory(String(path[..<slash])) }
                // Over the directory or file of the layer below.
                try tar.link(path, to: target == "CANARY" ? canary : target)
            }
            let script = """
                for d in /\(path) /proc /sys /dev /etc; do echo x >$d/file; mkdir $d/made; cat $d/file; done
                echo x >>/etc/hosts; echo x >/proc/sys/kernel/core_pattern; echo h >/proc/sysrq-trigger
                [ "$(stat -f -c %T /proc)" = proc ] && echo real proc
                """
            let outcome = try attack.run([], script)
            #expect(outcome.status == 125 || outcome.status == 127 || outcome.text.contains("real proc"), "\(target): \(outcome)")
            #expect(!attack.leaks(outcome), "\(path) to \(target): \(outcome.text)")
            #expect(try attack.isUntouched(), "\(path) to \(target)")
        }
    }

    @Test("a mount target that is a link ends inside the root", arguments: targets)
    func mountTargets(_ target: String) throws {
        let attack = try Attack { (tar, canary) throws(Failure) in
            let target = target == "CANARY" ? canary : target
            try tar.link("link", to: target)
            try tar.directory("deep")
            try tar.link("deep/link", to: target)
        }
        let volume = try attack.proa.scratch.directory("volume")
        try attack.proa.scratch.put("volume/mine", "of the volume")
        for place in ["/link", "/link/target", "/deep/link/a/b", "/deep/../link/c", "/link/../../../../../../d"] {
            for options in [["-v", "\(volume):\(place)"], ["--tmpfs", place], ["-v", "\(volume)/mine:\(place)/file"]] {
                let outcome = try attack.run(
                    options, "cat \(attack.canary)/file; ls /; echo x >\(place)/new; grep -c . /proc/self/mountinfo")
                #expect(!attack.leaks(outcome), "\(options): \(outcome.text)")
                #expect(try attack.isUntouched(), "\(options)")
            }
        }
    }

    @Test("a mount lands where a climbing link points inside the root")
    func insideRoot() throws {
        let attack = try Attack { (tar, _) throws(Failure) in
            try tar.directory("real")
            try tar.link("link", to: "../../../../real")
        }
        let volume = try attack.proa.scratch.directory("volume")
        try attack.proa.scratch.put("volume/mine", "of the volume")
        #expect(try attack.run(["-v", "\(volume):/link"], "cat /real/mine").text == "of the volume")
    }

    @Test("a working directory behind a link is made inside the root", arguments: targets)
    func workingDirectories(_ target: String) throws {
        for directory in ["/link", "/link/made/deep", "/link/../made", "/x/../link/made"] {
            let attack = try Attack(["WorkingDir": .string(directory), "User": "1000"]) { (tar, canary) throws(Failure) in
                try tar.link("link", to: target == "CANARY" ? canary : target)
            }
            let outcome = try attack.run([], "pwd; cat file; touch here; ls -ld .")
            #expect(!attack.leaks(outcome), "\(directory): \(outcome.text)")
            if outcome.status == 0 { #expect(outcome.text.hasPrefix("/")) }
            try attack.start(["-w", "/", "-u", "0"])
            #expect(try !attack.leaks(attack.exec(["-w", directory], "pwd; cat file; touch here")))
            try attack.end()
            #expect(try attack.isUntouched(), "\(directory)")
        }
    }

    @Test(
        "a volume over /proc or below it does not redirect what the runtime writes",
        arguments: ["/proc", "/proc/sys", "/proc/sys/net/ipv4", "/proc/self", "/sys", "/proc/sys/net"])
    func volumesOverProc(_ place: String) throws {
        let attack = try Attack()
        let volume = try attack.proa.scratch.directory("volume/sys/net/ipv4", mode: 0o755)
        for path in ["volume", "volume/sys/net", "volume/sys/net/ipv4"] {
            for name in ["ip_forward", "oom_score_adj", "ip_unprivileged_port_start"] {
                try attack.proa.scratch.put("\(path)/\(name)", "as it was")
                try Command("ln", ["-sf", attack.canary + "/file", "\(attack.proa.scratch.path)/\(path)/ping_group_range"]).check()
            }
        }
        let root = "\(attack.proa.scratch.path)/volume"
        _ = try attack.run(["-v", "\(root):\(place)", "--sysctl", "net.ipv4.ip_forward=1", "--oom-score-adj", "500"], "true")
        #expect(try attack.isUntouched())
        let found = try Command("sh", ["-c", "find \(root) -type f | xargs cat | sed 's/as it was//g'"]).check().text
        #expect(found == "", "written: \(found)")
        #expect(HostFile.exists(volume))
    }

    @Test("the kernel's files stay read-only or hidden, also behind an image's links to them")
    func kernelFiles() throws {
        let attack = try Attack { (tar, _) throws(Failure) in
            for (index, path) in ["/proc/sys/kernel/core_pattern", "/proc/sysrq-trigger", "/proc/kcore", "/sys/kernel/uevent_helper"]
                .enumerated()
            {
                try tar.link("k\(index)", to: path)
            }
        }
        let script = """
            for f in /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe /proc/sysrq-trigger /proc/sys/vm/drop_caches /k0 /k1 /k3 \\
                /sys/kernel/uevent_helper /sys/power/state /proc/irq/0/smp_affinity; do
                (echo x >$f) 2>/dev/null && echo WROTE $f
            done
            for f in /proc/kcore /proc/keys /proc/timer_list /k2; do [ -n "$(head -c 1 $f 2>/dev/null)" ] && echo READ $f; done
            for d in /proc/scsi /proc/acpi /sys/firmware; do [ -d $d ] && [ -n "$(ls $d)" ] && echo LISTED $d; done
            mount -t proc proc /tmp && echo MOUNTED; umount /proc/kcore && echo UNMASKED; mount -o remount,rw /proc/sys && echo REMOUNTED
            echo x >/proc/sys/net/ipv4/ip_forward && echo SET; echo done
            """
        #expect(try attack.run([], script).text == "done\n")
        try attack.start()
        #expect(try attack.exec([], script).text == "done\n")
        try attack.end()
    }

    @Test("the control groups cannot be written (CVE-2023-25809)")
    func controlGroups() throws {
        let attack = try Attack()
        let script = """
            for d in $(find /sys/fs/cgroup -type d 2>/dev/null | head -n 20); do
                mkdir $d/made && echo MADE; for f in cgroup.procs release_agent cgroup.subtree_control; do echo 0 >$d/$f && echo WROTE $d/$f; done
            done 2>/dev/null
            echo done
            """
        for options in [[], ["--cgroupns", "host"], ["--network", "host"]] as [[String]] {
            #expect(try attack.run(options, script).text == "done\n", "\(options)")
        }
    }
}
