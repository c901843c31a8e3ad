import LinuxSys
package import Primitives

/// Debian's docker-registry on a loopback port, empty at first; one per test process.
package final class RealRegistry: Sendable {
    /// As it stands before the slash of an image name: `127.0.0.1:40123`.
    package let address: String
    private let server: Server

    /// The registry of this process, started by whoever asks first.
    package static func start() throws(Failure) -> RealRegistry { try shared.get() }
    private static let shared = Result { () throws(Failure) in try RealRegistry() }

    private init() throws(Failure) {
        let port = try Loopback.freePort()
        address = "127.0.0.1:\(port)"
        let directory = try Scratch.unowned("registry")
        let configuration = """
            version: 0.1
            log: {level: warn}
            storage: {filesystem: {rootdirectory: \(directory)/data}, delete: {enabled: true}}
            http: {addr: "\(address)"}

            """
        try Directory.open(directory).writeFile("config.yml", Array(configuration.utf8), durable: false)
        server = try Server(["docker-registry", "serve", directory + "/config.yml"], directory: directory)
        try server.waitUntil("docker-registry") { Loopback.answers(port) }
    }

    /// Pushes an image of an OCI layout with skopeo. - Returns: the full name, `127.0.0.1:40123/NAME`.
    @discardableResult
    package func push(_ image: LayoutImage, as name: String) throws(Failure) -> String {
        try image.copy(to: "docker://\(address)/\(name)", options: ["--dest-tls-verify=false"])
        return "\(address)/\(name)"
    }
}
