import CShim
import Glibc
package import Primitives

/// Namespaces, as CLONE_NEW* bits.
package struct Namespaces: OptionSet, Sendable, Equatable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package static let mount = Namespaces(rawValue: 0x0002_0000)
    package static let cgroup = Namespaces(rawValue: 0x0200_0000)
    package static let uts = Namespaces(rawValue: 0x0400_0000)
    package static let ipc = Namespaces(rawValue: 0x0800_0000)
    package static let user = Namespaces(rawValue: 0x1000_0000)
    package static let pid = Namespaces(rawValue: 0x2000_0000)
    package static let network = Namespaces(rawValue: 0x4000_0000)
}

/// Standard streams for a process inside a container; borrowed numbers.
package enum ExecStreams: Sendable {
    /// stdin, stdout, stderr; they become the property of `owner` (uid inside).
    case descriptors(Int32, Int32, Int32, owner: UInt32)
    /// The plan opens a terminal; its master comes over this socket.
    case terminal(socket: Int32)
}

package enum ChildProcess {
    /// Starts a process inside the namespaces of a running one.
    /// - Returns: its host pid; it is a child of the caller.
    package static func join(
        target: borrowing ProcessDescriptor, namespaces: Namespaces, streams: ExecStreams, plan: ProcessPlan
    ) throws(LaunchFailure) -> Int32 {
        var outcome = cs_outcome()
        let pid: Int32
        do throws(Failure) {
            let arena = try Arena()
            let request = try arena.allocate(cs_exec.self)
            request.pointee.target_pidfd = target.descriptor.raw
            request.pointee.namespaces = namespaces.rawValue
            switch streams {
            case .descriptors(let input, let output, let error, let owner):
                (request.pointee.stdin_fd, request.pointee.stdout_fd, request.pointee.stderr_fd) = (input, output, error)
                request.pointee.stdio_owner = owner
                request.pointee.tty_socket = -1
            case .terminal(let socket):
                (request.pointee.stdin_fd, request.pointee.stdout_fd, request.pointee.stderr_fd) = (-1, -1, -1)
                request.pointee.tty_socket = socket
            }
            try plan.encode(into: &request.pointee.plan, storeDescriptor: -1, arena)
            pid = withSignalsBlocked { cs_exec(request, &outcome) }
        } catch { throw LaunchFailure(.plan(error), code: 0) }
        if pid > 0 { return pid }
        if outcome.phase != 0 { throw LaunchFailure(outcome) }
        throw LaunchFailure(.monitor, code: -pid)
    }

    /// Runs a program in new namespaces with id maps; it inherits streams, working directory and environment.
    /// - Parameter outlives: it goes on when the caller ends, in a session of its own.
    /// - Returns: its pid; it is a child of the caller.
    package static func spawn(
        _ program: String, _ arguments: [String], environment: [String], namespaces: Namespaces, idMapping: IdMapping,
        outlives: Bool = false
    ) throws(LaunchFailure) -> Int32 {
        var outcome = cs_outcome()
        let pid: Int32
        do throws(Failure) {
            let arena = try Arena()
            let launch = try arena.allocate(cs_launch.self)
            launch.pointee.clone_flags = namespaces.rawValue
            try idMapping.encode(into: launch, arena)
            let path: UnsafePointer<CChar> = try arena.string(program)
            let argv = UnsafeMutableRawPointer(try arena.strings(arguments)).assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self)
            let envp = UnsafeMutableRawPointer(try arena.strings(environment)).assumingMemoryBound(to: UnsafeMutablePointer<CChar>?.self)
            pid = withSignalsBlocked { cs_spawn_mapped(launch, outlives ? 1 : 0, path, argv, envp, &outcome) }
        } catch { throw LaunchFailure(.plan(error), code: 0) }
        if pid > 0 { return pid }
        if outcome.phase != 0 { throw LaunchFailure(outcome) }
        throw LaunchFailure(.namespaces, code: -pid)
    }

    /// Waits for a child. - Returns: its exit code, 128 + signal after a signal.
    package static func wait(_ pid: Int32) -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) == -1 { if errno != EINTR { return 255 } }
        return exitCode(status: status)
    }

    /// The exit code if the child has ended.
    package static func poll(_ pid: Int32) -> Int32? {
        var status: Int32 = 0
        return waitpid(pid, &status, WNOHANG) == pid ? exitCode(status: status) : nil
    }

    static func exitCode(status: Int32) -> Int32 {
        cs_wifsignaled(status) != 0 ? 128 + cs_wtermsig(status) : cs_wexitstatus(status)
    }

    /// A descriptor that came over a unix socket.
    package static func receiveDescriptor(_ socket: borrowing Descriptor) throws(Failure) -> Descriptor {
        let raw = socket.raw
        return Descriptor(owning: try shim("receiving a terminal") { cs_receive_fd(raw, 0) })
    }
}
