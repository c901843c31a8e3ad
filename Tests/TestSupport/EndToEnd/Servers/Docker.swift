import LinuxSys
package import Primitives

/// The oracle: Debian's dockerd in a network and a mount namespace of its own, with its files in a scratch directory.
/// It has no bridge: `run` needs `--network none` or `host`. Only root can start it; one per test process.
package final class Docker: Sendable {
    private let socket: String
    private let server: Server

    package static var isPossible: Bool { Place.isRoot }

    /// The daemon of this process, started by whoever asks first.
    package static func start() throws(Failure) -> Docker { try shared.get() }
    private static let shared = Result { () throws(Failure) in try Docker() }

    private init() throws(Failure) {
        let directory = try Scratch.unowned("docker")
        let socket = directory + "/socket"
        self.socket = "unix://" + socket
        // The private mount namespace takes every mount along when it ends.
        server = try Server(
            [
                "unshare", "--net", "--mount", "dockerd", "--data-root=\(directory)/data", "--exec-root=\(directory)/exec",
                "--pidfile=\(directory)/pid", "-H", self.socket, "--bridge=none", "--iptables=false", "--ip6tables=false",
            ], directory: directory)
        let probe = command(["version"])
        try server.waitUntil("dockerd") {
            if case .success(let outcome) = Result(catching: { () throws(Failure) in try probe.run() }) {
                outcome.status == 0
            } else {
                false
            }
        }
    }

    package func command(_ arguments: [String], input: String = "") -> Command {
        Command("docker", ["-H", socket] + arguments, input: input)
    }

    /// Runs `docker ARGUMENTS` to its end.
    package func callAsFunction(_ arguments: String..., input: String = "") throws(Failure) -> Outcome {
        try command(arguments, input: input).run()
    }

    /// Gives it an image under a name.
    package func load(_ image: LayoutImage, as name: String) throws(Failure) {
        let scratch = try Scratch("load")
        try image.copy(to: "docker-archive:\(scratch.path)/image.tar:\(name)")
        try command(["load", "-i", "\(scratch.path)/image.tar"]).check()
    }
}
