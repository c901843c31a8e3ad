import LinuxSys
import Primitives
import TestSupport
import Testing

/// A store on a small file system that runs full.
@Suite struct FullDiskTests {
    /// Runs the script with a file system of so many bytes at `$XDG_DATA_HOME`, in a mount namespace that ends with it.
    /// An ordinary user becomes root of a user namespace with its own id alone for that.
    private func script(_ proa: Proa, kilobytes: Int, _ body: String, _ arguments: String...) throws -> Outcome {
        var environment = proa.environment
        environment["proa"] = try Proa.binary()
        environment["size"] = "\(kilobytes)k"
        let unshare =
            ["--mount"] + (Place.isNested ? [] : ["--pid", "--fork", "--mount-proc", "--kill-child"])
            + (Place.isRoot ? [] : ["--user", "--map-root-user"])
        let whole =
            "mount -t tmpfs -o size=$size tmpfs \"$XDG_DATA_HOME\" || exit 99\n"
            + "fill() { cat /dev/zero >\"$XDG_DATA_HOME/fill\" 2>/dev/null; }\n" + body
        return try Command(
            "unshare", unshare + ["/bin/sh", "-c", whole, "sh"] + arguments, environment: environment, directory: proa.scratch.path
        ).run()
    }

    @Test("a pull that does not fit says where and how much is left, and goes on when there is room")
    func pull() throws {
        let layer = try Fault.layer(dataBytes: 3 << 20)
        let registry = try Fault.registry([layer])
        let proa = try Proa("full-pull")
        let body = """
            head -c 28000k /dev/zero >"$XDG_DATA_HOME/fill"
            "$proa" pull -q "$1"; echo "status $?"
            ls "$XDG_DATA_HOME/proa/tmp" | sed 's/-.*//' | sort -u
            rm "$XDG_DATA_HOME/fill"
            "$proa" pull -q "$1" >/dev/null && "$proa" run --rm "$1" echo works
            ls "$XDG_DATA_HOME/proa/tmp"
            """
        let outcome = try script(proa, kilobytes: 32000, body, "\(registry.address)/tool")
        #expect(outcome.text == "status 1\npartial\nworks\n", "\(outcome.errorText)")
        #expect(outcome.errorText.contains("no space left on device (ENOSPC)"))
        #expect(outcome.errorText.contains("of 32.8MB are free in \"\(Fault.store(proa))\""), "\(outcome.errorText)")
        #expect(registry.requests.contains { $0["range"] != nil })
    }

    @Test("wherever a load or a pull runs out of room, the store is whole and the next attempt goes on", arguments: ["pull", "load"])
    func everyTenth(_ command: String) throws {
        let layers = [try Fault.layer(dataBytes: 2 << 20), try Fault.layer(dataBytes: 1 << 20)]
        let registry = try Fault.registry(layers)
        let proa = try Proa("full-tenth")
        let source = try Proa("full-source")
        try source.check("pull", "-q", "\(registry.address)/tool")
        try source.check("save", "-o", "\(proa.scratch.path)/archive.tar", "\(registry.address)/tool")
        // From full to empty, a tenth of what the image takes at a time.
        let body = """
            case $2 in pull) set -- "$1" pull -q "$1";; load) set -- "$1" load -q -i archive.tar;; esac
            tool=$1; shift
            "$proa" images >/dev/null
            free() { rm -f "$XDG_DATA_HOME/fill"; head -c "$1" /dev/zero >"$XDG_DATA_HOME/fill"; }
            for tenth in 0 1 2 3 4 5 6 7 8 9; do
                free $((30000000 - tenth * 1400000))
                "$proa" "$@" >/dev/null 2>errors; echo "$?" >>statuses
                "$proa" system check >checked 2>&1 || { echo "damaged at $tenth"; cat checked; }
                "$proa" images >/dev/null || echo "no list at $tenth"
            done
            rm "$XDG_DATA_HOME/fill"
            "$proa" "$@" >/dev/null && "$proa" run --rm --pull=never "$tool" echo works
            grep -c 1 statuses
            """
        let outcome = try script(proa, kilobytes: 30000, body, "\(registry.address)/tool", command)
        #expect(outcome.lines.first == "works", "\(outcome.text)\(outcome.errorText)")
        #expect(Int(outcome.lines.last ?? "") ?? 0 >= 3, "\(outcome.text)")
        #expect(outcome.lines.count == 2, "\(outcome.text)")
    }

    @Test("with no byte left everything can be looked at, and a container cannot be made")
    func nothingLeft() throws {
        let registry = try Fault.registry([Fault.layer()])
        let proa = try Proa("full-create")
        let body = """
            "$proa" pull -q "$1" >/dev/null || exit 98
            "$proa" run --name old "$1" echo hello >/dev/null
            fill
            "$proa" ps -a --format '{{.Names}}' && "$proa" images -q | wc -l && "$proa" logs old
            "$proa" inspect --format '{{.State.ExitCode}}' old
            "$proa" create --name new "$1"; echo "status $?"
            "$proa" run --rm "$1" true; echo "status $?"
            rm "$XDG_DATA_HOME/fill"
            "$proa" ps -a --format '{{.Names}}'; "$proa" rm old
            ls -A "$XDG_DATA_HOME/proa/tmp" "$XDG_DATA_HOME/proa/containers"
            """
        let outcome = try script(proa, kilobytes: 16000, body, "\(registry.address)/tool")
        let directories = "\(Fault.store(proa))/containers:\n.names\n\n\(Fault.store(proa))/tmp:\n"
        #expect(outcome.text == "old\n1\nhello\n0\nstatus 1\nstatus 125\nold\nold\n" + directories, "\(outcome.errorText)")
        #expect(outcome.errorText.contains("0B of 16.4MB are free in \"\(Fault.store(proa))\""), "\(outcome.errorText)")
    }

    @Test("a container goes on while its log has no room; lost bytes are counted, the exit code is kept")
    func log() throws {
        let registry = try Fault.registry([Fault.layer()])
        let proa = try Proa("full-log")
        let body = """
            "$proa" pull -q "$1" >/dev/null || exit 98
            lines() { echo "i=0; while [ \\$i -lt $1 ]; do echo $2; i=\\$((i+1)); done"; }
            work="$(lines 200 0123456789); echo full >/go/full; while ! [ -e /go/on ]; do sleep 0.05; done"
            mkdir go
            "$proa" run -d --name one -v "$PWD/go:/go" "$1" sh -c "while ! [ -e /go/begin ]; do sleep 0.05; done; $work; echo after; exit 7" >/dev/null
            "$proa" run -d --name two -v "$PWD/go:/go" "$1" sh -c "while ! [ -e /go/begin ]; do sleep 0.05; done; exit 8" >/dev/null
            fill
            : >go/begin
            while ! [ -e go/full ]; do sleep 0.05; done
            "$proa" wait two
            "$proa" ps -a --filter name=two --format '{{.Status}}' | cut -c 1-10
            rm "$XDG_DATA_HOME/fill"
            : >go/on
            "$proa" wait one
            "$proa" logs one 2>/dev/null | sort -u
            "$proa" logs one 2>&1 >/dev/null
            """
        let outcome = try script(proa, kilobytes: 16000, body, "\(registry.address)/tool")
        let lines = outcome.lines
        #expect(lines.count >= 5 && lines[..<3] == ["8", "Exited (8)", "7"], "\(outcome.text)\(outcome.errorText)")
        #expect(lines.contains("after"))
        let lost = lines.last ?? ""
        #expect(outcome.errorText == "" || lost != "")
        let told = (outcome.text + outcome.errorText).split(separator: "\n").first { $0.hasPrefix("[proa: ") } ?? ""
        #expect(told.hasSuffix(" bytes of output were lost here: no space left for the log]"), "\(outcome.text)\(outcome.errorText)")
    }
}
