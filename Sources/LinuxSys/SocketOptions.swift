import CShim
import Glibc
package import Primitives

extension Socket {
    /// Options by what they do; each is on or off.
    package enum Switch: Sendable {
        /// A name may be taken again while old connections of it linger.
        case reuseAddress
        /// The socket of IPv6 takes no IPv4.
        case onlyIPv6
        /// Addresses of others may be bound (IP_TRANSPARENT; CAP_NET_ADMIN or CAP_NET_RAW over the namespace).
        case transparent(ipv6: Bool)
        /// Datagrams tell which address and interface they came to.
        case packetInformation(ipv6: Bool)
        /// Datagrams tell where they were going before they were taken aside.
        case originalDestination(ipv6: Bool)
        /// An address is bound, its port chosen when the other end is known.
        case lateSourcePort
        /// Nothing waits for more to send.
        case noDelay
        /// A silent peer is asked after two minutes, and given up after four.
        case keepAlive
    }

    package static func turnOn(_ option: Switch, _ socket: Int32) throws(Failure) {
        switch option {
        case .reuseAddress: try set(socket, SOL_SOCKET, SO_REUSEADDR)
        case .onlyIPv6: try set(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY)
        case .transparent(let ipv6): try set(socket, level(ipv6), ipv6 ? IPV6_TRANSPARENT : IP_TRANSPARENT)
        case .packetInformation(let ipv6): try set(socket, level(ipv6), ipv6 ? IPV6_RECVPKTINFO : IP_PKTINFO)
        case .originalDestination(let ipv6): try set(socket, level(ipv6), ipv6 ? IPV6_RECVORIGDSTADDR : IP_RECVORIGDSTADDR)
        case .lateSourcePort: try set(socket, level(false), IP_BIND_ADDRESS_NO_PORT)
        case .noDelay: try set(socket, Int32(IPPROTO_TCP), TCP_NODELAY)
        case .keepAlive:
            try set(socket, SOL_SOCKET, SO_KEEPALIVE)
            try set(socket, Int32(IPPROTO_TCP), TCP_KEEPIDLE, 120)
            try set(socket, Int32(IPPROTO_TCP), TCP_KEEPINTVL, 30)
            try set(socket, Int32(IPPROTO_TCP), TCP_KEEPCNT, 4)
        }
    }

    /// As large as the host allows, at most this.
    package static func setReceiveBuffer(_ socket: Int32, bytes: Int32) throws(Failure) { try set(socket, SOL_SOCKET, SO_RCVBUF, bytes) }

    /// What an inherited descriptor is; `nil` when it is no socket of IP.
    package static func kind(of socket: Int32) -> (kind: Kind, ipv6: Bool)? {
        guard let domain = option(socket, SOL_SOCKET, SO_DOMAIN), domain == AF_INET || domain == AF_INET6 else { return nil }
        switch option(socket, SOL_SOCKET, SO_TYPE) {
        case Int32(SOCK_STREAM.rawValue): return (.stream, domain == AF_INET6)
        case Int32(SOCK_DGRAM.rawValue): return (.datagram, domain == AF_INET6)
        default: return nil
        }
    }
    package static func isListening(_ socket: Int32) -> Bool { option(socket, SOL_SOCKET, SO_ACCEPTCONN) == 1 }
    package static func isOnlyIPv6(_ socket: Int32) -> Bool { option(socket, Int32(IPPROTO_IPV6), IPV6_V6ONLY) == 1 }

    private static func level(_ ipv6: Bool) -> Int32 { Int32(ipv6 ? IPPROTO_IPV6 : IPPROTO_IP) }

    static func set(_ socket: Int32, _ level: Int32, _ name: Int32, _ value: Int32 = 1) throws(Failure) {
        var value = value
        try call("setting an option of a socket") { setsockopt(socket, level, name, &value, socklen_t(MemoryLayout<Int32>.size)) }
    }

    static func option(_ socket: Int32, _ level: Int32, _ name: Int32) -> Int32? {
        var value: Int32 = 0
        var size = socklen_t(MemoryLayout<Int32>.size)
        return getsockopt(socket, level, name, &value, &size) == 0 ? value : nil
    }
}

/// RLIMIT_NOFILE: how many descriptors this process may hold.
package enum DescriptorLimit {
    package static var current: Int {
        var limit = rlimit()
        return getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 ? Int(clamping: limit.rlim_cur) : 1024
    }

    /// As many as the hard limit allows. - Returns: that number.
    @discardableResult
    package static func raise() -> Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1024 }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        return current
    }
}
