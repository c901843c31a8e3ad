import Glibc
import LinuxSys
import Primitives

/// An event loop on a thread of the host, with something that lives on it.
// SAFETY: `content` is made and used on the thread of the loop only.
final class LoopThread<Content>: @unchecked Sendable {
    private var content: Content?
    private let jobs = Guarded<[@Sendable () -> Void]>([])
    private let wake: DescriptorEnds

    private final class DescriptorEnds: Sendable {
        let reading: Descriptor
        let writing: Descriptor
        init() throws {
            guard let ends = Socket.pipe(bytes: 4096) else { throw Failure(.system(EMFILE), "no pipe") }
            reading = Descriptor(owning: ends.reading)
            writing = Descriptor(owning: ends.writing)
        }
    }

    init(_ make: @escaping @Sendable (EventLoop) throws -> Content) throws {
        wake = try DescriptorEnds()
        let started = Guarded<Result<Void, any Error>?>(nil)
        let thread = try Thread.start { [self] in
            // As on the main thread of a process, which nothing protects.
            var broken = sigset_t()
            sigaddset(&broken, SIGPIPE)
            pthread_sigmask(SIG_UNBLOCK, &broken, nil)
            signal(SIGPIPE, SIG_DFL)
            do {
                let loop = try EventLoop()
                content = try make(loop)
                try loop.add(wake.reading.raw, .readable) { [self] _ in
                    var bytes = [UInt8](repeating: 0, count: 64)
                    read(wake.reading.raw, &bytes, 64)
                    let waiting = jobs.with { jobs in
                        defer { jobs = [] }
                        return jobs
                    }
                    for job in waiting { job() }
                }
                started.with { $0 = .success(()) }
                loop.run()
            } catch { started.with { $0 = .failure(error) } }
        }
        thread.detach()
        try started.wait { $0 }.get()
    }

    /// Runs `body` on the thread of the loop.
    func run<T: Sendable>(_ body: @escaping @Sendable (Content) throws -> T) throws -> T {
        let answer = Guarded<Result<T, any Error>?>(nil)
        jobs.with {
            $0.append { [self] in
                let result = Result { try body(content.unsafelyUnwrapped) }
                answer.with { $0 = result }
            }
        }
        try wake.writing.write([0])
        return try answer.wait { $0 }.get()
    }
}
