import Primitives
import TestSupport
import Testing

@Suite struct ImageTests {
    @Test("an image is pulled once, named twice, and gone with its last name")
    func life() throws {
        let name = try TestImages.pushedBusybox()
        let proa = try Proa()
        #expect(try proa.check("pull", name).text.contains("Status: Downloaded newer image for \(name)"))
        #expect(try proa.check("pull", name).text.contains("Status: Image is up to date for \(name)"))
        try proa.check("tag", name, "mine:2")
        let listed = try proa.check("images", "--format", "{{.Repository}}:{{.Tag}}").lines
        #expect(Set(listed) == [name, "mine:2"])
        #expect(try Set(proa.check("images", "-q").lines).count == 1)

        let untagged = try proa.check("rmi", name).lines
        #expect(untagged.count == 2 && untagged[0] == "Untagged: \(name)" && untagged[1].contains("@sha256:"))
        let container = try proa.check("create", "mine:2").line
        let refused = try proa("rmi", "mine:2")
        #expect(refused.status == 1 && refused.errorText.contains(container.prefix(12)))
        try proa.check("rm", container)
        #expect(try proa.check("rmi", "mine:2").text.contains("Deleted: sha256:"))
        #expect(try proa.check("images", "-q").text == "")
    }

    @Test("an image that was removed leaves no layer behind")
    func disk() throws {
        let proa = try Proa.withBusybox()
        let root = try proa.check("info", "--format", "{{.DockerRootDir}}").line
        try proa.check("rmi", "-f", proa.check("images", "-q").lines[0])
        let left = try Command("find", [root, "-type", "f", "-size", "+64k"]).check().lines
        #expect(left == [])
    }

    @Test("layers lie on each other: later files win, whiteouts and opaque directories remove")
    func layers() throws {
        let proa = try Proa.withBusybox()
        let script = "cat /etc/motd; ls -d /removed /opaque/*; stat -c %a /home/user/file /bin/as-root"
        let outcome = try proa.run(script)
        #expect(outcome.text == "welcome from the second layer\n/opaque/new\n644\n4755\n")
        #expect(outcome.errorText == "ls: /removed: No such file or directory\n")
    }

    @Test("files of an image keep their owners", .severalIDs)
    func owners() throws {
        let proa = try Proa.withBusybox()
        #expect(try proa.run("stat -c %u:%g:%a /home/user/file /bin/as-root").text == "1000:1000:644\n0:0:4755\n")
    }

    @Test("run pulls what is missing, by name and by digest, and never on --pull never")
    func missing() throws {
        let name = try TestImages.pushedBusybox()
        let proa = try Proa()
        #expect(try proa("run", "--rm", "--pull", "never", name, "true").status == 125)
        #expect(try proa("run", "--rm", "--quiet", name, "echo", "there").text == "there\n")
        let digest = try proa.inspect(name, "{{index .RepoDigests 0}}")
        #expect(digest.contains("@sha256:"))
        try proa.check("rmi", name)
        #expect(try proa("run", "--rm", "--quiet", digest, "echo", "again").text == "again\n")
        #expect(try proa("pull", name.replacing("busybox", with: "nothing")).status == 1)
    }

    @Test("debian runs from one layer and from three")
    func debian() throws {
        let proa = try Proa()
        let script = "cat /etc/debian_version; cat /etc/motd; test -d /usr/share/doc; echo $?; wc -l </srv/data/numbers"
        let outcome = try proa("run", "--rm", "-q", TestImages.pushedDebianInLayers(), "bash", "-c", script)
        #expect(outcome.lines.first?.hasPrefix("12.") ?? false)
        #expect(outcome.lines.dropFirst() == ["replaced by the second layer", "1", "20000"])
    }
}
