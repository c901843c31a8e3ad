import Glibc
package import Primitives

/// Servers that the kernel will be told to speak to: it takes addresses only, and waits long for one that does not answer.
package enum ServerAddress {
    /// SOCK_STREAM, which is an enumeration to C only.
    private static let stream: Int32 = 1

    /// The first address of `host` at which something takes a TCP connection.
    /// - Throws: `.unavailable` when the name has no address or nothing answers within the time, for all addresses together.
    package static func reachable(_ host: String, port: UInt16, timeoutMilliseconds: Int64) throws(Failure) -> String {
        var hints = addrinfo()
        hints.ai_socktype = stream
        hints.ai_family = AF_UNSPEC
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else { throw Failure(.unavailable, "looking up \"\(host)\": \(String(cString: gai_strerror(code)))") }
        defer { freeaddrinfo(list) }
        let deadline = Clock.monotonicNanoseconds() + timeoutMilliseconds * 1_000_000
        var reason = "no address"
        var next = list
        while let entry = next {
            next = entry.pointee.ai_next
            let error = connectError(entry.pointee, until: deadline)
            if error == 0 { return text(entry.pointee) }
            reason = describe(errno: error)
        }
        throw Failure(
            .unavailable, "the server \"\(host)\" does not answer at port \(port): \(reason)",
            hint: "is it up, and does a firewall let this host speak to it?")
    }

    private static func connectError(_ address: addrinfo, until deadline: Int64) -> Int32 {
        // socket(2) takes the bits of open(2) for its own two flags.
        let raw = socket(address.ai_family, stream | O_NONBLOCK | O_CLOEXEC, 0)
        if raw < 0 { return errno }
        defer { close(raw) }
        if connect(raw, __CONST_SOCKADDR_ARG(__sockaddr__: UnsafePointer(address.ai_addr)), address.ai_addrlen) == 0 { return 0 }
        if errno != EINPROGRESS { return errno }
        var poll = pollfd(fd: raw, events: Int16(POLLOUT), revents: 0)
        while true {
            let left = (deadline - Clock.monotonicNanoseconds()) / 1_000_000
            if left <= 0 { return ETIMEDOUT }
            let count = Glibc.poll(&poll, 1, Int32(clamping: left))
            if count > 0 { break }
            if count == 0 { return ETIMEDOUT }
            if errno != EINTR { return errno }
        }
        var error: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(raw, SOL_SOCKET, SO_ERROR, &error, &size) == 0 ? error : errno
    }

    private static func text(_ address: addrinfo) -> String {
        var buffer = [CChar](repeating: 0, count: 128)
        guard getnameinfo(address.ai_addr, address.ai_addrlen, &buffer, socklen_t(buffer.count), nil, 0, NI_NUMERICHOST) == 0 else {
            return ""
        }
        return buffer.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    }
}
