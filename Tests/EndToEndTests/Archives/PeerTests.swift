import LinuxSys
import Primitives
import TestSupport
import Testing

/// What others read of ours, and we of theirs: docker, podman, skopeo and umoci.
@Suite struct PeerTests {
    /// The image's id: the digest of its configuration.
    private func imageID(_ proa: Proa, _ name: String) throws -> String { try proa.inspect(name, "{{.Id}}") }

    private func digest(_ place: String) throws -> String {
        try Command("skopeo", ["inspect", "--format", "{{.Digest}}", place]).check().line
    }

    @Test(
        "docker loads what save writes, and what docker saves is loaded: the same image id",
        .enabled(if: Docker.isPossible, Oracle.reason))
    func docker() throws {
        let (proa, docker) = (try Proa.withBusybox(), try Docker.start())
        let id = try imageID(proa, "busybox")
        try proa.check("tag", "busybox", "archive.example/busybox:peer")
        try proa.check("save", "-o", "ours.tar", "archive.example/busybox:peer")
        let loaded = try docker.command(["load", "-i", "\(proa.scratch.path)/ours.tar"]).check()
        #expect(loaded.line == "Loaded image: archive.example/busybox:peer")
        #expect(try docker.command(["inspect", "-f", "{{.Id}}", "archive.example/busybox:peer"]).check().line == id)
        try docker.command(["save", "-o", "\(proa.scratch.path)/theirs.tar", "archive.example/busybox:peer"]).check()
        try docker.command(["rmi", "archive.example/busybox:peer"]).check()
        let other = try Proa()
        #expect(try other.check("load", "-i", "\(proa.scratch.path)/theirs.tar").line == "Loaded image: archive.example/busybox:peer")
        #expect(try imageID(other, "archive.example/busybox:peer") == id)
        #expect(try other.check("run", "--rm", "archive.example/busybox:peer", "cat", "/etc/motd").line == "welcome from the second layer")
    }

    @Test(
        "podman loads every form that save writes, and what podman saves is loaded: the same image id",
        .enabled(if: Docker.isPossible, "podman's store needs root in these tests"),
        arguments: ["docker-archive", "oci-archive", "oci-dir", "docker-dir"])
    func podman(_ format: String) throws {
        let (proa, podman) = (try Proa.withBusybox(), try Podman())
        let id = try imageID(proa, "busybox")
        let path = "\(proa.scratch.path)/archive"
        try proa.check("save", "--format", format, "-o", path, "busybox")
        // podman names what it finds in a directory after the path, which must then be one in lower case.
        let load = podman.command(["load", "-i", "archive"], directory: proa.scratch.path)
        let loaded = try load.check().lines.last { $0.hasPrefix("Loaded image") } ?? ""
        let name = String(loaded.split(separator: " ").last ?? "")
        if format.hasSuffix("archive") { #expect(name == "docker.io/library/busybox:latest") }
        #expect(try "sha256:" + podman.check("inspect", "--format", "{{.Id}}", "--type", "image", name).line == id)
        try podman.check("tag", name, "localhost/back:1")
        try podman.check("save", "--format", format, "-o", "\(proa.scratch.path)/theirs", "localhost/back:1")
        let other = try Proa()
        try other.check("load", "-i", "\(proa.scratch.path)/theirs")
        #expect(try other.check("images", "-q", "--no-trunc").lines == [id])
    }

    @Test("skopeo and umoci read every form that image copy writes, with the manifest's digest")
    func copies() throws {
        let image = try TestImages.busybox()
        let wanted = try digest("oci:\(image.path):\(image.tag)")
        let proa = try Proa()
        let registry = try RealRegistry.start()
        let name = "\(registry.address)/copies/\(proa.scratch.path.split(separator: "-").last!.lowercased()):1"
        let again = name.replacing("copies/", with: "again/")
        let base = proa.scratch.path
        let chain = [
            "oci:\(image.path):latest", "docker://\(name)", "docker://\(again)", "oci:\(base)/layout:one", "dir:\(base)/flat",
            "oci-archive:\(base)/oci.tar:two", "docker-archive:\(base)/docker.tar:copied:3", "copied:4", "oci:\(base)/layout:last",
        ]
        for (source, destination) in zip(chain, chain.dropFirst()) { try proa.check("image", "copy", source, destination) }
        for place in chain.dropFirst() where !place.hasPrefix("docker") && place != "copied:4" { #expect(try digest(place) == wanted) }
        let served = try Command("skopeo", ["inspect", "--tls-verify=false", "--format", "{{.Digest}}", "docker://\(again)"]).check().line
        #expect(served == wanted)
        // An archive of docker's has no manifest to skopeo; its layers are the same.
        let layers = try Command("skopeo", ["inspect", "--format", "{{len .Layers}}", "docker-archive:\(base)/docker.tar:copied:3"]).check()
        #expect(layers.line == "3")
        #expect(try proa.check("run", "--rm", "copied:4", "cat", "/etc/motd").line == "welcome from the second layer")
        let rootless = Process.effectiveUserID == 0 ? [] : ["--rootless"]
        try Command("umoci", ["unpack"] + rootless + ["--image", "\(base)/layout:last", "\(base)/bundle"]).check()
        #expect(try text("\(base)/bundle/rootfs/etc/motd") == "welcome from the second layer\n")
        try Command("umoci", ["tag", "--image", "\(base)/layout:one", "by-umoci"]).check()
        try proa.check("image", "copy", "oci:\(base)/layout:by-umoci", "dir:\(base)/umoci")
        #expect(try digest("dir:\(base)/umoci") == wanted)
    }

    @Test("what skopeo writes is read: docker's archive, the layout, the archive of it, and dir")
    func skopeo() throws {
        let image = try TestImages.busybox()
        let proa = try Proa()
        let base = proa.scratch.path
        for (number, place) in [
            "docker-archive:\(base)/d.tar:sk:1", "oci-archive:\(base)/o.tar:sk:2", "oci:\(base)/layout:three", "dir:\(base)/dir",
        ]
        .enumerated() {
            try image.copy(to: place)
            try proa.check("image", "copy", place, "taken:\(number)")
            #expect(try proa.check("run", "--rm", "taken:\(number)", "cat", "/opaque/new").line == "made by the third layer")
        }
        #expect(try Set(proa.check("images", "-q").lines).count == 1)
    }

    @Test("the digest file holds the digest of what was copied")
    func digestFile() throws {
        let image = try TestImages.busybox()
        let proa = try Proa()
        try proa.check("image", "copy", "--digestfile", "digest", "oci:\(image.path):latest", "dir:flat")
        #expect(try text("\(proa.scratch.path)/digest") == digest("oci:\(image.path):latest"))
    }
}
