import Glibc
import Primitives
import TestSupport
import Testing

@Suite struct MountTests {
    @Test("a bind mount shows the host's files, and is read-only when asked for")
    func binds() throws {
        let proa = try Proa.withBusybox()
        let data = try proa.scratch.directory("data", mode: 0o755)
        try Command("tee", ["\(data)/given"], input: "from the host\n").check()
        let rows: [(options: [String], writes: Bool)] = [
            (["-v", "\(data):/m"], true), (["-v", "./data:/m"], true), (["-v", "\(data):/m:ro"], false),
            (["--mount", "type=bind,src=\(data),dst=/m"], true), (["--mount", "type=bind,source=./data,target=/m,readonly"], false),
            (["--mount", "type=bind,src=\(data),dst=/m,bind-propagation=rslave"], true),
            (["--mount", "type=bind,src=\(data),dst=/m,ro,bind-recursive=writable"], false),
            (["--mount", "type=bind,src=\(data),dst=/m,ro,bind-recursive=readonly,bind-propagation=rprivate"], false),
            (["-v", "\(data):/m:rslave"], true), (["-v", "\(data):/m:ro,rprivate"], false), (["-v", "\(data):/m:z"], true),
        ]
        for row in rows {
            let outcome = try proa.run(row.options, "cat /m/given; echo changed >/m/made && stat -c %u /m/made; rm -f /m/made 2>/dev/null")
            #expect(outcome.text == "from the host\n" + (row.writes ? "0\n" : ""), "\(row.options): \(outcome.errorText)")
            #expect(outcome.errorText.contains("Read-only file system") == !row.writes)
        }
        let file = try proa.run(["-v", "\(data)/given:/etc/given:ro"], "cat /etc/given; echo x >/etc/given")
        #expect(file.text == "from the host\n" && file.errorText.contains("Read-only"))
    }

    @Test("-v makes a source that is missing, --mount refuses it")
    func missing() throws {
        let proa = try Proa.withBusybox()
        #expect(try proa.run(["-v", "./made/by/it:/m"], "echo kept >/m/file").status == 0)
        #expect(try text(proa.scratch.path + "/made/by/it/file") == "kept\n")
        let refused = try proa.run(["--mount", "type=bind,src=\(proa.scratch.path)/absent,dst=/m"], "true")
        #expect(refused.status == 125 && refused.errorText.contains("bind source path does not exist"))
        #expect(try proa.check("ps", "-aq").text == "")
    }

    @Test("a submount of the source comes along, but not with bind-recursive=disabled")
    func recursion() throws {
        let proa = try Proa.withBusybox()
        #expect(try proa.run(["--mount", "type=bind,src=/dev,dst=/m"], "ls /m/pts | wc -l").line != "0")
        let alone = try proa.run(["--mount", "type=bind,src=/dev,dst=/m,bind-recursive=disabled"], "ls /m/pts | wc -l")
        // The kernel does not let a user namespace look below mounts it inherited: there it has to be refused.
        if alone.status == 0 { #expect(alone.line == "0") } else { #expect(alone.status == 125 && !Place.isRoot) }
    }

    @Test("a read-only root takes no file, a tmpfs on it does")
    func readOnly() throws {
        let proa = try Proa.withBusybox()
        let refused = try proa.run(["--read-only"], "touch /etc/x")
        #expect(refused.status == 1 && refused.errorText.contains("Read-only file system"))
        #expect(
            try proa.run(["--read-only", "--tmpfs", "/tmp"], "touch /tmp/x && echo done; touch /dev/shm/x && echo done").text
                == "done\ndone\n")
        let tmpfs = "df -k /t | awk 'END { print $2 }'; stat -c %a /t; awk '$2 == \"/t\" { print $3 }' /proc/mounts"
        #expect(try proa.run(["--tmpfs", "/t:size=1m,mode=700"], tmpfs).text == "1024\n700\ntmpfs\n")
        #expect(try proa.run(["--mount", "type=tmpfs,dst=/t,tmpfs-size=1m,tmpfs-mode=700"], tmpfs).text == "1024\n700\ntmpfs\n")
        let flags = try proa.run(["--tmpfs", "/t"], "cp /bin/busybox /t/echo; /t/echo ran; awk '$2 == \"/t\" { print $4 }' /proc/mounts")
        #expect(!flags.text.contains("ran") && flags.text.contains("nosuid") && flags.text.contains("noexec"))
    }

    @Test("what a container must not see of the kernel is masked or read-only")
    func masked() throws {
        let proa = try Proa.withBusybox()
        let script = "cat /proc/kcore 2>/dev/null | head -c 1 | wc -c; echo 1 >/proc/sys/kernel/hostname; ls /sys/firmware; touch /sys/x"
        let outcome = try proa.run(script)
        #expect(outcome.text == "0\n" && outcome.errorText.contains("Read-only file system"))
    }
}
