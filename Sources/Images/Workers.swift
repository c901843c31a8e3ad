internal import LinuxSys
internal import Primitives
internal import Registry
internal import Synchronization

/// Threads that take jobs from one list, in order, until there are none or one has failed.
enum Workers {
    private struct Progress: Sendable {
        var next = 0
        var failure: Failure?
    }

    /// - Parameter cancellation: set at the first failure, so that the other jobs end.
    /// - Throws: the first failure.
    static func run<Job: Sendable>(
        _ jobs: some Sequence<Job>, parallelMax: Int, _ cancellation: CancellationFlag,
        _ body: @escaping @Sendable (Job) throws(Failure) -> Void
    ) throws(Failure) {
        let all = Array(jobs)
        let progress = Shared(Progress())
        @Sendable func work() {
            while true {
                let index = progress.value.withLock { state -> Int? in
                    guard state.failure == nil, state.next < all.count else { return nil }
                    state.next += 1
                    return state.next - 1
                }
                guard let index else { return }
                do throws(Failure) { try body(all[index]) } catch {
                    progress.value.withLock { if $0.failure == nil { $0.failure = error } }
                    cancellation.cancel()
                }
            }
        }
        var threads: [Joinable] = []
        for _ in 0..<min(parallelMax, all.count) { threads.append(Joinable(try Thread.start { work() })) }
        for thread in threads { thread.join() }
        if let failure = progress.value.withLock({ $0.failure }) { throw failure }
    }
}

/// A value that several threads change, one at a time.
final class Shared<Value: Sendable>: Sendable {
    let value: Mutex<Value>
    init(_ value: Value) { self.value = Mutex(value) }
}

/// A thread in a list.
private final class Joinable {
    private var thread: Thread?
    init(_ thread: consuming Thread) { self.thread = consume thread }
    func join() { if let running = thread.take() { running.join() } }
}
