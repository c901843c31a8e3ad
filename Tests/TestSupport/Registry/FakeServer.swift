import Glibc
import LinuxSys
package import Primitives
internal import Synchronization

/// An HTTP/1.1 server on 127.0.0.1 inside the test's process: one thread per connection, no TLS, keep-alive.
package final class FakeServer: Sendable {
    package typealias Handler = @Sendable (FakeRequest) -> FakeResponse

    package let port: UInt16
    private let listener: Int32
    private let handler: Handler
    private let log = Mutex<[FakeRequest]>([])
    private let cuts = Mutex<(method: String, counts: [Int])>(("", []))

    /// `127.0.0.1:PORT`
    package var address: String { "127.0.0.1:\(port)" }
    /// Everything received so far.
    package var requests: [FakeRequest] { log.withLock { $0 } }

    package init(_ handler: @escaping Handler) throws(Failure) {
        self.handler = handler
        (listener, port) = try Self.listen()
        let listener = listener
        // The threads hold the server weakly: it ends with its last user.
        let box = WeakServer(self)
        Thread.detached {
            while true {
                let connection = accept4(listener, .init(__sockaddr__: nil), nil, Int32(SOCK_CLOEXEC.rawValue))
                if connection < 0 {
                    if errno == EINTR || errno == ECONNABORTED { continue }
                    return
                }
                Thread.detached { FakeConnection(connection).serve(cut: { box.cut($0) }) { box.answer($0) } }
            }
        }
    }

    /// Bodies of requests by this method are lost after so many bytes, one number a request.
    package func cutBodies(_ method: String, after counts: [Int]) { cuts.withLock { $0 = (method, counts) } }

    fileprivate func cut(_ request: FakeRequest) -> Int? {
        cuts.withLock { $0.method == request.method && !$0.counts.isEmpty ? $0.counts.removeFirst() : nil }
    }

    deinit {
        shutdown(listener, Int32(SHUT_RDWR))
        close(listener)
    }

    fileprivate func answer(_ request: FakeRequest) -> FakeResponse {
        log.withLock { $0.append(request) }
        return handler(request)
    }

    private static func listen() throws(Failure) -> (Int32, UInt16) {
        let descriptor = try call("making a socket") { socket(AF_INET, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let code = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, .init(__sockaddr__: pointer), size) == 0 && Glibc.listen(descriptor, 64) == 0
                    ? getsockname(descriptor, .init(__sockaddr__: pointer), &size) : -1
            }
        }
        if code != 0 { throw .kernel("listening on a loopback port", errno) }
        return (descriptor, UInt16(bigEndian: address.sin_port))
    }
}

/// A server that may be gone.
private final class WeakServer: Sendable {
    // SAFETY: set once before any thread sees it; reading a weak reference is atomic.
    nonisolated(unsafe) private weak var server: FakeServer?
    init(_ server: FakeServer) { self.server = server }
    func answer(_ request: FakeRequest) -> FakeResponse? { server?.answer(request) }
    func cut(_ request: FakeRequest) -> Int? { server?.cut(request) }
}

/// Detached threads.
package enum Thread {
    private final class Work: Sendable {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    package static func detached(_ body: @escaping @Sendable () -> Void) {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(Work(body)).toOpaque()
        let code = pthread_create(
            &thread, nil,
            { context in
                Unmanaged<Work>.fromOpaque(context!).takeRetainedValue().body()
                return nil
            }, context)
        precondition(code == 0, "no thread to be had")
        pthread_detach(thread)
    }
}
