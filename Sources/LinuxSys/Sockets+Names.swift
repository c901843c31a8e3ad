import CShim
import Glibc
package import Primitives

/// What the name server does with sockets beyond `Socket`. Whoever gets a descriptor owns it.
package enum NameSocket {
    /// What a socket gave.
    package enum Arrival: Equatable, Sendable {
        /// Of a stream, 0 are its end.
        /// - Parameter isCut: it was longer than the buffer, the rest is lost.
        case bytes(Int, from: SocketAddress?, isCut: Bool)
        /// Nothing now.
        case nothing
        /// The positive errno; of a connected datagram socket also what ICMP said.
        case failed(Int32)
    }

    /// A socket at an address of the calling thread's namespace; streams listen.
    package static func bound(_ kind: Socket.Kind, to address: SocketAddress) throws(Failure) -> Descriptor {
        let socket = try Socket.make(kind, ipv6: address.isIPv6)
        if kind == .stream { try Socket.turnOn(.reuseAddress, socket.raw) }
        try shim("binding \(address)") { Socket.bind(socket.raw, address) }
        if kind == .stream { try shim("listening at \(address)") { Socket.listen(socket.raw, backlog: 128) } }
        return socket
    }

    /// A socket that only hears `address` (datagrams come with a random port of ours); a stream may still be connecting.
    package static func connected(_ kind: Socket.Kind, to address: SocketAddress) throws(Failure) -> Descriptor {
        let socket = try Socket.make(kind, ipv6: address.isIPv6)
        let result = Socket.connect(socket.raw, address)
        if result < 0, result != -EINPROGRESS { throw .kernel("connecting to \(address)", -result) }
        return socket
    }

    /// Asks for room for this many bytes of waiting datagrams; the kernel may give less.
    package static func enlarge(_ socket: Int32, bytes: Int32) {
        var size = bytes
        let count = socklen_t(MemoryLayout<Int32>.size)
        if setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &size, count) != 0 { setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, count) }
    }

    /// One datagram.
    package static func receive(_ socket: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Arrival {
        withUnsafeTemporaryAllocation(byteCount: MemoryLayout<sockaddr_storage>.size, alignment: 8) { memory in
            let base = memory.baseAddress.unsafelyUnwrapped
            while true {
                var size = socklen_t(memory.count)
                let count = recvfrom(
                    socket, buffer.baseAddress, buffer.count, Int32(MSG_TRUNC),
                    .init(__sockaddr__: base.assumingMemoryBound(to: sockaddr.self)), &size)
                if count >= 0 {
                    let peer = size >= 16 ? SocketAddress(raw: base) : nil
                    return .bytes(min(count, buffer.count), from: peer, isCut: count > buffer.count)
                }
                if let failure = arrival(errno) { return failure }
            }
        }
    }

    /// What a stream has.
    package static func read(_ socket: Int32, into buffer: UnsafeMutableRawBufferPointer) -> Arrival {
        while true {
            let count = Socket.receive(socket, into: buffer)
            if count >= 0 { return .bytes(count, from: nil, isCut: false) }
            if let failure = arrival(Int32(-count)) { return failure }
        }
    }

    /// `nil`: once more.
    private static func arrival(_ code: Int32) -> Arrival? {
        switch code {
        case EAGAIN: .nothing
        case EINTR: nil
        default: .failed(code)
        }
    }

    /// Sends one datagram to `peer`; one that finds no room is lost, as the network may lose it.
    package static func send(_ socket: Int32, _ bytes: [UInt8], to peer: SocketAddress) {
        _ = peer.withRaw { sendto(socket, bytes, bytes.count, Int32(MSG_NOSIGNAL), .init(__sockaddr__: $0), $1) }
    }

    /// Sends to where the socket is connected: how many bytes went, 0 when there is no room now.
    package static func send(_ socket: Int32, _ bytes: ArraySlice<UInt8>) throws(Failure) -> Int {
        while true {
            let count = bytes.withUnsafeBytes { Socket.send(socket, $0) }
            if count >= 0 { return count }
            if count == -Int(EAGAIN) { return 0 }
            if count != -Int(EINTR) { throw .kernel("sending", Int32(-count)) }
        }
    }

    /// The index of a network interface, `nil` when there is none of this name.
    package static func zone(_ name: String) -> UInt32? {
        if let number = UInt32(name), number > 0 { return number }
        let index = if_nametoindex(name)
        return index > 0 ? index : nil
    }
}
