import Glibc
import LinuxSys
import Primitives
import TestSupport
import Testing

/// Files of the store that a crash or somebody damaged: named in the error, in nobody else's way, repaired by pulling.
@Suite struct DamagedStoreTests {
    private func overwrite(_ path: String, _ text: String = "{\"ha") throws {
        let slash = path.lastIndex(of: "/")!
        try Directory.open(String(path[..<slash])).writeFile(String(path[path.index(after: slash)...]), Array(text.utf8), durable: false)
    }

    @Test(
        "a damaged container is named and listed, the others work as before",
        arguments: [["config.json"], ["summary.json"], ["run.json"], ["exit.json"], ["config.json", "summary.json"]])
    func container(_ files: [String]) throws {
        let proa = try Fault.installed("damaged-container")
        try proa.check("run", "--name", "sound", "tool", "echo", "still here")
        let id = try proa.check("create", "--name", "hurt", "tool", "true").line
        for text in ["{\"ha", ""] {
            for file in files { try overwrite("\(Fault.store(proa))/containers/\(id)/\(file)", text) }
            let list = try proa.check("ps", "-a", "--no-trunc")
            #expect(list.text.contains("sound") && list.text.contains(id))
            let told =
                files.count == 2
                ? "WARNING: container \(id.prefix(12)): its config.json is damaged: remove it with rm -f \(id.prefix(12))\n" : ""
            #expect(list.errorText == told)
        }
        #expect(try proa.check("logs", "sound").text == "still here\n")
        let started = try proa("start", "hurt")
        let isLost = files.contains("config.json")
        #expect((started.status == 0) == !isLost, "\(started.errorText)")
        if isLost { #expect(started.errorText.contains(id.prefix(12)) && started.errorText.contains("config.json")) }
        try proa.check("rm", "-f", "hurt")
        try proa.check("run", "--name", "hurt", "tool", "true")
        try proa.check("rm", "hurt", "sound")
        #expect(try Fault.names(proa, "containers") == [".names"])
        #expect(try Fault.leftovers(proa) == [])
    }

    struct Damage: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Of the store: the first file there that is no directory and no lock is overwritten.
        let area: String
        var isRemoval = false
        /// `run` works on, because only a pull looks at it.
        var isHidden = false
    }
    static let damages = [
        Damage(testDescription: "an image record", area: "images"),
        Damage(testDescription: "an image name", area: "images/names"),
        Damage(testDescription: "every blob", area: "blobs/sha256"),
        Damage(testDescription: "the sizes of layers", area: "layers", isHidden: true),
        Damage(testDescription: "the layers are gone", area: "layers", isRemoval: true),
    ]

    @Test("pulling again repairs what is damaged", arguments: damages)
    func image(_ damage: Damage) throws {
        let registry = try Fault.registry([Fault.layer()])
        let image = "\(registry.address)/tool"
        let proa = try Proa("damaged-image")
        try proa.check("pull", "-q", image)
        // Without subordinate ids layers lie elsewhere.
        let area = damage.area == "layers" && !HostFile.exists("\(Fault.store(proa))/layers") ? "layers-single" : damage.area
        let path = "\(Fault.store(proa))/\(area)"
        for name in try Fault.names(proa, area) {
            if HostFile.isDirectory("\(path)/\(name)") {
                if damage.isRemoval { try Directory.open(path).rename(name, to: "gone") }
            } else {
                try overwrite("\(path)/\(name)")
            }
        }
        #expect(try proa("images").status == 0)
        let outcome = try proa("run", "--rm", "--pull=never", image, "true")
        #expect((outcome.status == 0) == damage.isHidden)
        if !damage.isHidden { #expect(outcome.status == 125 && outcome.errorText.utf8.count < 400, "\(outcome.errorText)") }
        try proa.check("pull", "-q", image)
        #expect(try proa.check("run", "--rm", "--pull=never", image, "echo", "repaired").text == "repaired\n")
        #expect(try proa.check("images", "-q").lines.count == 1)
        try proa.check("rmi", image)
        #expect(try Fault.leftovers(proa) == [])
    }

    @Test("a damaged image is removed like any other")
    func removal() throws {
        let registry = try Fault.registry([Fault.layer()])
        let proa = try Proa("damaged-removal")
        try proa.check("pull", "-q", "\(registry.address)/tool")
        for name in try Fault.names(proa, "images") where name.hasSuffix(".json") { try overwrite("\(Fault.store(proa))/images/\(name)") }
        #expect(try proa.check("images").errorText.contains("damaged"))
        try proa.check("rmi", "\(registry.address)/tool")
        #expect(try proa.check("images", "-q").text == "")
        #expect(try Fault.names(proa, "blobs/sha256") == [] && Fault.leftovers(proa) == [])
    }

    @Test("what crashed commands left is collected", arguments: [["rmi", "other"], ["image", "prune", "-f"]])
    func leftovers(_ words: [String]) throws {
        let proa = try Fault.installed("leftovers")
        try proa.check("tag", "tool", "other")
        let store = Fault.store(proa)
        let hex = String(repeating: "ab", count: 32)
        let script = """
            cd "$1"
            mkdir -p containers/.names "tmp/unpack-layers-$2/bin" "tmp/dead-container-${2%ab}ef/upper" "tmp/dead-layer-$2-1/etc" "containers/$2/upper"
            : >"tmp/layer-$2.lock"; : >"leases/1-1"; echo part >"tmp/partial-$2"
            touch -d '2 days ago' "tmp/partial-$2"
            ln -s "$2" containers/.names/halfmade
            ln -s "${2%ab}cd" containers/.names/stale
            """
        try Command("/bin/sh", ["-euc", script, "sh", store, hex]).check()
        try proa.command(words).check()
        #expect(try Fault.names(proa, "tmp") == [])
        #expect(try Fault.names(proa, "leases") == ["collect.lock"] || words[0] == "rmi")
        #expect(try Fault.names(proa, "containers") == [".names"])
        #expect(try Fault.names(proa, "containers/.names").filter { !$0.hasPrefix(".") } == [])
        try proa.check("run", "--rm", "--name", "stale", "tool", "true")
        try proa.check("run", "--rm", "--name", "halfmade", "tool", "true")
    }

    @Test("a name that a crash left without its container is free at once")
    func staleName() throws {
        let proa = try Fault.installed("stale-name")
        try proa.check("create", "--name", "first", "tool")
        let missing = String(repeating: "cd", count: 32)
        #expect(symlink(missing, "\(Fault.store(proa))/containers/.names/wanted") == 0)
        try proa.check("run", "--rm", "--name", "wanted", "tool", "true")
        let outcome = try proa("create", "--name", "first", "tool")
        #expect(outcome.status == 1 && outcome.errorText.contains("The container name \"/first\" is already in use by container"))
    }

    @Test("of many that want one name at once, one gets it")
    func oneName() throws {
        let proa = try Fault.installed("one-name")
        try proa.check("create", "--name", "other", "tool")
        #expect(symlink(String(repeating: "cd", count: 32), "\(Fault.store(proa))/containers/.names/wanted") == 0)
        let script = """
            for i in 1 2 3 4 5 6; do "$proa" create --name wanted tool >"out$i" 2>/dev/null & done
            wait
            cat out?
            """
        #expect(try Fault.shell(proa, script).lines.count == 1)
        #expect(try proa.check("ps", "-aq").lines.count == 2)
        #expect(try Fault.names(proa, "containers").count == 3)
    }
}
