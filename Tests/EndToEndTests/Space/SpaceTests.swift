import Glibc
import LinuxSys
import Primitives
import TestSupport
import Testing

/// What `system df` says, and what prune then frees.
@Suite struct SpaceTests {
    /// The rows of `system df` by their type: bytes are what `-v` and the table round, so they come from the sums of du.
    private func rows(_ proa: Proa) throws -> [String: JSON] {
        var rows: [String: JSON] = [:]
        for line in try proa.check("system", "df", "--format", "json").lines {
            let row = try JSON.parse(line)
            rows[row["Type"]?.string ?? ""] = row
        }
        return rows
    }

    /// What du says of the store, as root of the user's namespace where there is one.
    private func du(_ proa: Proa) throws -> Double {
        let store = Fault.store(proa)
        let words = ["du", "-s", "-B1", store]
        let outcome =
            try Process.effectiveUserID == 0 || !hasSubordinateIDs
            ? Command(words[0], Array(words.dropFirst())).run()
            : Command("unshare", ["--user", "--map-auto", "--map-root-user"] + words).run()
        return Double(outcome.text.split(separator: "\t")[0]) ?? 0
    }
    private var hasSubordinateIDs: Bool {
        let name = UserAccount.name(of: Process.effectiveUserID) ?? "-"
        return HostFile.text("/etc/subuid")?.split(separator: "\n").contains { $0.hasPrefix("\(name):") } ?? false
    }

    private func bytes(_ text: String) throws -> Double { Double(try ByteSize.parseDecimal(String(text.prefix { $0 != " " }))) }

    @Test("all rows together are what du says, with hard links, sparse files, logs and half a download")
    func sum() throws {
        let proa = try Proa.withBusybox()
        let script = """
            head -c 3000000 /dev/urandom >/written; ln /written /again; truncate -s 1G /sparse; mkdir -m 0 /closed
            seq 1 30000
            """
        try proa.check("run", "--name", "writer", "busybox", "sh", "-c", script)
        _ = try proa.start(["--name", "runs"], "sleep 60")
        let partial = "\(Fault.store(proa))/tmp/partial-\(String(repeating: "ab", count: 32))"
        try Command("head", ["-c", "500000", "/dev/zero"]).check()
        try Command("/bin/sh", ["-c", "head -c 500000 /dev/urandom >\"$1\"", "sh", partial]).check()
        let rows = try rows(proa)
        let total = try rows.values.reduce(0) { $0 + (try bytes($1["Size"]?.string ?? "")) }
        let expected = try du(proa)
        #expect(abs(total - expected) < expected / 100, "rows \(total), du \(expected)")
        #expect(rows["Containers"]?["TotalCount"]?.string == "2" && rows["Containers"]?["Active"]?.string == "1")
        #expect(rows["Images"]?["Active"]?.string == "1" && rows["Images"]?["Reclaimable"]?.string == "0B (0%)")
        #expect(try bytes(rows["Containers"]?["Size"]?.string ?? "") > 3_000_000)
        #expect(try bytes(rows["Container Logs"]?["Size"]?.string ?? "") > 1_000_000)
        #expect(rows["Downloads"]?["TotalCount"]?.string == "1")
        let verbose = try proa.check("system", "df", "-v")
        let last = try #require(verbose.lines.last)
        #expect(last.hasPrefix("Total "))
        #expect(abs(try bytes(String(last.split(separator: " ").last ?? "")) - expected) < expected / 100, "\(last)")
        #expect(verbose.text.contains("writer") && verbose.text.contains("SHARED SIZE"))
        try proa.check("rm", "-f", "runs")
    }

    @Test("a dry run shows what prune then removes, and prune frees what it says")
    func prune() throws {
        let (shared, own, other) = (try Fault.layer(), try Fault.layer(dataBytes: 1 << 20), try Fault.layer(dataBytes: 2 << 20))
        let registry = try Fault.registry([shared, own])
        registry.addImage(
            "other", layers: [shared, other], diffIDs: [SHA256.of(shared), SHA256.of(other)], layerType: Fault.tarType, config: Fault.config
        )
        let proa = try Proa("prune")
        try proa.check("pull", "-q", "\(registry.address)/tool")
        try proa.check("pull", "-q", "\(registry.address)/other")
        try proa.check("create", "--name", "keeper", "\(registry.address)/tool")
        let before = try du(proa)
        let planned = try proa.check("image", "prune", "-a", "--dry-run").text
        #expect(planned.contains("untagged: \(registry.address)/other:latest\n") && planned.contains("deleted: sha256:"))
        #expect(!planned.contains("/tool"))
        #expect(try proa.check("images", "-q").lines.count == 2)
        let done = try proa.check("image", "prune", "-af").text
        #expect(done == planned.replacing("reclaimable", with: "reclaimed"))
        let said = try bytes(String(try #require(done.split(separator: "\n").last).dropFirst("Total reclaimed space: ".count)))
        let freed = before - (try du(proa))
        // The records of the image and its names are not counted.
        #expect(said > 4_000_000 && abs(freed - said) < 30_000, "said \(said), du \(freed)")
        try proa.check("start", "keeper")
        #expect(try proa.check("run", "--rm", "--pull=never", "\(registry.address)/tool", "echo", "works").text == "works\n")

        let system = try proa.check("system", "prune", "-a", "--dry-run").text
        #expect(system.contains("Deleted Containers:\n") && system.contains("Deleted Images:\nuntagged: \(registry.address)/tool:latest"))
        #expect(try proa.check("ps", "-aq").lines.count == 1)
        #expect(try proa.check("system", "prune", "-af").text == system.replacing("reclaimable", with: "reclaimed"))
        #expect(try Fault.names(proa, "blobs/sha256") == [] && Fault.leftovers(proa) == [])
        #expect(try proa.check("image", "prune", "-af").text == "Total reclaimed space: 0B\n")
    }

    @Test("prune removes only what fits its filters")
    func filters() throws {
        let proa = try Proa.withBusybox()
        try proa.check("run", "--name", "plain", "busybox", "true")
        try proa.check("run", "--name", "kept", "--label", "keep=yes", "busybox", "true")
        for filter in ["label=keep=no", "until=24h", "label=other"] {
            #expect(try proa.check("container", "prune", "-f", "--filter", filter).text == "Total reclaimed space: 0B\n")
        }
        #expect(try proa.check("container", "prune", "-f", "--filter", "label!=keep").lines.count == 3)
        #expect(try proa.check("ps", "-a", "--format", "{{.Names}}").text == "kept\n")
        try proa.check("container", "prune", "-f", "--filter", "until=2100-01-01")
        #expect(try proa.check("image", "prune", "-af", "--filter", "label!=proa.test").text == "Total reclaimed space: 0B\n")
        #expect(try proa.check("image", "prune", "-af", "--filter", "until=2020-01-01").text == "Total reclaimed space: 0B\n")
        #expect(
            try proa.check("image", "prune", "-af", "--filter", "label=proa.test=busybox", "--filter", "until=24h").text.contains("deleted")
        )
        #expect(try proa.check("images", "-q").text == "")
    }

    @Test("lists many images quickly and in order")
    func many() throws {
        let proa = try Proa.withBusybox()
        for number in 1...20 { try proa.check("tag", "busybox", "many/image:\(number)") }
        let listed = try proa.check("images", "many/*", "--format", "{{.Tag}}").lines
        #expect(Set(listed) == Set((1...20).map(String.init)))
        #expect(try proa.check("images", "-q", "--filter", "reference=many/image:1?").lines.count == 10)
    }
}
