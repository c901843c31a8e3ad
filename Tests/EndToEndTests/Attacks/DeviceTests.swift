import LinuxSys
import Primitives
import TestSupport
import Testing

/// The host's device nodes: what a container has of them it may use, and not change.
@Suite struct DeviceTests {
    @Test("the mode and the owner of the host's devices cannot be changed from inside")
    func ownership() throws {
        let attack = try Attack()
        let change = """
            for d in null zero full random urandom tty; do chmod 644 /dev/$d; chown 1000:1000 /dev/$d; done
            for n in 0 1 2; do chmod 644 /proc/self/fd/$n; chown 1000 /proc/self/fd/$n; done; echo done
            """
        #expect(try attack.run([], change).text == "done\n")
        #expect(try attack.run(["-d"], change).status == 0)
        try attack.start()
        let user = try attack.ordinaryUser()
        for options in [[], ["-u", user], ["-i"], ["-d"], ["-d", "-u", user]] as [[String]] {
            let outcome = try attack.exec(options, change)
            #expect(outcome.status == 0 && outcome.errorText.contains("OCI") == false, "\(outcome.errorText)")
        }
        try attack.end()
        #expect(try attack.isUntouched())
    }

    @Test("the devices work all the same")
    func use() throws {
        let script = "echo x >/dev/null && head -c 3 /dev/zero | wc -c && head -c 5 /dev/urandom | wc -c && ! echo x >/dev/full"
        let attack = try Attack()
        let outcome = try attack.run(["-u", attack.ordinaryUser()], script)
        #expect(
            outcome.status == 0 && outcome.text.split(whereSeparator: { $0 == "\n" || $0 == " " }) == ["3", "5"], "\(outcome.errorText)")
        #expect(try attack.run([], "cat /dev/null && cat; echo read >/proc/self/fd/1").text == "read\n")
    }

    @Test("device nodes of an image, and nodes made by root of the container, cannot be opened")
    func nodes() throws {
        let attack = try Attack { (tar, _) throws(Failure) in
            try tar.add(.characterDevice, "shipped", mode: 0o666, device: (1, 5))
            try tar.directory("dev")
            try tar.add(.blockDevice, "dev/sda", mode: 0o666, device: (8, 0))
            try tar.add(.characterDevice, "dev/null", mode: 0o666, device: (1, 1))
        }
        let script = """
            mknod /made c 1 5; mknod /dev/made c 1 5; mknod /tmp/made c 1 5; mknod /shm c 1 5; mknod /v/made c 1 5
            for f in /shipped /made /dev/made /tmp/made /v/made /dev/sda; do head -c 1 $f && echo OPENED $f; done; echo done
            """
        let options = ["-v", "\(try attack.proa.scratch.directory("volume")):/v", "--tmpfs", "/tmp"]
        let outcome = try attack.run(options, script)
        #expect(outcome.text == "done\n", "\(outcome.text)\(outcome.errorText)")
        #expect(try attack.run(["-u", attack.ordinaryUser()], "head -c 1 /shipped && echo OPENED; echo done").text == "done\n")
        // The nodes are good ones: without the confinement they open.
        if Place.isRoot {
            let open = try attack.run(["--privileged"], "mknod /made c 1 5; head -c 1 /made >/tmp/x && echo OPENED")
            #expect(open.text == "OPENED\n", "\(open.errorText)")
        }
    }

    @Test(
        "what an image has at /dev is never used: links, files, its own nodes",
        arguments: ["dev", "dev/pts", "dev/shm", "dev/console", "dev/null", "dev/ptmx"])
    func hostileDev(_ path: String) throws {
        for target in ["/", "../../../../..", "CANARY", "/proc/self/fd", "/tmp"] {
            let attack = try Attack { (tar, canary) throws(Failure) in
                if path != "dev" { try tar.directory("dev") }
                try tar.link(path, to: target == "CANARY" ? canary : target)
            }
            let outcome = try attack.run([], "echo x >/dev/null; echo y >/dev/shm/file; echo z >/dev/console; mkdir /dev/made; ls /tmp")
            // Refused, or a /dev of the container's own.
            #expect(outcome.status == 0 ? outcome.text.isEmpty : outcome.errorText.contains("/dev"), "\(target): \(outcome)")
            #expect(try attack.isUntouched(), "\(path) to \(target)")
        }
    }
}
