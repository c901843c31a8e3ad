import LinuxSys
import Primitives
import TestSupport
import Testing

@Suite struct ExportImportTests {
    @Test("export writes what the container sees: owners, links, removals and what the image hides")
    func export() throws {
        let proa = try Proa.withBusybox()
        let change =
            "rm /etc/motd; rm -r /opaque; mkdir /opaque; echo new >/opaque/mine; ln /opaque/mine /opaque/twin; chown 12:34 /opaque/mine; mkfifo /tmp/pipe"
        try proa.command(["run", "--name", "box", "busybox", "sh", "-c", change]).check()
        try proa.check("export", "-o", "box.tar", "box")
        let listing = try Command("tar", ["--numeric-owner", "-tvf", "\(proa.scratch.path)/box.tar"]).check().lines
        func line(_ name: String) -> String? { listing.first { $0.split(separator: " ").dropFirst(5).first.map(String.init) == name } }
        // With a single id everything is root's, inside and in the archive.
        #expect(line("opaque/mine")?.contains(Place.hasSeveralIDs ? " 12/34 " : " 0/0 ") == true)
        #expect(line("opaque/twin")?.hasPrefix("h") == true)
        #expect(line("home/user/file")?.contains(Place.hasSeveralIDs ? " 1000/1000 " : " 0/0 ") == true)
        #expect(line("bin/as-root")?.hasPrefix("-rws") == true)
        #expect(line("tmp/pipe")?.hasPrefix("p") == true)
        for gone in ["etc/motd", "removed", "opaque/new", "opaque/old"] { #expect(line(gone) == nil) }
        #expect(!listing.contains { $0.contains(".wh.") })
    }

    @Test("a running container is exported, and what import makes of it runs")
    func roundTrip() throws {
        let proa = try Proa.withBusybox()
        let id = try proa.start(["--name", "box"], "echo written >/root/file; sleep 60")
        try eventually("the file is there") { try proa("exec", "box", "cat", "/root/file").text == "written\n" }
        let script =
            "\"$proa\" export box | \"$proa\" import -m note -c 'CMD [\"cat\", \"/root/file\"]' -c 'ENV A=1 B=\"2 3\"' -c 'EXPOSE 80 90-91/udp' -c 'LABEL x=y' -c 'WORKDIR /a' -c 'WORKDIR b' -c 'USER 5:6' -c 'VOLUME /v' -c 'STOPSIGNAL 9' - made:1"
        let imported = try Fault.shell(proa, script)
        #expect(imported.status == 0 && imported.line.hasPrefix("sha256:"))
        try proa.check("rm", "-f", id)
        #expect(try proa.inspect("made:1", "{{.Id}}") == imported.line)
        #expect(try proa.check("run", "--rm", "--user", "0", "made:1").line == "written")
        let config = try JSON.parse(proa.inspect("made:1", "{{json .Config}}"))
        #expect(config["Env"] == ["A=1", "B=2 3"])
        #expect(config["ExposedPorts"]?.object?.keys == ["80/tcp", "90/udp", "91/udp"])
        #expect(config["WorkingDir"] == "/a/b" && config["User"] == "5:6" && config["StopSignal"] == "9")
        #expect(config["Volumes"] == ["/v": [:]] && config["Labels"] == ["x": "y"])
        #expect(try proa.inspect("made:1", "{{.Comment}}") == "note")
    }

    @Test("import takes files from the web, packed and plain", arguments: ["tar", "tar.gz", "tar.xz"])
    func web(_ ending: String) throws {
        let proa = try Proa()
        try Command("/bin/sh", ["-c", "mkdir t && echo there >t/file && tar -C t -caf archive.\(ending) ."], directory: proa.scratch.path)
            .check()
        let bytes = try HostFile.read("\(proa.scratch.path)/archive.\(ending)")
        let registry = try FakeRegistry()
        registry.intercept { $0.path == "/files/archive" ? FakeResponse(body: .whole(bytes)) : nil }
        let id = try proa.check("import", "http://\(registry.address)/files/archive", "web:1").line
        #expect(try proa.inspect("web:1", "{{.Id}}") == id)
        let missing = try proa("import", "http://\(registry.address)/files/other")
        #expect(missing.status == 1 && missing.errorText.contains("404"))
        let left = try Fault.leftovers(proa)
        #expect(left == [])
    }

    @Test(
        "what import cannot take is told, and leaves nothing",
        arguments: [
            ("FOO bar", "is not a valid change command"), ("ENV", "at least one argument"), ("EXPOSE 99999", "Invalid containerPort"),
            ("LABEL \"a", "matching quote"),
        ])
    func wrong(_ change: String, _ reason: String) throws {
        let proa = try Proa()
        try proa.scratch.write("archive", "")
        let outcome = try proa("import", "-c", change, "archive")
        #expect(outcome.status == 1 && outcome.errorText.contains(reason))
        #expect(try proa("import", "archive").errorText.contains("the archive is empty"))
        #expect(try Fault.names(proa, "tmp") == [])
    }
}
