package import Primitives

/// Which namespace of a kind a container lives in: its own or the host's; for IPC also one without /dev/shm.
package enum NamespaceMode: String, Equatable, Sendable {
    case `private`
    case host
    /// IPC only: own namespace that others may join.
    case shareable
    /// IPC only: own namespace without /dev/shm.
    case none

    package enum Namespace: String, Sendable, CaseIterable {
        case pid, ipc, uts, userns, cgroupns
    }

    /// nil for an empty text: the default.
    /// - Throws: `.invalid` with docker's text; `.unsupported` for the namespace of another container.
    package static func parse(_ text: String, of namespace: Namespace) throws(Failure) -> NamespaceMode? {
        if text.isEmpty { return nil }
        if [.pid, .ipc].contains(namespace), text.hasPrefix("container:"), text.utf8.count > 10 {
            throw Failure(.unsupported, "--\(namespace.rawValue): joining another container's namespace is not there yet")
        }
        switch (namespace, NamespaceMode(rawValue: text)) {
        case (_, .private?): return .private
        case (_, .host?): return .host
        case (.ipc, let mode?): return mode
        default: throw invalid(text, namespace)
        }
    }

    private static func invalid(_ text: String, _ namespace: Namespace) -> Failure {
        switch namespace {
        case .pid: Failure(.invalid, "--pid: invalid PID mode")
        case .ipc: Failure(.invalid, "invalid IPC mode: \(text)")
        case .uts: Failure(.invalid, "--uts: invalid UTS mode")
        case .userns: Failure(.invalid, "--userns: invalid USER mode")
        case .cgroupns: Failure(.invalid, "--cgroupns: invalid CGROUP mode")
        }
    }
}
