import Glibc
import LinuxSys
import Primitives
import TestSupport
import Testing

/// `system check` finds what was damaged, and `--repair` fetches that and nothing else.
@Suite struct CheckTests {
    private struct Installed {
        let registry: FakeRegistry
        let proa: Proa
        let layers: [[UInt8]]
        var image: String { "\(registry.address)/tool" }
        var store: String { Fault.store(proa) }
        var layerArea: String { HostFile.exists("\(store)/layers") ? "layers" : "layers-single" }

        init(_ purpose: String) throws {
            layers = [try Fault.layer(), try Fault.layer(dataBytes: 100_000)]
            registry = try Fault.registry(layers)
            proa = try Proa(purpose)
            try proa.check("pull", "-q", image)
        }

        /// Where a layer's files lie.
        func directory(_ number: Int) -> String { "\(store)/\(layerArea)/\(SHA256.of(layers[number]).hex)" }
        func blob(_ number: Int) -> String { "\(store)/blobs/sha256/\(SHA256.of(layers[number]).hex)" }

        /// Repairs everything. - Returns: the paths that were asked for.
        func repair(saying text: String = "repaired") throws -> [String] {
            let before = registry.requests.count
            let outcome = try proa("system", "check", "--repair")
            #expect(outcome.status == 0 && outcome.text.contains(text), "\(outcome.text)\(outcome.errorText)")
            return registry.requests.dropFirst(before).map(\.path).filter { $0 != "/v2/" }
        }
        func works() throws {
            #expect(try proa.check("run", "--rm", "--pull=never", image, "echo", "works").text == "works\n")
            #expect(try proa.check("system", "check").text.hasSuffix("no damage found\n"))
            #expect(try Fault.leftovers(proa) == [])
        }
    }

    /// Changes one byte in the middle.
    private func flip(_ path: String) throws {
        var bytes = try HostFile.read(path)
        bytes[bytes.count / 2] ^= 1
        let slash = path.lastIndex(of: "/")!
        try Directory.open(String(path[..<slash])).writeFile(String(path[path.index(after: slash)...]), bytes, durable: false)
    }

    @Test("a blob with one wrong byte is found, and fetched again alone")
    func blob() throws {
        let it = try Installed("check-blob")
        #expect(try it.proa.check("system", "check").text == "1 image, 4 blobs, 2 layers, 0 containers: no damage found\n")
        try flip(it.blob(1))
        #expect(try it.proa("system", "check", "--quick").status == 0)
        let found = try it.proa("system", "check")
        let name = "blob \(SHA256.of(it.layers[1]))"
        #expect(found.status == 1 && found.lines.first == "\(name): its content is damaged (\(it.image):latest)")
        #expect(try it.proa("system", "check", "-q").text == "")
        let asked = try it.repair(saying: "\(name): fetched again from \(it.image)\n")
        #expect(asked == ["/v2/tool/blobs/\(SHA256.of(it.layers[1]))"])
        try it.works()
    }

    @Test("a layer that lost, gained or changed a file is unpacked again without the registry", arguments: ["rm", "add", "mode", "cut"])
    func layer(_ how: String) throws {
        let it = try Installed("check-layer")
        let script = [
            "rm": "rm data", "add": ": >new", "mode": "chmod 600 bin/busybox", "cut": "truncate -s 5 data",
        ][how]!
        try Command("/bin/sh", ["-euc", "cd \"$1\"; \(script)", "sh", it.directory(1)]).check()
        let found = try it.proa("system", "check")
        #expect(found.status == 1 && found.text.contains("layer \(SHA256.of(it.layers[1])): "), "\(found.text)\(found.errorText)")
        let asked = try it.repair()
        #expect(asked == [])
        try it.works()
    }

    @Test("a layer whose blob is damaged too is unpacked from the fetched one; one that is gone comes back")
    func both() throws {
        let it = try Installed("check-both")
        try flip(it.blob(0))
        try Command("rm", ["-rf", it.directory(0), it.directory(1)]).check()
        #expect(try it.proa("system", "check", "--quick").lines.count == 3)
        let asked = try it.repair()
        #expect(asked == ["/v2/tool/blobs/\(SHA256.of(it.layers[0]))"])
        try it.works()
    }

    @Test("a damaged manifest and configuration are fetched by digest")
    func documents() throws {
        let it = try Installed("check-documents")
        for name in try Fault.names(it.proa, "blobs/sha256") where !it.layers.contains(where: { SHA256.of($0).hex == name }) {
            try flip("\(it.store)/blobs/sha256/\(name)")
        }
        let asked = try it.repair()
        #expect(asked.count == 2 && asked[0].hasPrefix("/v2/tool/manifests/sha256:") && asked[1].hasPrefix("/v2/tool/blobs/sha256:"))
        try it.works()
    }

    @Test("a cut record of an image is written again from its blobs; a name of nothing is removed")
    func records() throws {
        let it = try Installed("check-records")
        for name in try Fault.names(it.proa, "images") where name.hasSuffix(".json") {
            #expect(truncate("\(it.store)/images/\(name)", 20) == 0)
        }
        let found = try it.proa("system", "check")
        #expect(found.status == 1 && found.text.contains("its record is damaged"))
        let asked = try it.repair(saying: "written again from its blobs")
        #expect(asked == [])
        try it.works()
        try it.proa.check("tag", it.image, "other")
        for name in try Fault.names(it.proa, "images/names") where try text("\(it.store)/images/names/\(name)").contains("library/other") {
            #expect(truncate("\(it.store)/images/names/\(name)", 3) == 0)
        }
        #expect(try it.proa("system", "check", "--repair").text.contains("removed: what it stood for cannot be read"))
        try it.works()
    }

    @Test("a damaged layer under a running container stays until that has ended")
    func inUse() throws {
        let it = try Installed("check-in-use")
        try it.proa.check("run", "-d", "--name", "runs", it.image, "sleep", "60")
        try Command("rm", ["\(it.directory(1))/data"]).check()
        let refused = try it.proa("system", "check", "--repair")
        #expect(
            refused.status == 1 && refused.text.contains("not repaired: a running container stands on it"),
            "\(refused.text)\(refused.errorText)")
        #expect(try it.proa.check("exec", "runs", "echo", "alive").text == "alive\n")
        try it.proa.check("rm", "-f", "runs")
        #expect(try it.proa("system", "check", "--repair").status == 0)
        try it.works()
    }

    @Test("what came from no registry is told, and stays")
    func loaded() throws {
        let it = try Installed("check-loaded")
        let archive = it.proa.scratch.path + "/image.tar"
        try it.proa.check("save", "-o", archive, it.image)
        try it.proa.check("rmi", it.image)
        try it.proa.check("load", "-q", "-i", archive)
        try flip(it.blob(0))
        let outcome = try it.proa("system", "check", "--repair")
        #expect(outcome.status == 1 && outcome.text.contains("came from no registry: load it again"), "\(outcome.text)\(outcome.errorText)")
        #expect(try it.proa.check("run", "--rm", "--pull=never", it.image, "echo", "works").text == "works\n")
    }

    @Test("records of containers are looked at")
    func containers() throws {
        let it = try Installed("check-containers")
        let id = try it.proa.check("create", "--name", "hurt", it.image).line
        try it.proa.check("create", "--name", "sound", it.image)
        #expect(truncate("\(it.store)/containers/\(id)/config.json", 9) == 0)
        let outcome = try it.proa("system", "check", "--repair")
        #expect(
            outcome.status == 1 && outcome.lines.count == 2 && outcome.text.contains("rm -f \(id.prefix(12))"),
            "\(outcome.text)\(outcome.errorText)")
        try it.proa.check("rm", "-f", "hurt")
        #expect(try it.proa("system", "check").status == 0)
    }

    @Test("a check beside pulls and removals finds nothing")
    func beside() throws {
        let it = try Installed("check-beside")
        let other = try Fault.registry([Fault.layer(dataBytes: 300_000)])
        let script = """
            (for i in 1 2 3 4 5 6; do "$proa" pull -q "$1" && "$proa" rmi "$1" || exit 9; done) >/dev/null & pid=$!
            while kill -0 $pid 2>/dev/null; do "$proa" system check || exit 8; done
            wait $pid
            """
        let outcome = try Fault.shell(it.proa, script, "\(other.address)/tool")
        #expect(outcome.status == 0, "\(outcome.text)\(outcome.errorText)")
        try it.works()
    }
}
