internal import LinuxSys
internal import Primitives

/// The kernel's list of sockets of one protocol and family: /proc/net/tcp, tcp6, udp and udp6, proc_pid_net(5).
struct SocketTable {
    struct Entry: Equatable {
        let local: SocketAddress
        /// TCP_LISTEN of a stream; of datagrams, one that is not connected.
        let isListening: Bool
        let user: UInt32
        let inode: UInt64
    }

    let entries: [Entry]

    /// - Parameter text: the file; lines that are no entries are left out.
    init(_ text: [UInt8], ipv6: Bool) {
        entries = text.split(separator: UInt8(ascii: "\n")).compactMap { Self.entry($0, ipv6) }
    }

    /// Who has, or stands in the way of, an address: the same port, on the same address or where either is every address.
    /// Listeners come first.
    func holder(of wanted: SocketAddress) -> Entry? {
        let conflicting = entries.filter { entry in
            entry.local.port == wanted.port && entry.inode != 0
                && (Self.isAny(entry.local) || Self.isAny(wanted) || entry.local.unmapped.withScope(0) == wanted.withScope(0))
        }
        return conflicting.first { $0.isListening } ?? conflicting.first
    }

    private static func isAny(_ address: SocketAddress) -> Bool {
        address.withPort(0).withScope(0) == SocketAddress(anyIPv6: address.isIPv6, port: 0)
    }

    /// `sl local_address rem_address st queues timer retrnsmt uid timeout inode …`
    private static func entry(_ line: ArraySlice<UInt8>, _ ipv6: Bool) -> Entry? {
        let fields = line.split(separator: UInt8(ascii: " "))
        guard fields.count > 9, let local = address(fields[1], ipv6), let state = UInt8(text(fields[3]), radix: 16),
            let user = UInt32(text(fields[7])), let inode = UInt64(text(fields[9]))
        else { return nil }
        return Entry(local: local, isListening: state == 10 || state == 7, user: user, inode: inode)
    }

    /// `0100007F:1F90`: words of 32 bits as this machine holds them, then the port.
    private static func address(_ field: ArraySlice<UInt8>, _ ipv6: Bool) -> SocketAddress? {
        let parts = field.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0].count == (ipv6 ? 32 : 8), parts[1].count == 4, let port = UInt16(text(parts[1]), radix: 16) else {
            return nil
        }
        var bytes: [UInt8] = []
        var rest = parts[0]
        while !rest.isEmpty {
            guard let word = UInt32(text(rest.prefix(8)), radix: 16) else { return nil }
            withUnsafeBytes(of: word) { bytes += $0 }
            rest = rest.dropFirst(8)
        }
        return HostAddress(bytes: bytes).map { SocketAddress($0, port: port) }
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
