import LinuxSys
import Primitives
import TestSupport
import Testing

/// `cp` beside docker's: exit codes, messages, and what is where afterwards.
@Suite struct OracleCopyTests {
    /// The tree on both sides: what the rows name.
    private static let fixture = """
        mkdir -p d/sub t; echo one >d/one; echo two >d/sub/two; ln d/one d/twin; ln -s one d/rel; mkfifo d/pipe; chmod 640 d/sub/two
        chown 5:6 d/one 2>/dev/null; ln -s d link; ln -s d/one flink; ln -s nope broken; ln -s /t/d/sub abslink; echo f >f
        """

    private struct Side {
        let oracle: Oracle
        let here: (docker: String, ours: String)

        /// The container's name, one for each test: they share a daemon.
        let box: String

        init(_ name: String) throws {
            box = "copy-" + name
            oracle = try Oracle()
            here = (try oracle.proa.scratch.directory("docker-side"), try oracle.proa.scratch.directory("our-side"))
            for path in [here.docker, here.ours] { try Command("/bin/sh", ["-c", fixture], directory: path).check() }
            try oracle.same("create --name \(box) --network none busybox sleep 60")
            try oracle.same("create --name \(box)-ro --network none --read-only busybox sleep 60")
        }

        /// The same words in both.
        func both(_ words: [String], input: [UInt8] = []) throws -> (docker: Outcome, ours: Outcome) {
            var (theirs, own) = (oracle.docker.command(words), try oracle.proa.command(words))
            own.program = oracle.proa.scratch.path + "/docker"
            (theirs.directory, own.directory) = (here.docker, here.ours)
            (theirs.input, own.input) = (input, input)
            return (try theirs.run(), try own.run())
        }

        func same(_ words: [String], input: [UInt8] = []) throws {
            let (docker, ours) = try both(words, input: input)
            let row = Comment(rawValue: words.joined(separator: " "))
            #expect(ours.status == docker.status, row)
            #expect(plain(ours) == plain(docker), row)
        }

        /// Without what names a side, and without what the client logs of its own tar writer.
        private func plain(_ outcome: Outcome) -> [String] {
            var text = outcome.errorText.replacing(here.docker, with: "HERE").replacing(here.ours, with: "HERE")
            text = text.replacing("Error processing tar file(exit status 1): ", with: "")
            return text.split(separator: "\n").filter { !$0.hasPrefix("time=") }.map { line in
                // The daemon of 20.10 shows where the container's files lie on the host.
                guard let start = line.firstRange(of: "lstat /"), let at = line.firstRange(of: "/t/") else { return String(line) }
                return start.lowerBound < at.lowerBound && line.hasPrefix("Error response")
                    ? "lstat " + line[at.lowerBound...] : String(line)
            }
        }
    }

    private static func list(_ path: String) throws -> String {
        try Command("find", [path, "-printf", "%P %y %m %U %G %s %n %l\n"]).check().lines.map {
            $0.contains(" d ") ? String($0.split(separator: " ").dropLast(2).joined(separator: " ")) : $0
        }.sorted().joined(separator: "\n")
    }

    @Test("cp does what docker's does, byte for byte", .enabled(if: Docker.isPossible, Oracle.reason))
    func table() throws {
        let side = try Side("table")
        defer { _ = try? side.oracle.forget(side.box, side.box + "-ro") }
        try side.same(["cp", ".", "\(side.box):/t"])
        let out = [
            "/nope .", "/t/d/one/ .", "/t/d/one/. out", "/t/d out/x", "/t/d one", "/t/d/one nodir/", "/t/d/one nodir/x", "/t/d f",
            "/t/d/one f", "/t/link .", "/t/link/ o1", "/t/link/. o2", "/t/broken/ o3", "t/nope/x o3", "/t/d/one/x o4", "/t/d link",
            "/t/d/one flink", "/t/d/one broken", "/t/d/one /dev/null", "/t/d/one d/.", "/t/d/one newf/.", "/t/d/. o5", "/t/d/sub/.. o6",
            "../../t/d o7", "/t/d/pipe o8", "/t/abslink/. o9", "/t/d/one d/sub", "/t/d d/sub/two", "/t/d/sub/two d",
        ]
        for row in out {
            let words = row.split(separator: " ").map(String.init)
            try side.same(["cp", side.box + ":" + words[0], words[1]])
        }
        for row in ["/t/link l1", "/t/flink .", "/t/flink l2", "/t/broken l3", "/t/link/ l4", "/t/abslink l5", "/t/nope l6"] {
            let words = row.split(separator: " ").map(String.init)
            try side.same(["cp", "-L", side.box + ":" + words[0], words[1]])
        }
        #expect(try Self.list(side.here.ours) == Self.list(side.here.docker))
        let into = [
            "f /", "nope /", "f /nodir/", "f /nodir/x", "d /newdir", "d /t/d/one", "d /t/d", "d/. /t/d/sub", "f /t/d/sub/", "f /t/link",
            "f /t/flink", "f /t/abslink", "f /t/broken", "link /L2", "f /t/d/one/", "f /t/d/one/.", "f /t/d/pipe", "link/ /L3",
            "link/. /L4",
            "f /bin/x/y", "d /t/d/newd/", "d /nod/newd", "f /t/d/nf/.", "f rel", "f ", "broken /hb", "f/ /", "f/. /", "f/x /", "d/ /s1",
            ". /dot", "./f /dotf", "d/one/x /", "nope/x /",
        ]
        for row in into {
            let words = row.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
            try side.same(["cp", words[0], side.box + ":" + words[1]])
        }
        for row in ["link /L1", "link /", "broken /hb2", "flink /", "link/. /L5"] {
            let words = row.split(separator: " ").map(String.init)
            try side.same(["cp", "-L", words[0], side.box + ":" + words[1]])
        }
        for words in [
            ["\(side.box):/a", "\(side.box):/b"], ["a", "b"], ["f", "\(side.box)-ro:/"], ["f", "nosuch:/"], ["f", "nosuch:/x"],
            ["nope", "nosuch:/"],
            ["nosuch:/x", "."], ["nosuch:/x", "nodir/x"], ["", "\(side.box):/x"], ["\(side.box):/x", ""], ["\(side.box):", "."],
            ["-", "\(side.box):/t/f"], ["-", "\(side.box):/nodir"], ["-", "nosuch:/"], [":f", "\(side.box):/colon"], ["f"],
            ["a", "b", "c"],
        ] { try side.same(["cp"] + words) }
        try Self.compareInside(side, ["/t", "/newdir", "/L1", "/L3", "/dot", "/s1", "/t/d/one", "/t/link", "/t/."])
    }

    /// Everything below /t and beside it that the rows made, by an archive of each.
    private static func compareInside(_ side: Side, _ paths: [String]) throws {
        for path in paths {
            let (docker, ours) = try side.both(["cp", side.box + ":" + path, "-"])
            #expect(ours.output.count == docker.output.count, "\(path)")
            let lists = try [docker, ours].map { outcome in
                var command = Command("tar", ["--numeric-owner", "-tvf", "-"])
                command.input = outcome.output
                // Without the day and the time.
                return try command.check().lines.map { line in
                    line.split(separator: " ").enumerated().filter { ![3, 4].contains($0.offset) }.map(\.element).joined(separator: " ")
                }
            }
            #expect(lists[1] == lists[0], "\(path)")
        }
    }

    @Test("an archive on stdin is put where docker puts it, or refused", .enabled(if: Docker.isPossible, Oracle.reason))
    func archives() throws {
        let side = try Side("stdin")
        defer { _ = try? side.oracle.forget(side.box, side.box + "-ro") }
        try side.same(["cp", ".", "\(side.box):/t"])
        let archives: [[Tar.Row]] = [
            [("f", "../../climbs", "")], [("f", "/absolute", "")], [("l", "out", "/etc"), ("f", "out/through", "")],
            [("l", "relative", "../../../etc")], [("h", "hard", "../../../etc/passwd")], [("h", "hard2", "nothing")], [("f", "a/b/c", "")],
            [("f", "link/new", "")], [("f", "d", "")], [("d", "f", "")],
        ]
        for entries in archives {
            let tar = Tar()
            for entry in entries { try tar.add(entry) }
            for place in ["/t", "/"] { try side.same(["cp", "-", side.box + ":" + place], input: tar.finished()) }
        }
        try Self.compareInside(side, ["/t"])
    }

    @Test("on a terminal the size and the destination are told", .enabled(if: Docker.isPossible, Oracle.reason))
    func terminal() throws {
        let side = try Side("tty")
        defer { _ = try? side.oracle.forget(side.box, side.box + "-ro") }
        try side.same(["cp", ".", "\(side.box):/t"])
        for words in [["\(side.box):/t/d", "tt1"], ["f", "\(side.box):/"], ["d", "\(side.box):/t/sub"], ["f", "\(side.box):/t/flink"]] {
            let (theirs, own) = (side.oracle.docker.command(["cp"] + words), try side.oracle.proa.command(["cp"] + words))
            func said(_ command: Command, _ directory: String) throws -> String {
                var command = command
                command.directory = directory
                let terminal = try Terminal(command)
                try terminal.expect("Successfully")
                #expect(try terminal.end() == 0)
                return terminal.screen.replacing(directory, with: "HERE")
            }
            #expect(try said(own, side.here.ours) == said(theirs, side.here.docker), "\(words)")
        }
    }
}
