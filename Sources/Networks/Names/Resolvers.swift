internal import LinuxSys
package import Primitives

/// A name server that is asked.
package struct Resolver: Hashable, Sendable {
    package var address: HostAddress
    /// Index of the interface of a link-local address.
    package var zone: UInt32
    /// It is itself a container, reached over the bridges.
    package var isInside: Bool

    package init(_ address: HostAddress, zone: UInt32 = 0, isInside: Bool = false) {
        (self.address, self.zone, self.isInside) = (address, zone, isInside)
    }
}

/// Who is asked about names of the outside.
package enum Resolvers: Hashable, Sendable {
    /// Those of the host, as they are when the question comes.
    case host
    /// The user's (`--dns`), in this order.
    case chosen([Resolver])
}

/// The host's resolvers: resolv.conf(5), which changes while containers run. Its status is compared before every use: a
/// microsecond, and no change of a file, a link, a mount or a directory above it can be missed.
package final class ResolverFile {
    private let path: String
    private var stamp: FileStamp?
    private var isSettled = false
    private var servers: [Resolver] = []

    private static let bytesMax = 64 << 10
    private static let serversMax = 8

    package init(_ path: String = "/etc/resolv.conf") { self.path = path }

    /// Never empty: without any, resolv.conf(5) means the host's own.
    package func current() -> [Resolver] {
        let now = FileStamp(path)
        if isSettled, now == stamp { return servers }
        // Before it is read: a later change is seen next time.
        (stamp, isSettled) = (now, now?.isSettled(atNanoseconds: Clock.nowNanoseconds()) ?? false)
        servers = read()
        return servers
    }

    private func read() -> [Resolver] {
        // A file that cannot be read is as good as none.
        let found: [Resolver]
        do { found = Self.parse(try HostFile.read(path, limit: Self.bytesMax)) } catch { found = [] }
        return found.isEmpty ? [HostAddress("127.0.0.1")].compactMap { $0 }.map { Resolver($0) } : found
    }

    /// The lines `nameserver ADDRESS[%ZONE]`.
    static func parse(_ bytes: [UInt8]) -> [Resolver] {
        var out: [Resolver] = []
        for line in bytes.split(separator: 0x0A) where out.count < serversMax {
            let words = line.split { $0 == 0x20 || $0 == 0x09 || $0 == 0x0D }
            guard words.count > 1, line.first == words[0].first, words[0].elementsEqual("nameserver".utf8) else { continue }
            let parts = words[1].split(separator: 0x25, maxSplits: 1, omittingEmptySubsequences: false)
            guard let address = HostAddress(String(decoding: parts[0], as: UTF8.self)) else { continue }
            guard parts.count > 1 else {
                out.append(Resolver(address))
                continue
            }
            if let zone = NameSocket.zone(String(decoding: parts[1], as: UTF8.self)) { out.append(Resolver(address, zone: zone)) }
        }
        return out
    }
}
