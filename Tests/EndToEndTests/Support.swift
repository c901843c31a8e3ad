import Glibc
import Primitives
import TestSupport

extension Proa {
    /// A store of its own with the image `busybox` in it.
    static func withBusybox() throws -> Proa { try with(TestImages.pushedBusybox(), as: "busybox") }

    /// A store of its own with the image `debian` in it.
    static func withDebian() throws -> Proa { try with(TestImages.pushedDebian(), as: "debian") }

    private static func with(_ image: String, as name: String) throws -> Proa {
        let proa = try Proa()
        try proa.check("pull", "--quiet", image)
        try proa.check("tag", image, name)
        return proa
    }

    /// `proa run --rm OPTIONS busybox sh -c SCRIPT`
    func run(_ script: String, input: String = "") throws -> Outcome { try run([], script, input: input) }
    func run(_ options: [String], _ script: String, input: String = "") throws -> Outcome {
        try command(["run", "--rm"] + options + ["busybox", "sh", "-c", script], input: input).run()
    }

    /// `proa run -d OPTIONS busybox sh -c SCRIPT`. - Returns: the container's id.
    func start(_ script: String) throws -> String { try start([], script) }
    func start(_ options: [String], _ script: String) throws -> String {
        let outcome = try command(["run", "-d"] + options + ["busybox", "sh", "-c", script]).check()
        if outcome.outputHeldOpen { throw Failure(.unavailable, "a detached container holds the caller's output open") }
        return outcome.line
    }

    /// `proa ARGUMENTS`, which goes on beside the test.
    func background(_ arguments: String...) throws -> RunningCommand { try RunningCommand(command(arguments)) }

    func inspect(_ container: String, _ template: String) throws -> String {
        try check("inspect", "--format", template, container).line
    }

    /// The store's directory of a container.
    func directory(of container: String) throws -> String {
        let root = try check("info", "--format", "{{.DockerRootDir}}").line
        return "\(root)/containers/\(try inspect(container, "{{.Id}}"))"
    }

    /// Pids of the monitor and of the keeper, the parent of the container's first process.
    func guardians(of container: String) throws -> (monitor: Int32, keeper: Int32) {
        let run = try JSON.parse(try text("\(directory(of: container))/run.json"))
        guard let monitor = run["monitor"]?.int, let first = run["pid"]?.int else { throw Failure(.invalid, "run.json lacks pids") }
        let parent = try text("/proc/\(first)/status").split(separator: "\n").first { $0.hasPrefix("PPid:") }
        guard let keeper = parent.flatMap({ Int32($0.split(separator: "\t")[1]) }) else { throw Failure(.invalid, "no parent") }
        return (Int32(monitor), keeper)
    }

    /// A container that ends with 11 when the host's file `NAME/go` appears; a directory that both see.
    func waiting(_ name: String, options: [String] = [], each step: String = ":") throws -> SharedDirectory {
        let shared = SharedDirectory(path: try scratch.directory(name))
        _ = try start(["--name", name, "-v", "\(shared.path):/shared"] + options, SharedDirectory.script(each: step))
        return shared
    }
}

/// A directory that a test and a container both see.
struct SharedDirectory {
    let path: String

    /// Goes on until the file `go` is there, then ends with 11.
    static func script(each step: String = ":") -> String {
        "while ! [ -e /shared/go ]; do \(step); sleep 0.05; done; echo over >/shared/over; exit 11"
    }
    func go() throws { try write("go") }
    func write(_ name: String) throws { try Command("touch", ["\(path)/\(name)"]).check() }
    func contains(_ name: String) -> Bool { access("\(path)/\(name)", F_OK) == 0 }
}

/// A whole file of the host.
func text(_ path: String) throws -> String { try Command("cat", [path]).check().text }

/// Asks every 20 ms until `condition` holds.
/// - Throws: `.unavailable` after the time.
func eventually(_ what: String, seconds: Int = 15, _ condition: () throws -> Bool) throws {
    var left = seconds * 50
    while try !condition() {
        if left == 0 { throw Failure(.unavailable, "in \(seconds) s it did not happen that \(what)") }
        left -= 1
        usleep(20_000)
    }
}
