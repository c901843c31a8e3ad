import Glibc
import LinuxSys
import Primitives
import TestSupport
import Testing

/// Commands killed at moments that a seed chooses: whatever they left, prune removes all of it and nothing else.
@Suite struct KilledTests {
    /// Numbers that are the same in every run (xorshift64).
    private struct Numbers {
        var state: UInt64
        mutating func next(below limit: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(limit))
        }
    }

    /// 8 × 13: more than a hundred moments.
    @Test("after kills of pulls, loads, pushes and removals prune leaves nothing that nobody needs", arguments: 1...8)
    func anything(_ seed: Int) throws {
        let (kept, one, two) = (try Fault.layer(), try Fault.layer(dataBytes: 400_000), try Fault.layer(dataBytes: 900_000))
        let registry = try Fault.registry([kept])
        registry.addImage(
            "other", layers: [kept, one, two], diffIDs: [kept, one, two].map { SHA256.of($0) }, layerType: Fault.tarType,
            config: Fault.config)
        let proa = try Proa("killed-\(seed)")
        let (tool, other) = ("\(registry.address)/tool", "\(registry.address)/other")
        let archive = proa.scratch.path + "/image.tar"
        try proa.check("pull", "-q", other)
        try proa.check("save", "-o", archive, other)
        try proa.check("rmi", other)
        try proa.check("pull", "-q", tool)
        try proa.check("create", "--name", "stands", tool)
        var numbers = Numbers(state: 0x9E37_79B9_7F4A_7C15 &* UInt64(seed))
        let pushed = "\(try RealRegistry.start().address)/killed-\(seed)-\(getpid())"
        try proa.check("tag", tool, pushed)
        let commands = [
            ["pull", "-q", other], ["load", "-q", "-i", archive], ["push", "-q", pushed], ["rmi", "-f", other], ["image", "prune", "-af"],
        ]
        let script = """
            wait=$1; shift
            setsid "$proa" "$@" >/dev/null 2>&1 & pid=$!
            sleep "$wait"
            kill -KILL -- -$pid 2>/dev/null
            wait $pid 2>/dev/null
            exit 0
            """
        for _ in 0..<13 {
            // Pulls and loads twice as often, so that there is something to remove.
            let command = commands[[0, 0, 1, 1, 2, 3, 4][numbers.next(below: 7)]]
            let wait = "0.\(String(1000 + numbers.next(below: 120)).dropFirst())"
            var environment = proa.environment
            environment["proa"] = try Proa.binary()
            try Command("/bin/sh", ["-c", script, "sh", wait] + command, environment: environment, directory: proa.scratch.path).check()
        }
        #expect(try Fault.comes { try Fault.processes(with: proa.scratch.path).isEmpty })
        // Nothing that is needed is gone or damaged.
        let checked = try proa("system", "check")
        #expect(checked.status == 0, "\(checked.text)\(checked.errorText)")
        #expect(try proa.check("run", "--rm", "--network=none", "--pull=never", tool, "echo", "works").text == "works\n")
        // What was interrupted is done by the next attempt.
        try proa.check("push", "-q", pushed)
        try proa.check("rmi", pushed)
        try proa.check("image", "prune", "-af")
        #expect(try proa.check("images", "--format", "{{.Repository}}").lines == [tool])
        #expect(try Fault.leftovers(proa) == [])
        #expect(try proa.check("system", "check").text.hasPrefix("1 image, 3 blobs, 1 layer, 1 container"))
        try proa.check("rm", "stands")
        try proa.check("image", "prune", "-af")
        let rest = try Command("find", [Fault.store(proa), "-type", "f", "!", "-name", "*.lock", "!", "-path", "*/cache/*"]).check().lines
        #expect(rest == [])
        for line in try proa.check("system", "df", "--format", "json").lines {
            let row = try JSON.parse(line)
            if ["Records", "Caches"].contains(row["Type"]?.string ?? "") { continue }
            #expect(row["Size"]?.string == "0B", "\(line)")
        }
    }
}
