import LinuxSys
import Primitives
import TestSupport
import Testing

/// What an empty volume takes from the image, and what it must not take.
@Suite struct VolumeFillTests {
    private static let volumes: JSON = ["Volumes": ["/data": [:]]]

    private func image(_ config: JSON = volumes, _ build: (Tar) throws(Failure) -> Void = { _ in }) throws(Failure) -> Attack {
        try Attack(config) { (tar, canary) throws(Failure) in
            try tar.directory("data", mode: 0o751)
            try tar.file("data/file", "of the image", mode: 0o640)
            try tar.add(.hardLink, "data/second", to: "data/file")
            try tar.link("data/link", to: canary)
            try tar.directory("data/sub", mode: 0o700)
            try tar.file("data/sub/deep", "deep")
            try build(tar)
        }
    }
    private static let show =
        "cd /data; ls -A | sort | tr '\\n' ' '; cat second sub/deep; stat -c ' %a' . file sub | tr '\\n' ' '; stat -c %h file"
    private static let shown = "file link second sub of the imagedeep 751  640  700 2\n"

    @Test("an empty volume takes the image's files, once")
    func first() throws {
        let image = try image()
        #expect(try image.run(["-v", "named:/data"], Self.show).text == Self.shown)
        #expect(try image.run(["-v", "named:/data"], "echo changed >/data/file; rm /data/link; touch /data/mine").status == 0)
        #expect(
            try image.run(["-v", "named:/data"], "ls -A /data | sort | tr '\\n' ' '; cat /data/second").text
                == "file mine second sub changed\n")
        // The image's own VOLUME, and one without a name.
        #expect(try image.run([], Self.show).text == Self.shown)
        #expect(try image.run(["--mount", "dst=/data"], Self.show).text == Self.shown)
        #expect(try image.proa(["volume", "ls", "-q"]).text == "named\n")
        #expect(try image.isUntouched())
    }

    @Test("nothing is taken where it was not wanted")
    func never() throws {
        let image = try image()
        let bound = try image.proa.scratch.directory("bound", mode: 0o755)
        for (index, options) in [
            ["-v", "a0:/data:nocopy"], ["-v", "a1:/data:ro"], ["--mount", "src=a2,dst=/data,volume-nocopy"],
            ["--mount", "src=a3,dst=/data,readonly"], ["--read-only", "-v", "a4:/data"], ["-v", "\(bound):/data"], ["--tmpfs", "/data"],
            ["-v", "a7:/elsewhere", "-v", "a8:/data:nocopy"],
        ].enumerated() {
            let outcome = try image.run(options, "ls -A /data")
            #expect(outcome.status == 0 && outcome.text == "", "\(index): \(outcome)")
        }
        #expect(try Directory.open(bound).names() == [])
        // What was read-only then is filled when it may be written.
        #expect(try image.run(["-v", "a1:/data"], Self.show).text == Self.shown)
    }

    @Test("files of other users keep their owners", .severalIDs)
    func owners() throws {
        let image = try image { (tar) throws(Failure) in
            try tar.directory("data/db", mode: 0o700)
        }
        let prepared = try image.run(
            ["--name", "unused", "-v", "named:/data"], "chown -R 70:71 /data/db; chown 70:70 /data; chmod 700 /data; stat -c %u /data")
        #expect(prepared.text == "70\n", "\(prepared.errorText)")
        #expect(try image.run(["-v", "named:/data", "-u", "70:71"], "touch /data/db/x && stat -c %u:%g /data/db").text == "70:71\n")
        #expect(try image.proa(["volume", "rm", "named"]).status == 0)
        #expect(try Directory.open(image.proa.scratch.path + "/data/proa/tmp").names() == [])
    }

    @Test("a copy that was interrupted is begun anew, a move that was interrupted goes on", arguments: ["partial", "ready"])
    func interrupted(_ state: String) throws {
        let image = try image()
        #expect(try image.proa(["volume", "create", "named"]).status == 0)
        let volume = image.proa.scratch.path + "/data/proa/volumes/named"
        try Command("mkdir", ["-p", "\(volume)/fill.\(state)/left"]).check()
        try Command("touch", ["\(volume)/fill.\(state)/one"]).check()
        if state == "ready" { try Command("touch", ["\(volume)/_data/moved"]).check() }
        let outcome = try image.run(["-v", "named:/data"], "ls -A /data | sort | tr '\\n' ' '")
        #expect(outcome.text == (state == "ready" ? "left moved one " : "file link second sub "))
        #expect(try Directory.open(volume).names().filter { $0.hasPrefix("fill.") } == ["fill.lock"])
    }

    @Test("kill -9 at any moment leaves an empty volume or a whole one", arguments: 1...4)
    func killed(_ seed: Int) throws {
        let count = 400
        let image = try image { (tar) throws(Failure) in
            for number in 0..<count { try tar.file("data/f\(number)", "\(number)") }
        }
        #expect(try image.run([], "true").status == 0)
        let script = """
            setsid "$proa" run --rm -v "$2:/data" "$3" true >/dev/null 2>&1 & pid=$!
            sleep "$1"
            kill -KILL -- -$pid 2>/dev/null
            wait $pid 2>/dev/null
            exit 0
            """
        var environment = image.proa.environment
        environment["proa"] = try Proa.binary()
        for step in 0..<6 {
            let wait = "0.0\((seed * 7 + step * 13) % 90 + 10)"
            try Command(
                "sh", ["-c", script, "sh", wait, "v\(step)", image.image], environment: environment, directory: image.proa.scratch.path
            )
            .check()
        }
        for step in 0..<6 {
            let outcome = try image.run(["-v", "v\(step):/data"], "ls -A /data | wc -l; cat /data/f\(count - 1) /data/sub/deep")
            #expect(outcome.text == "\(count + 4)\n\(count - 1)deep", "\(outcome.errorText)")
        }
        #expect(try image.proa(["volume", "prune", "-af"]).status == 0)
        #expect(try image.isUntouched())
    }
}
