import CShim
import Glibc
package import Primitives

/// An address of a socket of IPv4 or IPv6: where the kernel wants sockaddr_in and sockaddr_in6.
/// Kept in place: tables of flows look it up for every datagram.
package struct SocketAddress: Hashable, Sendable {
    /// The bytes of the address as they lie in memory; of IPv4 the first four of `first`.
    private let first: UInt64
    private let second: UInt64
    package let port: UInt16
    /// The interface of a link-local IPv6 address, else 0.
    package let scope: UInt32
    package let isIPv6: Bool

    static let bytesMax = MemoryLayout<sockaddr_in6>.size

    package init(_ address: HostAddress, port: UInt16, scope: UInt32 = 0) {
        let bytes = address.bytes + [UInt8](repeating: 0, count: 16 - address.bytes.count)
        (first, second) = bytes.withUnsafeBytes {
            ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
        self.port = port
        self.scope = scope
        isIPv6 = address.isIPv6
    }

    /// Every address of a family.
    package init(anyIPv6: Bool, port: UInt16) {
        (first, second, self.port, scope, isIPv6) = (0, 0, port, 0, anyIPv6)
    }

    /// What the kernel has written; `nil` for other families.
    init?(raw: UnsafeRawPointer) {
        switch Int32(raw.load(as: sa_family_t.self)) {
        case AF_INET:
            self.init(
                first: UInt64(raw.load(fromByteOffset: 4, as: UInt32.self)), second: 0, port: raw.load(fromByteOffset: 2, as: UInt16.self),
                scope: 0, isIPv6: false)
        case AF_INET6:
            self.init(
                first: raw.loadUnaligned(fromByteOffset: 8, as: UInt64.self),
                second: raw.loadUnaligned(fromByteOffset: 16, as: UInt64.self),
                port: raw.load(fromByteOffset: 2, as: UInt16.self), scope: raw.load(fromByteOffset: 24, as: UInt32.self), isIPv6: true)
        default: return nil
        }
    }

    /// - Parameter port: in network order.
    init(first: UInt64, second: UInt64, port: UInt16, scope: UInt32, isIPv6: Bool) {
        (self.first, self.second, self.port, self.scope, self.isIPv6) = (first, second, UInt16(bigEndian: port), scope, isIPv6)
    }

    package var address: HostAddress {
        let bytes = withUnsafeBytes(of: (first, second)) { Array($0.prefix(isIPv6 ? 16 : 4)) }
        return HostAddress(bytes: bytes) ?? HostAddress(bytes: [0, 0, 0, 0]).unsafelyUnwrapped
    }

    package func withPort(_ port: UInt16) -> SocketAddress {
        SocketAddress(first: first, second: second, port: port.bigEndian, scope: scope, isIPv6: isIPv6)
    }

    package func withScope(_ scope: UInt32) -> SocketAddress {
        SocketAddress(first: first, second: second, port: port.bigEndian, scope: scope, isIPv6: isIPv6)
    }

    /// The IPv4 address inside `::ffff:0:0/96`, as a socket of both families shows it; every other address as it is.
    package var unmapped: SocketAddress {
        guard isIPv6, first == 0, UInt32(truncatingIfNeeded: second) == UInt32(0xFFFF).bigEndian else { return self }
        return SocketAddress(first: second >> 32, second: 0, port: port.bigEndian, scope: 0, isIPv6: false)
    }

    package var isLoopback: Bool {
        isIPv6 ? first == 0 && second == UInt64(1).bigEndian : first & 0xFF == 127
    }

    /// fe80::/10, which means nothing in another network.
    package var isLinkLocalIPv6: Bool { isIPv6 && UInt16(truncatingIfNeeded: first).bigEndian & 0xFFC0 == 0xFE80 }

    /// As the kernel reads it, for the time of `body`.
    func withRaw<T>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> T) -> T {
        withUnsafeTemporaryAllocation(byteCount: 32, alignment: 8) { buffer in
            let size = write(to: buffer.baseAddress.unsafelyUnwrapped)
            return body(UnsafeRawPointer(buffer.baseAddress.unsafelyUnwrapped).assumingMemoryBound(to: sockaddr.self), size)
        }
    }

    /// - Parameter memory: `bytesMax` bytes. - Returns: how many count.
    @discardableResult
    func write(to memory: UnsafeMutableRawPointer) -> socklen_t {
        memory.storeBytes(of: sa_family_t(isIPv6 ? AF_INET6 : AF_INET), as: sa_family_t.self)
        memory.storeBytes(of: port.bigEndian, toByteOffset: 2, as: UInt16.self)
        guard isIPv6 else {
            memory.storeBytes(of: UInt32(truncatingIfNeeded: first), toByteOffset: 4, as: UInt32.self)
            memory.storeBytes(of: 0, toByteOffset: 8, as: UInt64.self)
            return socklen_t(MemoryLayout<sockaddr_in>.size)
        }
        memory.storeBytes(of: 0, toByteOffset: 4, as: UInt32.self)
        writeAddress(to: memory + 8)
        memory.storeBytes(of: scope, toByteOffset: 24, as: UInt32.self)
        return socklen_t(MemoryLayout<sockaddr_in6>.size)
    }

    /// The 4 or 16 bytes of the address.
    func writeAddress(to memory: UnsafeMutableRawPointer) {
        guard isIPv6 else { return memory.storeBytes(of: UInt32(truncatingIfNeeded: first), as: UInt32.self) }
        memory.storeBytes(of: first, as: UInt64.self)
        memory.storeBytes(of: second, toByteOffset: 8, as: UInt64.self)
    }
}

extension SocketAddress: CustomStringConvertible {
    /// `127.0.0.1:80`, `[::1]:80`.
    package var description: String { isIPv6 ? "[\(address)]:\(port)" : "\(address):\(port)" }
}
