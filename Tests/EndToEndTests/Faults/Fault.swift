import Glibc
import LinuxSys
import Primitives
import TestSupport

/// What the tests of faults share.
enum Fault {
    /// One layer, uncompressed: busybox of this host under its commonest names, all of root, and `/data` of the given size.
    static func layer(dataBytes: Int = 0) throws -> [UInt8] {
        let scratch = try Scratch("fault-layer")
        let script = """
            umask 022
            mkdir -p tree/bin tree/tmp tree/proc tree/dev tree/sys tree/etc
            cp /bin/busybox tree/bin/busybox
            for name in sh echo sleep cat true; do ln -s busybox tree/bin/$name; done
            head -c "$1" /dev/urandom >tree/data
            tar --owner=0 --group=0 --numeric-owner -C tree -cf layer.tar .
            """
        try Command("/bin/sh", ["-euc", script, "layer", String(dataBytes)], directory: scratch.path).check()
        return try HostFile.read("\(scratch.path)/layer.tar", limit: 64 << 20)
    }

    static let tarType = "application/vnd.oci.image.layer.v1.tar"

    /// A registry with the image `tool:latest` of the given layers.
    static func registry(_ layers: [[UInt8]]) throws -> FakeRegistry {
        let registry = try FakeRegistry()
        registry.addImage("tool", layers: layers, diffIDs: layers.map { SHA256.of($0) }, layerType: tarType, config: config)
        return registry
    }
    static let config: JSON = ["Cmd": ["true"], "Env": ["PATH=/bin"]]

    /// A store of its own with the image `tool` of a registry that is gone by then.
    static func installed(_ purpose: String) throws -> Proa {
        let registry = try registry([layer()])
        let proa = try Proa(purpose)
        try proa.check("pull", "-q", "\(registry.address)/tool")
        try proa.check("tag", "\(registry.address)/tool", "tool")
        try proa.check("rmi", "\(registry.address)/tool")
        return proa
    }

    static func store(_ proa: Proa) -> String { proa.environment["XDG_DATA_HOME"]! + "/proa" }

    /// Names below a directory of the store; none when it does not exist.
    static func names(_ proa: Proa, _ area: String) throws -> [String] {
        let path = "\(store(proa))/\(area)"
        return HostFile.exists(path) ? try Directory.open(path).names().sorted() : []
    }

    /// What must not stay behind: staging, and leases.
    static func leftovers(_ proa: Proa) throws -> [String] {
        try names(proa, "tmp") + (try names(proa, "leases")).filter { $0 != "collect.lock" }
    }

    /// A shell script beside `proa`, which it finds as `$proa`; `$1`… are the arguments.
    static func shell(_ proa: Proa, _ script: String, _ arguments: String...) throws -> Outcome {
        var environment = proa.environment
        environment["proa"] = try Proa.binary()
        return try Command("/bin/sh", ["-c", script, "sh"] + arguments, environment: environment, directory: proa.scratch.path).run()
    }

    /// The processes whose command line contains the text.
    static func processes(with text: String) throws -> [Int32] {
        try Directory.open("/proc").names().compactMap { Int32($0) }.filter { pid in
            pid != getpid() && HostFile.text("/proc/\(pid)/cmdline")?.contains(text) == true
        }
    }

    /// Asks until it holds or ten seconds have passed. - Returns: whether it held.
    static func comes(_ condition: () throws -> Bool) throws -> Bool {
        for _ in 0..<500 {
            if try condition() { return true }
            usleep(20_000)
        }
        return false
    }
}
