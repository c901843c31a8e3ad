import Glibc
import LinuxSys
import Primitives
import TestSupport
import Testing

/// Pulls that are ended from outside, and pulls side by side.
@Suite struct InterruptedPullTests {
    /// Serves 2 MB of the layer, then waits for the client to go.
    private func stalling(_ layer: [UInt8]) throws -> FakeRegistry {
        let registry = try Fault.registry([layer])
        registry.intercept { $0.path.hasSuffix("\(SHA256.of(layer))") ? FakeResponse(body: .stall(layer, after: 2 << 20)) : nil }
        return registry
    }

    private func partialBytes(_ proa: Proa, _ layer: [UInt8]) -> Int64 {
        HostFile.status("\(Fault.store(proa))/tmp/partial-\(SHA256.of(layer).hex)")?.sizeBytes ?? 0
    }

    /// The next pull asks only for what is missing, and leaves nothing.
    private func resume(_ proa: Proa, _ registry: FakeRegistry, _ layer: [UInt8]) throws {
        let kept = partialBytes(proa, layer)
        #expect(kept >= 1 << 20)
        registry.intercept { _ in nil }
        try proa.check("pull", "-q", "\(registry.address)/tool")
        #expect(registry.requests.last { $0.path.hasSuffix("\(SHA256.of(layer))") }?["range"] == "bytes=\(kept)-")
        let left = try Fault.leftovers(proa)
        #expect(left == [])
        #expect(try proa.check("run", "--rm", "\(registry.address)/tool", "echo", "works").text == "works\n")
    }

    @Test("ctrl-c ends a pull at once, and the next one goes on")
    func interrupt() throws {
        let layer = try Fault.layer(dataBytes: 3 << 20)
        let (proa, registry) = (try Proa("ctrl-c"), try stalling(layer))
        let terminal = try proa.terminal("pull", "\(registry.address)/tool")
        #expect(try Fault.comes { partialBytes(proa, layer) >= 1 << 20 })
        try terminal.send("\u{3}")
        #expect(try terminal.end() == 130)
        #expect(try Fault.comes { try Fault.processes(with: registry.address).isEmpty })
        try resume(proa, registry, layer)
    }

    @Test("a killed pull leaves no process, and the next one goes on", arguments: ["command", "stage"])
    func kill(_ whom: String) throws {
        let layer = try Fault.layer(dataBytes: 3 << 20)
        let (proa, registry) = (try Proa("killed"), try stalling(layer))
        // As root the command does the work itself; else a stage in the user's namespace does.
        let script = """
            "$proa" pull -q "$1" & pid=$!
            tries=0
            until [ -n "$(find "$XDG_DATA_HOME/proa/tmp" -name 'partial-*' -size +1000k 2>/dev/null)" ] || [ $tries = 200 ]; do
                sleep 0.05; tries=$((tries + 1))
            done
            victim=$pid
            [ "$2" = stage ] && victim=$(pgrep -P $pid || echo $pid)
            kill -KILL $victim
            wait $pid
            """
        let outcome = try Fault.shell(proa, script, "\(registry.address)/tool", whom)
        #expect(outcome.status == 137)
        #expect(try Fault.comes { try Fault.processes(with: registry.address).isEmpty })
        try resume(proa, registry, layer)
    }

    @Test("two pulls of the same image at once fetch it once")
    func together() throws {
        let layer = try Fault.layer(dataBytes: 1 << 20)
        let (proa, registry) = (try Proa("together"), try Fault.registry([layer]))
        registry.intercept { request in
            if request.path.hasSuffix("\(SHA256.of(layer))") { Clock.sleep(nanoseconds: 400_000_000) }
            return nil
        }
        let script = """
            "$proa" pull "$1" & first=$!
            "$proa" pull "$1" & second=$!
            wait $first || exit 1
            wait $second
            """
        let outcome = try Fault.shell(proa, script, "\(registry.address)/tool")
        #expect(outcome.status == 0, "\(outcome.errorText)")
        #expect(registry.requests.filter { $0.path.hasSuffix("\(SHA256.of(layer))") }.count == 1)
        #expect(try Fault.leftovers(proa) == [])
    }

    @Test("images are removed and pruned while another is pulled, which does not suffer")
    func collection() throws {
        let (one, two) = (try Fault.layer(dataBytes: 1 << 20), try Fault.layer(dataBytes: 2 << 20))
        let (proa, registry) = (try Proa("collection"), try Fault.registry([one, two]))
        let other = try Fault.registry([[UInt8](repeating: 0, count: 20480)])
        let script = """
            "$proa" pull -q "$1" & pid=$!
            while kill -0 $pid 2>/dev/null; do
                "$proa" pull -q "$2" && "$proa" rmi "$2" && "$proa" image prune -af || exit 9
            done
            wait $pid
            """
        registry.intercept { request in
            if request.path.hasSuffix("\(SHA256.of(two))") { Clock.sleep(nanoseconds: 700_000_000) }
            return nil
        }
        let outcome = try Fault.shell(proa, script, "\(registry.address)/tool", "\(other.address)/tool")
        #expect(outcome.status == 0, "\(outcome.errorText)")
        // The last round may have pruned the finished image: then it is whole again after this.
        try proa.check("pull", "-q", "\(registry.address)/tool")
        #expect(try proa.check("run", "--rm", "\(registry.address)/tool", "echo", "works").text == "works\n")
        #expect(try Fault.leftovers(proa) == [])
    }
}
