import Primitives
import TestSupport
import Testing

/// The real programs that proa is compared with, and the images that both get.
@Suite struct OracleTests {
    @Test("the registry hands out the images that were pushed, with all their layers")
    func registry() throws {
        let name = try TestImages.pushedBusybox()
        let text = try Command("skopeo", ["inspect", "--tls-verify=false", "docker://\(name)"]).check().text
        let image = try JSON.parse(text)
        #expect(image["Layers"]?.array?.count == 3)
        #expect(image["Labels"]?["proa.test"]?.string == "busybox")
    }

    @Test("debian has its package manager, and one layer or three")
    func debian() throws {
        for (name, layers) in [(try TestImages.pushedDebian(), 1), (try TestImages.pushedDebianInLayers(), 3)] {
            let text = try Command("skopeo", ["inspect", "--tls-verify=false", "docker://\(name)"]).check().text
            #expect(try JSON.parse(text)["Layers"]?.array?.count == layers)
        }
    }

    @Test("docker runs the same image", .enabled(if: Docker.isPossible, "only root can start dockerd"))
    func docker() throws {
        let docker = try Docker.start()
        try docker.load(TestImages.busybox(), as: "busybox:latest")
        let script = "cat /etc/motd; ls -d /removed /opaque/*; stat -c %u:%g:%a /home/user/file /bin/as-root; exit 3"
        let outcome = try docker("run", "--rm", "--network", "none", "busybox", "sh", "-c", script)
        #expect(outcome.status == 3)
        #expect(outcome.text == "welcome from the second layer\n/opaque/new\n1000:1000:644\n0:0:4755\n")
        #expect(outcome.errorText == "ls: /removed: No such file or directory\n")
    }
}
