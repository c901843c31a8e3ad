import Glibc
import Layers
import LinuxSys
import Primitives
import TestSupport
import Testing

/// One layer of a hostile image, entry by entry, exactly as written down.
final class Tar {
    private final class Box { var bytes: [UInt8] = [] }
    private let box = Box()
    private let writer: TarWriter
    private var isFinished = false

    init() {
        let box = box
        writer = TarWriter { (bytes) throws(Failure) in box.bytes.append(contentsOf: bytes) }
    }

    func add(
        _ kind: TarEntry.Kind, _ path: String, to target: String = "", mode: UInt32 = 0o755, content: [UInt8] = [],
        device: (UInt32, UInt32) = (0, 0), attributes: [TarEntry.Attribute] = [], size: UInt64? = nil
    ) throws(Failure) {
        var entry = TarEntry(kind, Array(path.utf8))
        entry.mode = mode
        entry.linkTarget = Array(target.utf8)
        (entry.deviceMajor, entry.deviceMinor) = device
        entry.attributes = attributes
        entry.sizeBytes = UInt64(content.count)
        try writer.add(entry)
        if !content.isEmpty {
            try content.withUnsafeBytes { bytes in Result { () throws(Failure) in try writer.write(bytes) } }.get()
        }
    }
    func directory(_ path: String, mode: UInt32 = 0o755) throws(Failure) { try add(.directory, path, mode: mode) }
    func file(_ path: String, _ text: String, mode: UInt32 = 0o644) throws(Failure) {
        try add(.file, path, mode: mode, content: Array(text.utf8))
    }
    func link(_ path: String, to target: String) throws(Failure) { try add(.symbolicLink, path, to: target, mode: 0o777) }

    func finished() throws(Failure) -> [UInt8] {
        if !isFinished { try writer.finish() }
        isFinished = true
        return box.bytes
    }

    /// A static busybox, users and `/tmp`; no `/dev`, `/proc`, `/sys`: those are for the attack to make.
    static let busybox = Result { () throws(Failure) in
        let tar = Tar()
        for path in ["bin", "etc"] { try tar.directory(path) }
        try tar.add(.file, "bin/busybox", content: HostFile.read("/bin/busybox"))
        let applets = """
            sh ls cat echo sleep dd mknod chmod chown readlink id grep touch ln mkdir rm mv stat mount umount head tail true env
            hostname kill wc find sort tr cut seq truncate printf ps tty
            """
        for applet in applets.split(whereSeparator: { $0 == " " || $0 == "\n" }) { try tar.link("bin/\(applet)", to: "busybox") }
        try tar.file("etc/passwd", "root:x:0:0:root:/:/bin/sh\nuser:x:1000:1000::/:/bin/sh\n")
        try tar.file("etc/group", "root:x:0:\nwheel:x:10:user\nuser:x:1000:\nother:x:77:root\n")
        try tar.directory("tmp", mode: 0o1777)
        return try tar.finished()
    }
}

/// A hostile image on a registry of its own, a store of its own, and beside it a canary that nothing may touch.
final class Attack {
    let proa: Proa
    let registry: FakeRegistry
    /// A directory outside every container, with `file` in it.
    let canary: String
    let image: String
    private let before: String
    private static let secret = "the canary's own text"
    private static let hostDevices = ["null", "zero", "full", "random", "urandom", "tty"].map { "/dev/\($0)" }

    /// - Parameter build: adds to the layer above busybox; is given the canary's absolute path.
    init(_ config: JSON = [:], _ build: (Tar, String) throws(Failure) -> Void = { _, _ in }) throws(Failure) {
        proa = try Proa("attack")
        registry = try FakeRegistry()
        canary = try proa.scratch.directory("canary", mode: 0o755)
        try proa.scratch.put("canary/file", Attack.secret)
        let base = try Tar.busybox.get()
        let tar = Tar()
        try build(tar, canary)
        let layers = [base, try tar.finished()]
        var full: JSONObject = ["Env": .strings(["PATH=/bin"]), "Cmd": .strings(["sh"])]
        for member in config.object?.members ?? [] { full[member.key] = member.value }
        registry.addImage(
            "hostile", layers: layers, diffIDs: layers.map { SHA256.of($0) }, layerType: "application/vnd.oci.image.layer.v1.tar",
            config: .object(full))
        image = "\(registry.address)/hostile"
        before = try Attack.look(canary)
    }

    /// Names, kinds, modes, owners, sizes, times and link counts of everything in the canary, its text, and who owns
    /// the host's devices.
    private static func look(_ canary: String) throws(Failure) -> String {
        let files = try Command("find", [canary, "-printf", "%P %y %m %U %G %s %T@ %n %l\n"]).check().text
        let devices = try Command("stat", ["-c", "%n %a %u %g"] + hostDevices).check().text
        return files + devices + (HostFile.text(canary + "/file") ?? "gone")
    }

    /// Whether the canary is as it was.
    func isUntouched() throws(Failure) -> Bool { try Attack.look(canary) == before }

    /// Whether text that came out of a container shows what only the canary knows.
    func leaks(_ outcome: Outcome) -> Bool { (outcome.text + outcome.errorText).contains(Attack.secret) }

    func proa(_ arguments: [String], input: String = "") throws(Failure) -> Outcome {
        try proa.command(arguments, input: input, timeoutSeconds: 30).run()
    }

    /// `run --rm OPTIONS IMAGE sh -c SCRIPT`.
    func run(_ options: [String] = [], _ script: String) throws(Failure) -> Outcome {
        try proa(["run", "--rm", "-q"] + options + [image, "sh", "-c", script])
    }

    /// Starts it detached under the name `victim`, with a command that waits.
    func start(_ options: [String] = []) throws(Failure) {
        try proa.command(["run", "-d", "-q", "--name", "victim"] + options + [image, "sleep", "1000"]).check()
    }

    func exec(_ options: [String] = [], _ script: String) throws(Failure) -> Outcome {
        try proa(["exec"] + options + ["victim", "sh", "-c", script])
    }

    func end() throws(Failure) { _ = try proa(["rm", "-f", "victim"]) }

    /// 1000, or root where the caller has no other id to give.
    func ordinaryUser() throws(Failure) -> String { try run(["-u", "1000"], "true").status == 0 ? "1000" : "0" }

}

extension Scratch {
    /// Writes a file in a directory that exists below the scratch directory.
    func put(_ name: String, _ text: String) throws(Failure) {
        let slash = name.lastIndex(of: "/") ?? name.startIndex
        let directory = try Directory.open("\(path)/\(name[..<slash])")
        try directory.writeFile(String(name[slash...].drop { $0 == "/" }), Array(text.utf8), mode: 0o644, durable: false)
    }
}

@Suite struct CanaryTests {
    @Test("a container that may write to the canary is noticed, and so is one that reads it")
    func control() throws {
        let attack = try Attack()
        #expect(try attack.isUntouched())
        let read = try attack.run(["-v", "\(attack.canary):/c"], "cat /c/file")
        #expect(attack.leaks(read))
        #expect(try attack.isUntouched())
        #expect(try attack.run(["-v", "\(attack.canary):/c"], "echo >>/c/file").status == 0)
        #expect(try !attack.isUntouched())
    }

    @Test("a new name, a mode and a time are noticed", arguments: ["touch /c/new", "chmod 600 /c/file", "touch -d 2001-01-01 /c"])
    func details(_ script: String) throws {
        let attack = try Attack()
        let outcome = try attack.run(["-v", "\(attack.canary):/c"], script)
        #expect(outcome.status == 0, "\(outcome.errorText)")
        #expect(try !attack.isUntouched())
    }
}
