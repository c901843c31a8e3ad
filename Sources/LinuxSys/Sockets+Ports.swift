import CShim
import Glibc
package import Primitives

/// Sockets of IPv4 and IPv6, close-on-exec and never waiting. Calls of the data path answer -errno instead of throwing:
/// `EAGAIN` is their daily bread.
package enum Socket {
    package enum Kind: Hashable, Sendable { case stream, datagram }

    package static func make(_ kind: Kind, ipv6: Bool) throws(Failure) -> Descriptor {
        let type = kind == .stream ? SOCK_STREAM : SOCK_DGRAM
        let flags = Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        return Descriptor(owning: try call("making a socket") { socket(ipv6 ? AF_INET6 : AF_INET, flags, 0) })
    }

    /// O_NONBLOCK, for a descriptor that somebody else made.
    package static func neverWait(_ socket: Int32) throws(Failure) {
        try call("changing a descriptor") { fcntl(socket, F_SETFL, fcntl(socket, F_GETFL) | O_NONBLOCK) }
    }

    package static func duplicate(_ socket: Int32) throws(Failure) -> Descriptor {
        Descriptor(owning: try call("duplicating a descriptor") { cs_fcntl_dup(socket) })
    }

    /// FD_CLOEXEC, for a descriptor that was inherited.
    package static func closeInPrograms(_ socket: Int32) throws(Failure) {
        try call("changing a descriptor") { fcntl(socket, F_SETFD, FD_CLOEXEC) }
    }

    /// 0 or -errno.
    package static func bind(_ socket: Int32, _ address: SocketAddress) -> Int32 {
        answer(address.withRaw { Glibc.bind(socket, .init(__sockaddr__: $0), $1) })
    }

    /// 0 or -errno.
    package static func listen(_ socket: Int32, backlog: Int32) -> Int32 { answer(Glibc.listen(socket, backlog)) }

    /// The new connection (the caller closes it) or -errno, and who asks for it.
    package static func accept(_ listener: Int32) -> (socket: Int32, peer: SocketAddress?) {
        withUnsafeTemporaryAllocation(byteCount: MemoryLayout<sockaddr_storage>.size, alignment: 8) { buffer in
            let memory = buffer.baseAddress.unsafelyUnwrapped
            var size = socklen_t(buffer.count)
            let flags = Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
            let socket = accept4(listener, .init(__sockaddr__: memory.assumingMemoryBound(to: sockaddr.self)), &size, flags)
            return socket < 0 ? (-errno, nil) : (socket, size >= 16 ? SocketAddress(raw: memory) : nil)
        }
    }

    /// 0 or -errno; -`EINPROGRESS` as a rule, then the socket becomes writable and `error(of:)` tells.
    package static func connect(_ socket: Int32, _ address: SocketAddress) -> Int32 {
        answer(address.withRaw { Glibc.connect(socket, .init(__sockaddr__: $0), $1) })
    }

    /// SO_ERROR: takes the pending error away. 0 or a positive errno.
    package static func error(of socket: Int32) -> Int32 { option(socket, SOL_SOCKET, SO_ERROR) ?? errno }

    package static func localAddress(of socket: Int32) -> SocketAddress? { address(socket, getsockname) }
    package static func peerAddress(of socket: Int32) -> SocketAddress? { address(socket, getpeername) }

    private typealias Question = (Int32, __SOCKADDR_ARG, UnsafeMutablePointer<socklen_t>?) -> Int32
    private static func address(_ socket: Int32, _ ask: Question) -> SocketAddress? {
        withUnsafeTemporaryAllocation(byteCount: MemoryLayout<sockaddr_storage>.size, alignment: 8) { buffer in
            let memory = buffer.baseAddress.unsafelyUnwrapped
            var size = socklen_t(buffer.count)
            guard ask(socket, .init(__sockaddr__: memory.assumingMemoryBound(to: sockaddr.self)), &size) == 0, size >= 16 else {
                return nil
            }
            return SocketAddress(raw: memory)
        }
    }

    /// The address this host speaks from to the world, with port 0; `nil` without a way there. Nothing is sent.
    package static func primaryAddress(ipv6: Bool) -> SocketAddress? {
        guard let world = HostAddress(ipv6 ? "2000::1" : "8.0.0.1"), let socket = try? make(.datagram, ipv6: ipv6),
            connect(socket.raw, SocketAddress(world, port: 9)) == 0, let own = localAddress(of: socket.raw), !own.isLoopback
        else { return nil }
        return own.withPort(0)
    }

    /// The end of our direction is sent, what the other side says is still read.
    package static func endWriting(_ socket: Int32) { shutdown(socket, Int32(SHUT_WR)) }

    package static func close(_ socket: Int32) { Glibc.close(socket) }

    /// The other side learns of a failure (RST) instead of an end.
    package static func reset(_ socket: Int32) {
        var linger = Glibc.linger(l_onoff: 1, l_linger: 0)
        setsockopt(socket, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
        Glibc.close(socket)
    }

    /// Bytes, 0 at the end, -errno.
    package static func receive(_ socket: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = recv(socket, buffer.baseAddress, buffer.count, 0)
        return count < 0 ? Int(-errno) : count
    }

    /// Bytes or -errno, no signal.
    package static func send(_ socket: Int32, _ buffer: UnsafeRawBufferPointer) -> Int {
        let count = Glibc.send(socket, buffer.baseAddress, buffer.count, Int32(MSG_NOSIGNAL))
        return count < 0 ? Int(-errno) : count
    }

    /// splice(2) between a socket and a pipe: bytes, 0 at the end, -errno.
    package static func splice(from: Int32, to: Int32, atMost count: Int) -> Int {
        let moved = Glibc.splice(from, nil, to, nil, count, UInt32(SPLICE_F_MOVE) | UInt32(SPLICE_F_NONBLOCK))
        return moved < 0 ? Int(-errno) : moved
    }

    /// A pipe that never waits, with room for so many bytes if the user's share of the kernel's memory allows it. The caller
    /// closes both ends; `nil` without descriptors.
    package static func pipe(bytes: Int32) -> (reading: Int32, writing: Int32)? {
        var ends: [Int32] = [-1, -1]
        guard pipe2(&ends, O_CLOEXEC | O_NONBLOCK) == 0 else { return nil }
        cs_set_pipe_size(ends[1], bytes)
        return (ends[0], ends[1])
    }

    static func answer(_ value: Int32) -> Int32 { value < 0 ? -errno : value }
}

extension EventLoop.Events {
    /// Urgent data (EPOLLPRI), behind which a short read is no proof that nothing is left.
    package static let urgent = EventLoop.Events(rawValue: EPOLLPRI.rawValue)
    /// Only the error, of `broken`.
    package static let failed = EventLoop.Events(rawValue: EPOLLERR.rawValue)
}

extension Errno {
    /// Positive numbers that relays branch on.
    package static var again: Int { Int(EAGAIN) }
    package static var inProgress: Int32 { EINPROGRESS }
    package static var addressInUse: Int32 { EADDRINUSE }
    package static var addressNotAvailable: Int32 { EADDRNOTAVAIL }
    package static var noFamily: Int32 { EAFNOSUPPORT }
    package static var refused: Int32 { EACCES }
    package static var tooManyFiles: Int32 { EMFILE }
    /// No descriptors or no memory, for now: of the process or of the system.
    package static func isShortage(_ code: Int32) -> Bool { [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(code) }
}
