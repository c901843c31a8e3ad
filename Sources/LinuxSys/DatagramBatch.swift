import CShim
import Glibc

/// Datagrams read by one recvmmsg(2) and sent on by sendmmsg(2), without copies between. One a loop is enough: it is full
/// only between a read and the sends that follow.
package final class DatagramBatch {
    package static let capacity = 32
    private static let bytesMax = 65_536
    private static let nameBytes = 32
    private static let controlBytes = 128

    private let memory: UnsafeMutableRawPointer
    private let incoming: UnsafeMutablePointer<mmsghdr>
    private let outgoing: UnsafeMutablePointer<mmsghdr>
    private let vectors: UnsafeMutablePointer<iovec>
    private let names: UnsafeMutableRawPointer
    private let controls: UnsafeMutableRawPointer
    private let answerName: UnsafeMutableRawPointer
    private let answerControl: UnsafeMutableRawPointer

    package init() {
        let count = Self.capacity
        memory = .allocate(byteCount: count * Self.bytesMax, alignment: 4096)
        incoming = .allocate(capacity: count)
        outgoing = .allocate(capacity: count)
        vectors = .allocate(capacity: count)
        names = .allocate(byteCount: count * Self.nameBytes, alignment: 8)
        controls = .allocate(byteCount: count * Self.controlBytes, alignment: 8)
        answerName = .allocate(byteCount: Self.nameBytes, alignment: 8)
        answerControl = .allocate(byteCount: Self.controlBytes, alignment: 8)
        incoming.initialize(repeating: mmsghdr(), count: count)
        outgoing.initialize(repeating: mmsghdr(), count: count)
        vectors.initialize(repeating: iovec(), count: count)
    }

    deinit {
        for pointer in [memory, names, controls, answerName, answerControl] { pointer.deallocate() }
        incoming.deallocate()
        outgoing.deallocate()
        vectors.deallocate()
    }

    /// Takes what waits, at most `capacity`. - Returns: how many, or -errno.
    package func receive(_ socket: Int32) -> Int {
        for index in 0..<Self.capacity {
            vectors[index] = iovec(iov_base: memory + index * Self.bytesMax, iov_len: Self.bytesMax)
            var header = msghdr()
            header.msg_name = names + index * Self.nameBytes
            header.msg_namelen = socklen_t(Self.nameBytes)
            header.msg_iov = vectors + index
            header.msg_iovlen = 1
            header.msg_control = controls + index * Self.controlBytes
            header.msg_controllen = Self.controlBytes
            incoming[index].msg_hdr = header
        }
        let count = recvmmsg(socket, incoming, UInt32(Self.capacity), Int32(MSG_DONTWAIT), nil)
        guard count >= 0 else { return Int(-errno) }
        for index in 0..<Int(count) { vectors[index].iov_len = Int(incoming[index].msg_len) }
        return Int(count)
    }

    package func sender(_ index: Int) -> SocketAddress? {
        guard incoming[index].msg_hdr.msg_namelen >= 16 else { return nil }
        return SocketAddress(raw: names + index * Self.nameBytes)
    }

    /// Where a datagram came to, with the interface in `scope` and port 0 (IP_PKTINFO); or, where it was asked for, where it
    /// was going (IP_RECVORIGDSTADDR).
    package func destination(_ index: Int) -> SocketAddress? {
        var at = controls + index * Self.controlBytes
        let end = at + Int(incoming[index].msg_hdr.msg_controllen)
        var found: SocketAddress?
        while end - at >= 16 {
            let size = at.load(as: Int.self)
            guard size >= 16, size <= end - at else { break }
            if let address = Self.address(at, data: size - 16) { found = address }
            at += (size + 7) & ~7
        }
        return found
    }

    private static func address(_ at: UnsafeRawPointer, data: Int) -> SocketAddress? {
        let (level, type) = (at.load(fromByteOffset: 8, as: Int32.self), at.load(fromByteOffset: 12, as: Int32.self))
        let bytes = at + 16
        switch (level, type) {
        case (Int32(IPPROTO_IP), IP_PKTINFO) where data >= 12:
            // ipi_spec_dst: our own address, for a broadcast too.
            return SocketAddress(
                first: UInt64(bytes.load(fromByteOffset: 4, as: UInt32.self)), second: 0, port: 0,
                scope: bytes.load(as: UInt32.self), isIPv6: false)
        case (Int32(IPPROTO_IPV6), IPV6_PKTINFO) where data >= 20:
            return SocketAddress(
                first: bytes.load(as: UInt64.self), second: bytes.load(fromByteOffset: 8, as: UInt64.self), port: 0,
                scope: bytes.load(fromByteOffset: 16, as: UInt32.self), isIPv6: true)
        case (Int32(IPPROTO_IP), IP_ORIGDSTADDR) where data >= 16,
            (Int32(IPPROTO_IPV6), IPV6_ORIGDSTADDR) where data >= 28:
            return SocketAddress(raw: bytes)
        default: return nil
        }
    }

    /// Sends some of what was read out of a connected socket. - Returns: 0 or -errno of the first that was refused; what a
    /// full buffer does not take is lost, as everywhere with datagrams.
    @discardableResult
    package func send(_ range: Range<Int>, out socket: Int32) -> Int {
        for index in range {
            var header = msghdr()
            header.msg_iov = vectors + index
            header.msg_iovlen = 1
            outgoing[index].msg_hdr = header
        }
        return flush(range, socket)
    }

    /// Sends to `address`, from the address (and interface of a link-local one) in `source`.
    @discardableResult
    package func send(_ range: Range<Int>, out socket: Int32, to address: SocketAddress, from source: SocketAddress?) -> Int {
        let nameSize = address.write(to: answerName)
        let controlSize = source.map(writeControl) ?? 0
        for index in range {
            var header = msghdr()
            header.msg_name = answerName
            header.msg_namelen = nameSize
            header.msg_iov = vectors + index
            header.msg_iovlen = 1
            header.msg_control = controlSize > 0 ? answerControl : nil
            header.msg_controllen = controlSize
            outgoing[index].msg_hdr = header
        }
        return flush(range, socket)
    }

    private func writeControl(_ source: SocketAddress) -> Int {
        let size = source.isIPv6 ? 20 : 12
        answerControl.storeBytes(of: 16 + size, as: Int.self)
        answerControl.storeBytes(
            of: source.isIPv6 ? Int32(IPPROTO_IPV6) : Int32(IPPROTO_IP), toByteOffset: 8, as: Int32.self)
        answerControl.storeBytes(of: source.isIPv6 ? IPV6_PKTINFO : IP_PKTINFO, toByteOffset: 12, as: Int32.self)
        let data = answerControl + 16
        if source.isIPv6 {
            source.writeAddress(to: data)
            data.storeBytes(of: source.isLinkLocalIPv6 ? source.scope : 0, toByteOffset: 16, as: UInt32.self)
        } else {
            data.storeBytes(of: 0, as: UInt32.self)
            source.writeAddress(to: data + 4)
            data.storeBytes(of: 0, toByteOffset: 8, as: UInt32.self)
        }
        return (16 + size + 7) & ~7
    }

    private func flush(_ range: Range<Int>, _ socket: Int32) -> Int {
        var next = range.lowerBound
        var problem = 0
        var again = true
        while next < range.upperBound {
            let count = sendmmsg(
                socket, outgoing + next, UInt32(range.upperBound - next), Int32(MSG_DONTWAIT | MSG_NOSIGNAL))
            if count > 0 {
                next += Int(count)
                continue
            }
            let code = errno
            if code == EAGAIN { break }
            if problem == 0 { problem = Int(-code) }
            // An error may be an old one, of a datagram before (ECONNREFUSED): once more, then this one is given up.
            if again { again = false } else { next += 1 }
        }
        return problem
    }
}
