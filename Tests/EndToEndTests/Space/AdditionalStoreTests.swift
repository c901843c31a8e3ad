import Glibc
import LinuxSys
import Primitives
import TestSupport
import Testing

/// A store of somebody else, shared and never written.
@Suite struct AdditionalStoreTests {
    /// A store with the image `tool`, open to everybody; its layers belong to one owner where `single`.
    private func shared(single: Bool) throws -> (proa: Proa, path: String, image: String, registry: FakeRegistry) {
        let registry = try Fault.registry([Fault.layer()])
        let proa = try Proa("additional")
        let image = "\(registry.address)/tool"
        try proa.check("pull", "-q", image)
        let path = Fault.store(proa)
        // A user without subordinate ids has them there already.
        if single, HostFile.exists("\(path)/layers") { try Directory.open(path).rename("layers", to: "layers-single") }
        if !single, HostFile.exists("\(path)/layers-single") { try Directory.open(path).rename("layers-single", to: "layers") }
        try Command("chmod", ["-R", "a+rX", path]).check()
        return (proa, path, image, registry)
    }

    /// Every name, time and size below a path.
    private func listing(_ path: String) throws -> String {
        try Command("find", [path, "-printf", "%p %s %T@ %m\\n"]).check().lines.sorted().joined(separator: "\n")
    }

    @Test("images of an additional store run, are marked, and stay as they are")
    func use() throws {
        let store = try shared(single: true)
        let before = try listing(store.path)
        let proa = try Proa("additional-user", environment: ["PROA_ADDITIONAL_STORES": store.path])
        let asked = store.registry.requests.count
        #expect(try proa.check("images", "--format", "{{.Repository}} {{.ReadOnly}}").text == "\(store.image) true\n")
        #expect(try proa.check("images").lines.first?.hasSuffix("R/O") ?? false)
        #expect(try proa.check("run", "--rm", "--pull=never", store.image, "echo", "shared").text == "shared\n")
        try proa.check("run", "--name", "writer", store.image, "sh", "-c", "echo new >/data2; echo changed >/tmp/x")
        #expect(store.registry.requests.count == asked)
        let refused = try proa("rmi", "-f", store.image)
        #expect(refused.status == 1 && refused.errorText.contains("lies in the additional store \"\(store.path)\""))
        try proa.check("tag", store.image, "mine")
        #expect(try proa.check("run", "--rm", "--pull=never", "mine", "echo", "by name").text == "by name\n")
        #expect(try proa.check("rmi", "mine").text == "Untagged: mine:latest\n")
        try proa.check("rm", "writer")
        #expect(try proa.check("system", "prune", "-af").text == "Total reclaimed space: 0B\n")
        #expect(try proa.check("system", "check").status == 0)
        #expect(try proa.check("images", "-q").lines.count == 1)
        #expect(try Fault.names(proa, "blobs/sha256") == [] && Fault.names(proa, "layers") == [])
        #expect(try listing(store.path) == before)
    }

    @Test("a pull takes from an additional store what it has")
    func pull() throws {
        let store = try shared(single: true)
        let proa = try Proa("additional-pull", environment: ["PROA_ADDITIONAL_STORES": store.path])
        let before = store.registry.requests.count
        try proa.check("pull", "-q", store.image)
        #expect(store.registry.requests.dropFirst(before).filter { $0.path.contains("/blobs/") }.isEmpty)
        #expect(try proa.check("images", "--format", "{{.ReadOnly}}").text == "false\n")
        try proa.check("rmi", store.image)
        #expect(try proa.check("images", "--format", "{{.ReadOnly}}").text == "true\n")
    }

    @Test(
        "layers that were unpacked for another user's ids are refused with the reason",
        .enabled(if: Process.effectiveUserID == 0, "only root can make files of another user"))
    func foreign() throws {
        let store = try shared(single: false)
        try Command("chown", ["12345", store.path]).check()
        let proa = try Proa("additional-foreign", environment: ["PROA_ADDITIONAL_STORES": store.path])
        let id = try proa.check("images", "-q").line
        let outcome = try proa("run", "--rm", "--pull=never", id, "true")
        #expect(outcome.status == 125 && outcome.errorText.contains("unpacked for the ids of user 12345"), "\(outcome.errorText)")
    }

    @Test("an additional store that is not there is named")
    func missing() throws {
        let outcome = try Proa("additional-missing", environment: ["PROA_ADDITIONAL_STORES": "/nosuch/store"])("images")
        #expect(outcome.status == 1 && outcome.errorText.contains("PROA_ADDITIONAL_STORES") && outcome.errorText.contains("/nosuch/store"))
    }
}
