import LinuxSys
import Primitives
import TestSupport
import Testing

/// `manifest` beside docker's client, which needs no daemon for it.
@Suite struct ManifestTests {
    @Test("lists are made, annotated, shown, pushed and removed as docker does, to the same digest")
    func oracle() throws {
        let registry = try RealRegistry.start()
        let image = try TestImages.busybox()
        let base = "\(registry.address)/lists"
        try image.copy(to: "docker://\(base)/oci:1", options: ["--dest-tls-verify=false"])
        try image.copy(to: "docker://\(base)/v2:1", options: ["--dest-tls-verify=false", "--format", "v2s2"])
        let proa = try Proa()
        let link = proa.scratch.path + "/docker"
        try Command("ln", ["-s", Proa.binary(), link]).check()
        let lines = [
            "create --insecure B/l:1 B/oci:1 B/v2:1", "create --insecure B/l:1 B/oci:1", "create --insecure --amend B/l:1 B/v2:1",
            "create --insecure B/m:1 B/v2:1", "create --insecure B/n:1 B/nothing:1", "annotate B/l:1 B/v2:1 --arch arm64 --variant v8",
            "annotate B/m:1 B/v2:1 --os-features a,b --os-version 7", "annotate B/m:1 B/oci:1 --arch arm",
            "annotate B/m:1 B/v2:1 --arch zzz",
            "annotate B/none:1 B/v2:1 --arch arm", "inspect --insecure B/l:1", "inspect --insecure B/m:1 B/v2:1",
            "inspect --insecure -v B/l:1", "inspect --insecure B/v2:1", "inspect --insecure -v B/oci:1", "inspect --insecure B/nothing:1",
            "push --insecure B/l:1", "inspect --insecure B/l:1", "push --insecure --purge B/m:1", "inspect --insecure B/m:1",
            "push --insecure B/m:1", "rm B/l:1", "rm B/l:1",
        ]
        for line in lines {
            let words = ["manifest"] + line.replacing("B/", with: base + "/").split(separator: " ").map(String.init)
            var ours = try proa.command(words)
            ours.program = link
            let (mine, theirs) = (try ours.run(), try Command("docker", words, environment: proa.environment).run())
            #expect(mine.status == theirs.status, "\(line)")
            #expect(mine.text == theirs.text, "\(line)")
            #expect(mine.errorText == theirs.errorText, "\(line)")
        }
    }

    @Test("an image of the store becomes part of a list, and goes to the registry with it")
    func stored() throws {
        let registry = try RealRegistry.start()
        let proa = try Proa.withBusybox()
        let list = "\(registry.address)/stored/list:1"
        try proa.check("manifest", "create", list, "busybox")
        #expect(try proa.check("manifest", "add", list, "busybox").line == list)
        let pushed = try proa.check("manifest", "push", list).lines
        #expect(pushed.count == 2 && pushed[0].hasPrefix("Pushed ref \(registry.address)/stored/list@sha256:"))
        try proa.check("rmi", "-f", "busybox")
        #expect(try proa.check("run", "--rm", "-q", list, "cat", "/etc/motd").line == "welcome from the second layer")
    }
}
