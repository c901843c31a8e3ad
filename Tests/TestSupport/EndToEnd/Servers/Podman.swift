package import Primitives

/// Debian's podman with a store of its own, removed with the fixture. As root it needs nothing else; its networks are not used.
package final class Podman: Sendable {
    /// With a short name: podman takes no run root of more than 50 bytes.
    private let scratch: Scratch

    package init() throws(Failure) { scratch = try Scratch("p") }

    package func command(_ arguments: [String], directory: String? = nil) -> Command {
        Command(
            "podman",
            ["--root=\(scratch.path)/root", "--runroot=\(scratch.path)/r", "--storage-driver=vfs", "--events-backend=none"] + arguments,
            directory: directory)
    }

    /// Runs `podman ARGUMENTS` and demands success.
    @discardableResult
    package func check(_ arguments: String...) throws(Failure) -> Outcome { try command(arguments).check() }
}
