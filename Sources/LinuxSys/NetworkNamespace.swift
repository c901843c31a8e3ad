import CShim
import Glibc
package import Primitives

/// Network namespaces, held open as descriptors (namespaces(7)).
package enum NetworkNamespace {
    /// That of a process.
    package static func open(of pid: Int32) throws(Failure) -> Descriptor {
        // Asked of the process itself where the kernel can (Linux 6.11): the /proc of a container may be that of outside,
        // where the same number is somebody else.
        let process = SharedFile(try Descriptor.process(pid))
        let raw = withExtendedLifetime(process) { cs_pidfd_network_namespace(process.descriptor.raw) }
        return raw >= 0 ? Descriptor(owning: raw) : try open("/proc/\(pid)/ns/net")
    }

    package static func open(_ path: String) throws(Failure) -> Descriptor {
        let descriptor = Descriptor(
            owning: try call("opening network namespace \"\(path)\"") { cs_open(path, O_RDONLY | O_CLOEXEC, 0) })
        var status = statfs()
        guard fstatfs(descriptor.raw, &status) == 0, status.f_type == 0x6E73_6673 else {  // NSFS_MAGIC
            throw Failure(.invalid, "\"\(path)\" is no namespace")
        }
        return descriptor
    }
}

/// A thread that lives in a network namespace, while the rest of the process stays in its own: sockets made by it belong to
/// that namespace wherever they are used. Work is handed to it and waited for.
package final class NamespaceWorker: Sendable {
    private let state = Guarded(State())
    /// The namespace the thread lives in.
    package let namespace: Int32

    private struct State: Sendable {
        var job: (@Sendable () -> Void)?
        var busy = false
        var home: Result<Int32, Failure>?
    }

    /// - Parameter existing: a namespace to enter, borrowed for the call; `nil` makes a new one.
    package init(existing: Int32? = nil) throws(Failure) {
        let state = state
        let copy = try existing.map { number throws(Failure) in try call("duplicating a descriptor") { cs_fcntl_dup(number) } }
        @Sendable func enter() throws(Failure) -> Int32 {
            if let copy {
                try call("entering a network namespace") { setns(copy, Int32(CLONE_NEWNET)) }
                return copy
            }
            try call("making a network namespace") { Glibc.unshare(Int32(CLONE_NEWNET)) }
            return try NetworkNamespace.open("/proc/thread-self/ns/net").release()
        }
        let thread = try Thread.start {
            let home = Result { () throws(Failure) in try enter() }
            state.with { $0.home = home }
            guard case .success = home else { return }
            while true {
                let job = state.wait { state -> (@Sendable () -> Void)? in
                    guard let job = state.job else { return nil }
                    state.job = nil
                    return job
                }
                job()
                state.with { $0.busy = false }
            }
        }
        thread.detach()
        namespace = try state.wait { $0.home }.get()
    }

    /// Runs `body` on the thread, and returns what it returns.
    package func run<T: Sendable>(_ body: @escaping @Sendable () throws(Failure) -> T) throws(Failure) -> T {
        let answer = Guarded<Result<T, Failure>?>(nil)
        state.wait { state -> Void? in
            if state.busy { return nil }
            state.busy = true
            state.job = {
                let result = Result { () throws(Failure) in try body() }
                answer.with { $0 = result }
            }
            return ()
        }
        return try answer.wait { $0 }.get()
    }

    /// Runs `body` on the thread inside another network namespace.
    package func run<T: Sendable>(in other: Int32, _ body: @escaping @Sendable () throws(Failure) -> T) throws(Failure) -> T {
        let home = namespace
        return try run { () throws(Failure) in
            try call("entering a network namespace") { setns(other, Int32(CLONE_NEWNET)) }
            let result = Result { () throws(Failure) in try body() }
            try call("returning to a network namespace") { setns(home, Int32(CLONE_NEWNET)) }
            return try result.get()
        }
    }
}
