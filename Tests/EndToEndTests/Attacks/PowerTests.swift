import Glibc
import LinuxSys
import Primitives
import TestSupport
import Testing

/// Text of an image or a container that wants to become power over the host.
@Suite struct PowerTests {
    @Test("labels, volumes, health checks and other words of an image select nothing of the host")
    func labels() throws {
        let labels: JSON = [
            "proa.privileged": "true", "com.docker.log-driver": "binary:///bin/sh", "io.podman.annotations.privileged": "TRUE",
            "org.systemd.property.ExecStartPre": "'/bin/touch /tmp/x'", "io.containers.capabilities": "ALL",
            "run": "podman run --privileged",
            "Seccomp": "unconfined",
        ]
        let attack = try Attack([
            "Labels": labels, "Privileged": true, "CapAdd": .strings(["ALL"]), "Binds": .strings(["/:/host"]),
            "Annotations": labels, "Proa": ["Seccomp": "unconfined", "Capabilities": -1], "NetworkMode": "host",
            "HostConfig": ["Privileged": true, "Binds": .strings(["/:/host"]), "PidMode": "host"],
        ])
        let plain = try Attack()
        let script =
            "grep -E '^(Cap|Seccomp|NoNew)' /proc/self/status; ls -d /host; ls /dev | sort | tr '\\n' ' '; echo $$; hostname | wc -c"
        let outcome = try attack.run([], script)
        #expect(try outcome.text == plain.run([], script).text)
        #expect(outcome.text.contains("Seccomp:\t2"))
        #expect(try attack.run(["--annotation", "run.oci.hooks.prestart=/bin/touch"], "echo ok").status != 139)
        #expect(try attack.isUntouched())
    }

    @Test("an image's environment reaches its own program and nobody else's (CVE-2025-23266)")
    func environment() throws {
        // A preloaded file that does not exist makes every dynamic program of the host complain; one that sets the
        // place of the store or the runtime would move proa's own files.
        let library = "/nowhere/preload-\(getpid()).so"
        let attack = try Attack([
            "Env": .strings([
                "PATH=/bin", "LD_PRELOAD=\(library)", "LD_LIBRARY_PATH=/tmp", "PROA_DATA=/tmp/evil", "PROA_RUNTIME=/tmp/evil",
                "HOME=/tmp/evil",
                "XDG_DATA_HOME=/tmp/evil", "GCONV_PATH=/tmp", "BASH_ENV=/tmp/x", "PATH=/bin:/evil",
            ])
        ])
        let outcome = try attack.run([], "env")
        #expect(outcome.text.contains("LD_PRELOAD=\(library)\n"))
        #expect(!outcome.errorText.contains(library), "\(outcome.errorText)")
        try attack.start()
        let exec = try attack.exec([], "env")
        #expect(exec.text.contains("PROA_DATA=/tmp/evil") && !exec.errorText.contains(library))
        let top = try attack.proa(["top", "victim"])
        #expect(top.status == 0 && !top.errorText.contains(library))
        try attack.end()
        #expect(!HostFile.exists("/tmp/evil"))
        // The check sees a host program that does get it.
        #expect(try Command("/usr/bin/env", ["true"], environment: ["LD_PRELOAD": library]).run().errorText.contains(library))
    }

    @Test("the caller's environment does not reach a container")
    func callersEnvironment() throws {
        let attack = try Attack()
        var command = try attack.proa.command(["run", "--rm", "-q", attack.image, "env"])
        command.environment?["AWS_SECRET_ACCESS_KEY"] = "the caller's secret"
        #expect(try !command.run().text.contains("secret"))
        try attack.start()
        command.arguments = ["exec", "victim", "env"]
        #expect(try !command.run().text.contains("secret"))
        try attack.end()
    }

    @Test(
        "a sysctl names one setting of the container's own and nothing else (CVE-2022-0811)",
        arguments: [
            "kernel.core_pattern=|/bin/sh", "kernel.shm_rmid_forced=1+kernel.core_pattern=|/x",
            "net.ipv4.ip_forward=1\nkernel.core_pattern=x",
            "net/../kernel/core_pattern=|/x", "net.ipv4.../../kernel/core_pattern=x", "net..ipv4=1", "vm.drop_caches=3", "kernel.sysrq=1",
            "fs.mqueue.../../../kernel/core_pattern=x", "net/ipv4/../../kernel/modprobe=x", "/kernel/core_pattern=x", "net.=x", "=x",
            "kernel.msgmax/../core_pattern=|/x", "fs.suid_dumpable=2", "kernel.hostname=evil", "net\u{301}.ipv4.ip_forward=1",
        ])
    func sysctls(_ sysctl: String) throws {
        let attack = try Attack()
        let before = HostFile.text("/proc/sys/kernel/core_pattern")
        let outcome = try attack.run(["--sysctl", sysctl], "echo started")
        #expect(outcome.status == 125 && outcome.text == "", "\(outcome)")
        #expect(HostFile.text("/proc/sys/kernel/core_pattern") == before)
    }

    @Test("nothing of a container is executed to list its processes (CVE-2022-1227)")
    func top() throws {
        let attack = try Attack { (tar, canary) throws(Failure) in
            try tar.file("etc/.wh.ps", "")
            for path in ["bin/top", "usr/bin/ps", "usr/bin/nsenter", "lib64/ld-linux-x86-64.so.2", "etc/ld.so.preload"] {
                try tar.file(path, "#!/bin/sh\necho EXECUTED\ntouch \(canary)/executed\n", mode: 0o755)
            }
        }
        try attack.start()
        // Names and words of processes are hostile text, too.
        #expect(
            try attack.exec(["-d"], "cat /bin/busybox >'/tmp/) S 1 1 (x'; chmod 755 /tmp/*; exec -a sleep '/tmp/) S 1 1 (x' 1000").status
                == 0)
        for arguments in [
            ["top", "victim"], ["top", "victim", "-eo", "pid,comm,args"], ["ps", "-a"], ["inspect", "victim"], ["logs", "victim"],
        ] {
            let outcome = try attack.proa(arguments)
            #expect(outcome.status == 0 && !outcome.text.contains("EXECUTED"), "\(outcome)")
        }
        #expect(try attack.proa(["top", "victim"]).text.contains("sleep 1000"))
        // Words that would command the terminal of whoever looks.
        _ = try attack.proa(["exec", "-d", "victim", "sh", "-c", "sleep 1001; : '\u{1b}[31m\r\u{9b}x'"])
        let shown = try attack.proa(["top", "victim"]).text
        #expect(shown.contains("'?[31m??x'") && !shown.utf8.contains(0x1B) && !shown.unicodeScalars.contains("\u{9b}"))
        try attack.end()
        #expect(try attack.isUntouched())
    }

    @Test("the store and the runtime directory are closed to other users, also when they were open before (setuid files, secrets)")
    func storeModes() throws {
        let attack = try Attack { (tar, _) throws(Failure) in try tar.file("as-root", "#!/bin/sh\n", mode: 0o4755) }
        let places = ["data/proa", "run/proa"].map { "\(attack.proa.scratch.path)/\($0)" }
        for open in [false, true] {
            if open { try Command("chmod", ["777"] + places).check() }
            #expect(try attack.run([], "true").status == 0)
            #expect(try Command("stat", ["-c", "%a"] + places).check().text == "700\n700\n")
        }
    }

    @Test(
        "a runtime directory that somebody else owns or links is refused",
        .enabled(if: Place.isRoot, "only root can make files of another user"))
    func runtimeDirectory() throws {
        let attack = try Attack()
        let place = try attack.proa.scratch.directory("shared") + "/proa"
        let mine = try attack.proa.scratch.directory("mine", mode: 0o777)
        for make in ["mkdir \(place); chown 1000 \(place)", "ln -s \(mine) \(place); chown -h 1000 \(place)"] {
            try Command("sh", ["-c", "rm -rf \(place); \(make)"]).check()
            var command = try attack.proa.command(["run", "--rm", "-q", attack.image, "true"])
            command.environment?["XDG_RUNTIME_DIR"] = "\(attack.proa.scratch.path)/shared"
            let outcome = try command.run()
            #expect(outcome.status == 125 && outcome.errorText.contains("runtime directory"), "\(outcome)")
        }
    }

    @Test("a stage of proa does nothing for whoever calls it by name with words of his own")
    func stages() throws {
        let attack = try Attack()
        try attack.start()
        let binary = try Proa.binary()
        for words in [
            ["proa:remove", "../canary"], ["proa:remove", "dead-container-/../../canary"], ["proa:remove"],
            ["proa:cleanup", "../../canary"],
            ["proa:cleanup"], ["proa:cleanup", "victim/.."], ["proa:other"], ["proa:pull"], ["proa:"],
            ["proa:pull", "proa", "../../x", "", "quiet", "", "single"],
        ] {
            let script = "exec -a \"$1\" \"$0\" \"${@:2}\""
            var environment = attack.proa.environment
            environment["PROA_DATA"] = attack.proa.scratch.path + "/data/proa"
            let outcome = try Command("/bin/bash", ["-c", script, binary] + words, environment: environment, timeoutSeconds: 20).run()
            #expect(outcome.status < 128, "\(words): \(outcome)")
        }
        #expect(try attack.isUntouched())
        #expect(try attack.exec([], "echo alive").text == "alive\n")
        try attack.end()
    }

    @Test(
        "the engine's own program cannot be reached from inside, neither at start nor during exec nor as init (CVE-2019-5736)", .ownProc)
    func ownBinary() throws {
        let attack = try Attack { (tar, _) throws(Failure) in
            try tar.link("magic", to: "/proc/self/exe")
            try tar.file("script", "#!/proc/self/exe\n", mode: 0o755)
        }
        let binary = try Proa.binary()
        let before = try Command("sha256sum", [binary]).check().text
        // Whatever runs as process 1 or enters: nobody inside can open its program for reading or writing.
        try attack.start(["--init"])
        let hunt = """
            end=$(($(date +%s 2>/dev/null || cut -d. -f1 /proc/uptime) + 4)); : >/tmp/hits
            while [ $(cut -d. -f1 /proc/uptime) -lt $(($(cat /tmp/began) + 4)) ]; do
                for p in /proc/[0-9]*; do
                    t=$(readlink $p/exe 2>/dev/null); case "$t" in ''|/bin/busybox|/memfd:proa:init*) ;; *) echo $t >>/tmp/hits; (echo x >>$p/exe) 2>/dev/null && echo WROTE >>/tmp/hits;; esac
                done
            done; echo over >>/tmp/hits
            """
        #expect(try attack.exec(["-d"], "cut -d. -f1 /proc/uptime >/tmp/began; " + hunt).status == 0)
        for _ in 0..<15 { _ = try attack.proa(["exec", "victim", "true"]) }
        _ = try attack.exec([], "while ! grep -q over /tmp/hits; do sleep 0.1; done")
        #expect(try attack.exec([], "cat /tmp/hits").text == "over\n")
        // Process 1 is a program of its own in sealed memory, for root with every capability, too.
        try attack.end()
        try attack.start(["--init", "--cap-add", "ALL"])
        let first = try attack.exec(
            [], "readlink /proc/1/exe; cat /proc/1/exe | wc -c; (echo x >>/proc/1/exe) 2>/dev/null && echo WROTE; ls /proc/1/fd | wc -l")
        try #require(first.lines.count == 3)
        #expect(first.lines[0].hasPrefix("/memfd:proa:init"), "\(first)")
        #expect(Int(first.lines[1].filter(\.isNumber)) ?? .max < 16384 && first.lines[2].hasSuffix("3"), "\(first)")
        for program in ["/magic", "/script", "/proc/self/exe", "/proc/1/exe"] {
            for command in [
                ["exec", "victim", program, "version"], ["run", "--rm", "-q", "--entrypoint", program, attack.image, "version"],
            ] {
                let outcome = try attack.proa(command)
                #expect(!outcome.text.contains("proa"), "\(command): \(outcome)")
            }
        }
        try attack.end()
        #expect(try Command("sha256sum", [binary]).check().text == before)
    }
}
