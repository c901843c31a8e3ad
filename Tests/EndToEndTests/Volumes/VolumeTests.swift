import LinuxSys
import Primitives
import TestSupport
import Testing

/// Volumes from their first use to their end.
@Suite struct VolumeTests {
    private func names(_ proa: Proa) throws -> [String] { try proa.check("volume", "ls", "-q").lines }

    @Test("a named volume outlives its containers, whoever made it")
    func named() throws {
        let proa = try Proa.withBusybox()
        #expect(try proa.run(["-v", "data:/data"], "echo kept >/data/file").status == 0)
        #expect(try proa.run(["--mount", "type=volume,src=data,dst=/other"], "cat /other/file").text == "kept\n")
        #expect(try proa.check("volume", "create", "--label", "a=b", "made").line == "made")
        #expect(try names(proa) == ["data", "made"])
        let document = try proa.check("volume", "inspect", "-f", "{{.Name}} {{.Driver}} {{json .Labels}} {{.Mountpoint}}", "made").line
        #expect(document.hasPrefix("made local {\"a\":\"b\"} /") && document.hasSuffix("/volumes/made/_data"))
        let readOnly = try proa.run(["-v", "data:/data:ro"], "cat /data/file; touch /data/x")
        #expect(readOnly.text == "kept\n" && readOnly.errorText.contains("Read-only file system"))
        try proa.check("volume", "rm", "data", "made")
        #expect(try names(proa).isEmpty)
    }

    @Test("a volume that is used is not removed, and the user is named")
    func inUse() throws {
        let proa = try Proa.withBusybox()
        let id = try proa.check("create", "-v", "data:/data", "busybox").line
        for words in [["volume", "rm", "data"], ["volume", "rm", "-f", "data"]] {
            let refused = try proa.command(words).run()
            #expect(refused.status == 1 && refused.errorText == "Error: remove data: volume is in use - [\(id)]\n")
        }
        #expect(try proa.check("volume", "ls", "-q", "-f", "dangling=false").line == "data")
        #expect(try proa.check("volume", "ls", "-q", "-f", "dangling=true").line == "")
        #expect(try proa.check("ps", "-aq", "--no-trunc", "-f", "volume=data").line == id)
        try proa.check("rm", id)
        try proa.check("volume", "rm", "data")
        #expect(try proa.check("volume", "rm", "-f", "data").line == "data")
    }

    @Test("volumes without a name go with their container, named ones stay")
    func unnamed() throws {
        let proa = try Proa.withBusybox()
        try proa.check("create", "--name", "one", "-v", "/a", "-v", "named:/b", "--mount", "dst=/c", "busybox")
        #expect(try names(proa).count == 3)
        #expect(try proa.check("ps", "-a", "--format", "{{.LocalVolumes}}").line == "3")
        #expect(
            try proa.inspect("one", "{{len .Mounts}} {{json .HostConfig.Binds}} {{json .Config.Volumes}}") == "3 [\"named:/b\"] {\"/a\":{}}"
        )
        try proa.check("create", "--name", "two", "--volumes-from", "one", "busybox")
        try proa.check("rm", "-v", "one")
        // The other container uses them still.
        #expect(try names(proa).count == 3)
        try proa.check("rm", "-v", "two")
        #expect(try names(proa) == ["named"])
        #expect(try proa.run(["-v", "/a"], "touch /a/file; chown 7 /a 2>/dev/null; chmod 700 /a").status == 0)
        #expect(try names(proa) == ["named"])
        // Without -v they stay, for prune.
        try proa.check("create", "--name", "three", "-v", "/a", "busybox")
        try proa.check("rm", "three")
        #expect(try names(proa).count == 2)
        let shown = try proa.check("volume", "prune", "--dry-run").text
        #expect(try proa.check("volume", "prune", "-f").text == shown.replacing("reclaimable", with: "reclaimed"))
        #expect(try names(proa) == ["named"])
        #expect(try proa.check("volume", "prune", "-af").text.hasPrefix("Deleted Volumes:\nnamed\n\nTotal reclaimed space: "))
    }

    @Test("a detached container that removes itself takes its unnamed volumes along")
    func detached() throws {
        let proa = try Proa.withBusybox()
        let shared = try proa.waiting("leaves", options: ["--rm", "-v", "/a", "-v", "named:/b"])
        #expect(try names(proa).count == 2)
        try shared.go()
        try eventually("the container and its volume are gone") { try names(proa) == ["named"] }
    }

    @Test("--volumes-from mounts what another container has, read-only when asked for")
    func inherited() throws {
        let proa = try Proa.withBusybox()
        let host = try proa.scratch.directory("host", mode: 0o755)
        try proa.check("create", "--name", "one", "-v", "data:/data", "-v", "\(host):/host", "--tmpfs", "/t", "busybox")
        #expect(
            try proa.run(["--volumes-from", "one"], "echo x >/data/file && echo y >/host/file && [ ! -e /t ] && echo ok").text == "ok\n")
        let readOnly = try proa.run(["--volumes-from", "one:ro"], "cat /data/file /host/file; touch /data/x /host/x")
        #expect(readOnly.text == "x\ny\n" && readOnly.errorText.split(separator: "\n").count == 2)
        // One's own mount goes before.
        #expect(try proa.run(["--volumes-from", "one", "-v", "other:/data"], "ls /data").text == "")
        #expect(try proa.command(["create", "--volumes-from", "nosuch", "busybox"]).run().errorText.contains("No such container: nosuch"))
        #expect(try proa.command(["create", "--volumes-from", "one:xx", "busybox"]).run().errorText.contains("invalid mode: xx"))
    }

    @Test("options of the driver: memory, and a directory of the host")
    func drivers() throws {
        let proa = try Proa.withBusybox()
        let host = try proa.scratch.directory("host", mode: 0o755)
        try proa.check("volume", "create", "-o", "type=tmpfs", "-o", "device=tmpfs", "-o", "o=size=64k,mode=750", "memory")
        try proa.check("volume", "create", "-o", "type=none", "-o", "o=bind", "-o", "device=\(host)", "bound")
        let memory = try proa.run(
            ["-v", "memory:/m"], "stat -f -c %T /m; stat -c %a /m; head -c 100000 /dev/zero >/m/f; ls -l /m/f | wc -l")
        #expect(memory.text == "tmpfs\n750\n1\n" && memory.errorText.contains("head: "))
        #expect(try proa.run(["-v", "bound:/b"], "echo kept >/b/file").status == 0)
        #expect(try text(host + "/file") == "kept\n")
        try proa.check("volume", "rm", "bound")
        #expect(try text(host + "/file") == "kept\n")
        let mounted = try proa.run(
            ["--mount", "src=more,dst=/m,volume-opt=type=tmpfs,volume-opt=device=x,volume-label=a=b"], "stat -f -c %T /m")
        #expect(mounted.text == "tmpfs\n")
        #expect(try proa.check("volume", "ls", "-q", "-f", "label=a=b").line == "more")
        try proa.check("volume", "create", "-o", "type=nfs", "-o", "device=:/x", "-o", "o=addr=127.0.0.1", "server")
        let refused = try proa.run(["-v", "server:/m"], "true")
        #expect(refused.status == 125)
        #expect(refused.errorText.contains(Place.isRoot ? "does not answer at port 2049" : "only real root mounts NFS") || Place.isNested)
    }

    @Test("a part of a volume is mounted, found without leaving the volume")
    func below() throws {
        let proa = try Proa.withBusybox()
        #expect(
            try proa.run(
                ["-v", "data:/d"], "mkdir -p /d/a/b; echo deep >/d/a/b/file; ln -s a/b /d/inside; ln -s /etc /d/out; ln -s ../../.. /d/up"
            ).status == 0)
        for path in ["a/b", "inside"] {
            #expect(try proa.run(["--mount", "src=data,dst=/m,volume-subpath=\(path)"], "cat /m/file").text == "deep\n")
        }
        for path in ["out", "up", "nosuch"] {
            let refused = try proa.run(["--mount", "src=data,dst=/m,volume-subpath=\(path)"], "ls /m")
            #expect(refused.status == 125 && refused.text == "", "\(path): \(refused)")
        }
    }

    @Test("with O changes vanish, with U files belong to the container's user", .severalIDs)
    func modes() throws {
        let proa = try Proa.withBusybox()
        let host = try proa.scratch.directory("host", mode: 0o755)
        try proa.scratch.put("host/file", "text")
        let owner = HostFile.status("/etc/passwd")?.owner
        try Command("ln", ["-s", "/etc/passwd", host + "/link"]).check()
        if !Place.isNested {
            let overlay = try proa.run(["-v", "\(host):/m:O"], "echo changed >/m/file; rm /m/link; touch /m/new; cat /m/file")
            #expect(overlay.text == "changed\n", "\(overlay.errorText)")
            #expect(try text(host + "/file") == "text" && Directory.open(host).names().sorted() == ["file", "link"])
        }
        #expect(
            try proa.run(["-u", "1000:1001", "-v", "\(host):/m:U"], "stat -c %u:%g /m /m/file /m/link; echo x >/m/file").text
                == "1000:1001\n1000:1001\n1000:1001\n")
        #expect(HostFile.status("/etc/passwd")?.owner == owner)
        #expect(try proa.run(["-v", "data:/m:U", "-u", "7"], "touch /m/x && stat -c %u /m").text == "7\n")
        let refused = try proa.run(["-v", "/etc:/m:U"], "true")
        #expect(refused.status == 125 && refused.errorText.contains("is not given away"))
        #expect(try proa.run(["-v", "data:/m:noexec,nosuid,nodev"], "grep ' /m ' /proc/mounts").text.contains("nosuid,nodev,noexec"))
        // The test's own user takes it back, to remove it.
        #expect(try proa.run(["-v", "\(host):/m"], "chown -R 0:0 /m").status == 0)
    }

    @Test("an export brings owners and links into another volume", .severalIDs)
    func archive() throws {
        let proa = try Proa.withBusybox()
        let make = "cd /d; echo x >f; ln f g; ln -s /etc h; mkdir p; touch p/q; chown -R 55:66 p; chmod 700 p; chown 7:8 .; chmod 710 ."
        let show =
            "cd /d; ls -lan | tail -n +2 | grep -v ' \\.\\.$' | sed 's/ [A-Z][a-z][a-z] .*:[0-9]* / /'; ls -an p | tail -n 1 | cut -c 1-40; cat g"
        #expect(try proa.run(["-v", "one:/d"], make).status == 0)
        let archive = proa.scratch.path + "/one.tar"
        try proa.check("volume", "export", "-o", archive, "one")
        #expect(try Command("tar", ["-tf", archive]).check().lines == ["./", "f", "g", "h", "p/", "p/q"])
        try proa.check("volume", "create", "two")
        try proa.check("volume", "import", "two", archive)
        let (one, two) = (try proa.run(["-v", "one:/d"], show), try proa.run(["-v", "two:/d"], show))
        #expect(one.text == two.text && one.text.contains("55"))
        // Packed, from a pipe, over what is there.
        let piped = try Command(
            "sh", ["-c", "gzip -c \"$1\" | \"$0\" volume import two -", Proa.binary(), archive], environment: proa.environment
        ).run()
        #expect(piped.status == 0, "\(piped.errorText)")
        #expect(try proa.run(["-v", "two:/d"], show).text == one.text)
        let id = try proa.start(["-v", "two:/d"], "sleep 100")
        let refused = try proa.command(["volume", "import", "two", archive]).run()
        #expect(refused.status == 1 && refused.errorText.contains("in use by the running container \(id.prefix(12))"))
        try proa.check("rm", "-f", id)
        #expect(try proa.command(["volume", "import", "nosuch", archive]).run().errorText == "Error: get nosuch: no such volume\n")
    }

    @Test("what volumes take is counted, and freed when nothing uses them")
    func space() throws {
        let proa = try Proa.withBusybox()
        try proa.check("create", "--name", "user", "-v", "used:/u", "busybox")
        #expect(try proa.run(["-v", "idle:/i"], "head -c 300000 /dev/zero >/i/file").status == 0)
        let rows = try proa.check("system", "df", "--format", "{{.Type}}|{{.TotalCount}}|{{.Active}}").lines
        #expect(rows.contains("Local Volumes|2|1"))
        let details = try proa.check("system", "df", "-v", "--format", "{{range .Volumes}}{{.Name}} {{.Links}} {{.Size}};{{end}}").line
        #expect(details.contains("idle 0 3") && details.contains("used 1 "))
        try proa.check("create", "--name", "gone", "-v", "/a", "busybox")
        try proa.check("rm", "gone")
        #expect(try proa.check("system", "prune", "-f").text.contains("Deleted Volumes") == false)
        try proa.check("system", "prune", "-f", "--volumes")
        // Containers went first, but named volumes stay.
        #expect(try names(proa) == ["idle", "used"])
    }
}
