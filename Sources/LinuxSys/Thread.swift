import CShim
import Glibc
package import Primitives

/// A thread of the system, for work that blocks. Whoever starts it joins it.
package struct Thread: ~Copyable {
    private let handle: pthread_t

    private final class Start {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    /// Starts `body` with every signal blocked: signals are the business of the main thread.
    package static func start(_ body: @escaping @Sendable () -> Void) throws(Failure) -> Thread {
        var all = sigset_t()
        var before = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
        let start = Unmanaged.passRetained(Start(body))
        var handle = pthread_t()
        let code = pthread_create(
            &handle, nil,
            { argument in
                Unmanaged<Start>.fromOpaque(argument!).takeRetainedValue().body()
                return nil
            }, start.toOpaque())
        if code != 0 {
            start.release()
            throw .kernel("starting a thread", code)
        }
        return Thread(handle: handle)
    }

    /// Leaves the thread to itself: it ends with the process.
    package consuming func detach() {
        pthread_detach(handle)
    }

    /// Waits until the body has returned.
    package consuming func join() {
        pthread_join(handle, nil)
    }
}
