import LinuxSys
import Primitives
import TestSupport
import Testing

/// Images and containers that want volumes to reach the host.
@Suite struct VolumeAttackTests {
    static let targets = ["/", "../../../../../..", "CANARY", "/proc/self/root", "/proc/1/cwd", "/dangling/nowhere"]

    @Test("first use follows an image's links inside the image alone (CVE-2018-15664, CVE-2022-1227)", arguments: targets)
    func firstUse(_ target: String) throws {
        for place in ["/vol", "/deep/vol", "/vol/file", "/vol/../vol/x"] {
            let attack = try Attack(["Volumes": .object([place: [:]])]) { (tar, canary) throws(Failure) in
                let target = target == "CANARY" ? canary : target
                try tar.link("vol", to: target)
                try tar.directory("deep")
                try tar.link("deep/vol", to: target)
            }
            for options in [[], ["-v", "named:\(place)"]] {
                let outcome = try attack.run(
                    options, "find / -xdev -name file -exec cat {} \\; ; ls -R \(place); cat \(place)/file; echo x >\(place)/file")
                #expect(!attack.leaks(outcome), "\(place) to \(target): \(outcome.text)")
                #expect(try attack.isUntouched(), "\(place) to \(target)")
            }
            // What the volume holds came out of the image.
            let found = try Command("grep", ["-r", "canary's own", attack.proa.scratch.path + "/data/proa/volumes"]).run()
            #expect(found.status != 0, "\(found.text)")
        }
    }

    @Test("links inside a volume's files are copied and never followed")
    func content() throws {
        let attack = try Attack(["Volumes": ["/data": [:]]]) { (tar, canary) throws(Failure) in
            try tar.directory("data")
            try tar.link("data/canary", to: canary)
            try tar.link("data/up", to: "../../../../../../../../.." + canary)
            try tar.add(.fifo, "data/pipe")
        }
        let outcome = try attack.run(
            ["-v", "named:/data"], "cat /data/canary/file /data/up/file; ls /data; [ -p /data/pipe ] && echo pipe")
        #expect(outcome.text == "canary\npipe\nup\npipe\n" && !attack.leaks(outcome))
        #expect(try attack.proa(["volume", "export", "-o", attack.proa.scratch.path + "/x.tar", "named"]).status == 0)
        #expect(try attack.proa(["volume", "rm", "named"]).status == 0)
        #expect(try attack.isUntouched())
    }

    @Test("an image's impossible VOLUMEs are refused", arguments: ["/", "/..", "relative", "", "/a\u{0}b", "../../x"])
    func impossible(_ path: String) throws {
        let attack = try Attack(["Volumes": .object([path: [:]])])
        let outcome = try attack.run([], "echo ran")
        #expect(outcome.status == 125 && outcome.text == "" && outcome.errorText.contains("VOLUME"), "\(outcome)")
        #expect(try attack.proa(["ps", "-aq"]).text == "" && attack.proa(["volume", "ls", "-q"]).text == "")
        #expect(try attack.isUntouched())
    }

    @Test("an image with very many VOLUMEs makes no volume at all")
    func many() throws {
        let attack = try Attack(["Volumes": .object(JSONObject((0..<5000).map { (key: "/v\($0)", value: "") }))])
        #expect(try attack.run([], "true").status == 125)
        #expect(try attack.proa(["volume", "ls", "-q"]).text == "")
    }

    @Test("a container cannot move a volume's part out of the volume while it is mounted (CVE-2023-28642)")
    func race() throws {
        let attack = try Attack()
        let swap = "mkdir -p /v/a /v/b; while [ -e /v ]; do mv /v/a /v/c; ln -s \(attack.canary) /v/a; rm /v/a; mv /v/c /v/a; done"
        #expect(try attack.proa(["run", "-d", "-q", "--name", "swap", "-v", "shared:/v", attack.image, "sh", "-c", swap]).status == 0)
        for _ in 0..<12 {
            let outcome = try attack.run(["--mount", "src=shared,dst=/m,volume-subpath=a"], "cat /m/file; ls /m; echo x >/m/file")
            #expect(!attack.leaks(outcome), "\(outcome)")
        }
        #expect(try attack.proa(["rm", "-f", "swap"]).status == 0)
        #expect(try attack.isUntouched())
    }

    /// Adds what leads to the canary to an archive.
    private func add(_ attack: String, _ tar: Tar, _ canary: String) throws(Failure) {
        switch attack {
        case "through a link":
            try tar.link("out", to: canary)
            try tar.file("out/file", "overwritten")
        case "through a link that is there": try tar.file("old/file", "overwritten")
        case "by climbing": try tar.file("../../../../canary/file", "overwritten")
        case "by its path": try tar.file(canary + "/file", "overwritten")
        case "by a hard link": try tar.add(.hardLink, "f", to: canary + "/file")
        default: try tar.link("./", to: canary)
        }
    }

    @Test(
        "an archive cannot reach out of the volume it is put into",
        arguments: [
            "through a link", "through a link that is there", "by climbing", "by its path", "by a hard link",
            "by a link in the place of the root",
        ])
    func archives(_ kind: String) throws {
        let attack = try Attack()
        #expect(try attack.run(["-v", "named:/v"], "ln -s \(attack.canary) /v/old; mkdir /v/kept").status == 0)
        let tar = Tar()
        try add(kind, tar, attack.canary)
        let folder = try Directory.open(attack.proa.scratch.path)
        try folder.createFile("evil.tar", try tar.finished(), mode: 0o644)
        _ = try attack.proa(["volume", "import", "named", attack.proa.scratch.path + "/evil.tar"])
        #expect(try attack.isUntouched())
        let outcome = try attack.run(["-v", "named:/v"], "[ -d /v/kept ] && echo kept; cat /v/*")
        #expect(outcome.text.hasPrefix("kept\n") && !attack.leaks(outcome), "\(outcome)")
    }

    @Test("an archive that is no archive changes nothing")
    func rubbish() throws {
        let attack = try Attack()
        #expect(try attack.run(["-v", "named:/v"], "echo x >/v/kept").status == 0)
        let outcome = try attack.proa(["volume", "import", "named", "-"], input: String(repeating: "rubbish", count: 1000))
        #expect(outcome.status == 1 && outcome.errorText.contains("importing into the volume \"named\""))
        #expect(try attack.run(["-v", "named:/v"], "ls /v").text == "kept\n")
        #expect(try Directory.open(attack.proa.scratch.path + "/data/proa/volumes/named").names().contains("import.partial") == false)
    }
}
