import CShim
import Glibc
package import Primitives

/// Sockets of the Internet's families that never block, for the name server (ip(7), udp(7), tcp(7)). Whoever gets a descriptor
/// owns it.
package enum NameSocket {
    package enum Transport: Hashable, Sendable { case datagram, stream }

    /// Where an IPv4 datagram came from, in the kernel's byte order.
    package struct Peer: Hashable, Sendable {
        fileprivate let address: UInt32
        fileprivate let port: UInt16
    }

    /// What a socket gave.
    package enum Arrival: Equatable, Sendable {
        /// - Parameter isCut: it was longer than the buffer, the rest is lost.
        case bytes(Int, from: Peer?, isCut: Bool)
        /// Nothing now.
        case nothing
        /// The positive errno; of a connected datagram socket also what ICMP said.
        case failed(Int32)
    }

    /// A socket at an address of this namespace; streams listen.
    /// - Parameter port: 0 takes a free one.
    package static func bound(_ transport: Transport, to address: HostAddress, port: UInt16) throws(Failure) -> Descriptor {
        let socket = try make(transport, address)
        var yes: Int32 = 1
        if transport == .stream { setsockopt(socket.raw, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size)) }
        try call("binding \(address) port \(port)") { withAddress(address, port, 0) { bind(socket.raw, $0, $1) } }
        if transport == .stream { try call("listening at \(address)") { listen(socket.raw, 128) } }
        return socket
    }

    /// A socket that only hears `address` (datagrams come with a random port of ours); a stream may still be connecting.
    /// - Parameter zone: the index of the interface of a link-local address, else 0.
    package static func connected(_ transport: Transport, to address: HostAddress, port: UInt16, zone: UInt32) throws(Failure) -> Descriptor
    {
        let socket = try make(transport, address)
        let result = withAddress(address, port, zone) { connect(socket.raw, $0, $1) }
        if result == -1, errno != EINPROGRESS { throw .kernel("connecting to \(address) port \(port)", errno) }
        return socket
    }

    /// The port a socket is bound to.
    package static func port(of socket: Int32) throws(Failure) -> UInt16 {
        var form = sockaddr_in6()
        var size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        try call("asking for a port") {
            withUnsafeMutablePointer(to: &form) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, .init(__sockaddr__: $0), &size) }
            }
        }
        // The port stands at the same place in both families.
        return UInt16(bigEndian: form.sin6_port)
    }

    /// Asks for room for this many bytes of waiting datagrams; the kernel may give less.
    package static func enlarge(_ socket: Int32, bytes: Int32) {
        var size = bytes
        let count = socklen_t(MemoryLayout<Int32>.size)
        if setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &size, count) != 0 { setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, count) }
    }

    /// One datagram, or what a stream has. 0 bytes of a stream are its end.
    package static func receive(_ socket: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Arrival {
        var form = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        while true {
            let count = withUnsafeMutablePointer(to: &form) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    recvfrom(
                        socket, buffer.baseAddress, buffer.count, Int32(MSG_TRUNC | MSG_DONTWAIT), .init(__sockaddr__: $0),
                        &size)
                }
            }
            if count >= 0 {
                let peer =
                    size > 0 && form.sin_family == sa_family_t(AF_INET) ? Peer(address: form.sin_addr.s_addr, port: form.sin_port) : nil
                return .bytes(min(count, buffer.count), from: peer, isCut: count > buffer.count)
            }
            if errno == EAGAIN || errno == EWOULDBLOCK { return .nothing }
            if errno != EINTR { return .failed(errno) }
        }
    }

    /// What a stream has; `MSG_TRUNC` would throw it away.
    package static func read(_ socket: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Arrival {
        while true {
            let count = recv(socket, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
            if count >= 0 { return .bytes(count, from: nil, isCut: false) }
            if errno == EAGAIN || errno == EWOULDBLOCK { return .nothing }
            if errno != EINTR { return .failed(errno) }
        }
    }

    /// Sends one datagram to `peer`; one that finds no room is lost, as the network may lose it.
    package static func send(_ socket: Int32, _ bytes: [UInt8], to peer: Peer) {
        var form = sockaddr_in()
        form.sin_family = sa_family_t(AF_INET)
        (form.sin_addr.s_addr, form.sin_port) = (peer.address, peer.port)
        _ = withUnsafePointer(to: &form) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(
                    socket, bytes, bytes.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL), .init(__sockaddr__: $0),
                    socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    /// Sends to where the socket is connected: how many bytes went, 0 when there is no room now.
    package static func send(_ socket: Int32, _ bytes: ArraySlice<UInt8>) throws(Failure) -> Int {
        while true {
            let count = bytes.withUnsafeBytes {
                Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
            }
            if count >= 0 { return count }
            if errno == EAGAIN || errno == EWOULDBLOCK { return 0 }
            if errno != EINTR { throw .kernel("sending", errno) }
        }
    }

    package enum Accepted: ~Copyable {
        case connection(Descriptor)
        case nothing
        /// No descriptors or no memory are left: the connection goes on waiting.
        case exhausted
    }

    /// The next connection of a listening socket.
    package static func accept(_ socket: Int32) -> Accepted {
        while true {
            let connection = accept4(
                socket, .init(__sockaddr__: nil), nil, Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue))
            if connection >= 0 { return .connection(Descriptor(owning: connection)) }
            switch errno {
            case EMFILE, ENFILE, ENOBUFS, ENOMEM: return .exhausted
            // A client that has gone before it was accepted says nothing about the next one.
            case EINTR, ECONNABORTED: continue
            default: return .nothing
            }
        }
    }

    /// How many descriptors this process may have.
    package static var descriptorsMax: Int {
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? Int(clamping: limit.rlim_cur) : 1024
    }

    /// The index of a network interface, `nil` when there is none of this name.
    package static func zone(_ name: String) -> UInt32? {
        if let number = UInt32(name), number > 0 { return number }
        let index = if_nametoindex(name)
        return index > 0 ? index : nil
    }

    private static func make(_ transport: Transport, _ address: HostAddress) throws(Failure) -> Descriptor {
        let kind = Int32((transport == .stream ? SOCK_STREAM : SOCK_DGRAM).rawValue)
        return Descriptor(
            owning: try call("making a socket") {
                socket(address.isIPv6 ? AF_INET6 : AF_INET, kind | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
            })
    }

    /// Calls `body` with the kernel's form of an address.
    private static func withAddress<T>(
        _ address: HostAddress, _ port: UInt16, _ zone: UInt32, _ body: (__CONST_SOCKADDR_ARG, socklen_t) -> T
    ) -> T {
        func call<Form>(_ form: inout Form) -> T {
            withUnsafePointer(to: &form) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { body(.init(__sockaddr__: $0), socklen_t(MemoryLayout<Form>.size)) }
            }
        }
        if address.isIPv6 {
            var form = sockaddr_in6()
            (form.sin6_family, form.sin6_port, form.sin6_scope_id) = (sa_family_t(AF_INET6), port.bigEndian, zone)
            withUnsafeMutableBytes(of: &form.sin6_addr) { $0.copyBytes(from: address.bytes) }
            return call(&form)
        }
        var form = sockaddr_in()
        (form.sin_family, form.sin_port) = (sa_family_t(AF_INET), port.bigEndian)
        withUnsafeMutableBytes(of: &form.sin_addr) { $0.copyBytes(from: address.bytes) }
        return call(&form)
    }
}
