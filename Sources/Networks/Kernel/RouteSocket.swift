internal import LinuxSys
package import Primitives

/// rtnetlink(7) in the network namespace of the thread that opened it; usable from any thread, one call at a time.
package struct RouteSocket: ~Copyable {
    private let socket: NetlinkSocket

    package init() throws(Failure) { socket = try NetlinkSocket(.route) }

    /// Sends everything that `body` put into the batch at once.
    /// - Throws: the first refusal, after all were tried.
    package func batch(_ body: (inout RouteBatch) -> Void) throws(Failure) {
        var batch = RouteBatch()
        body(&batch)
        _ = try send(batch)
    }

    /// Both ends of a new veth pair.
    package struct Veth: Equatable, Sendable {
        /// Here.
        package let index: Int32
        /// In its own namespace.
        package let peerIndex: Int32
    }

    /// A veth as `RouteBatch.addVeth` makes it, whose end here gets no IPv6 address; one exchange with the kernel (two before Linux 6.2).
    package func addVeth(
        _ name: String, master: Int32?, mtu: UInt32? = nil, peerName: String, peerMAC: MACAddress? = nil, peerNamespace: Int32?
    ) throws(Failure) -> Veth {
        var batch = RouteBatch()
        let flags = NetlinkFlags.create | NetlinkFlags.exclusive | NetlinkFlags.echo
        batch.addVeth(name, master, mtu, peerName, peerMAC, peerNamespace, flags: flags)
        batch.withoutLinkLocal(.name(name))
        // Asking would make the kernel bring the carrier of the new device up to date first, and us wait for it.
        let echoed = try send(batch).lazy.compactMap { Link($0.body) }.first { $0.name == name && $0.peer != nil }
        let link = if let echoed { echoed } else { try self.link(.name(name)) }
        guard let peer = link.peer else { throw Failure(.unavailable, "adding veth \"\(name)\": the kernel does not tell its other end") }
        return Veth(index: link.index, peerIndex: peer)
    }

    /// - Throws: `.notFound`, or `.system(ENODEV)` as the kernel says it.
    package func link(_ link: LinkName) throws(Failure) -> Link {
        var batch = RouteBatch()
        batch.askLink(link)
        guard let found = try send(batch).lazy.compactMap({ Link($0.body) }).first else { throw Failure(.notFound, "no \(link)") }
        return found
    }

    /// Waits until packets pass these devices, which were switched on as were the other ends of their cables, and until these
    /// addresses, which were added, receive: the kernel does the rest of either a moment later. A packet sent before is
    /// lost, and whoever asks for a neighbour asks again after a second. Kernels from 6.9 on catch up with devices when they
    /// are asked; a bridge comes after its ports.
    /// - Returns: false when something is not ready after `milliseconds`.
    @discardableResult
    package func settle(_ links: [LinkName], addresses: [HostAddress] = [], milliseconds: Int64 = 200) throws(Failure) -> Bool {
        let end = Clock.monotonicNanoseconds() + milliseconds * 1_000_000
        // IPv4 addresses are there when the request for them is answered.
        let late = addresses.filter(\.isIPv6)
        while true {
            var batch = RouteBatch()
            for link in links { batch.askLink(link) }
            for address in late { batch.askLocal(address) }
            let replies = try send(batch)
            let links = replies.filter { $0.type == RTNetlink.newLink }.compactMap { Link($0.body) }
            let local = replies.filter { $0.type == RTNetlink.newRoute && $0.body.dropFirst(7).first == RTNetlink.local }
            if links.allSatisfy(\.isRunning), local.count == late.count { return true }
            if Clock.monotonicNanoseconds() >= end { return false }
            Clock.sleep(nanoseconds: 100_000)
        }
    }

    package func links() throws(Failure) -> [Link] {
        try dump(RTNetlink.getLink, "listing network devices") { out in
            out.link()
            out.attribute(LinkAttribute.extensions, LinkAttribute.withoutCounters)
        }.compactMap { Link($0) }
    }

    /// Of one device or of all.
    package func addresses(_ index: Int32? = nil) throws(Failure) -> [LinkAddress] {
        try dump(RTNetlink.getAddress, "listing addresses") { $0.append(UInt64(0)) }
            .compactMap { LinkAddress($0) }.filter { index == nil || $0.index == index }
    }

    /// Unicast routes of the main table, both families.
    package func routes() throws(Failure) -> [Route] {
        try dump(RTNetlink.getRoute, "listing routes") { out in
            for _ in 0..<3 { out.append(UInt32(0)) }
        }.compactMap { Route($0) }
    }

    private func dump(_ type: UInt16, _ what: String, _ body: (inout NetlinkBytes) -> Void) throws(Failure) -> [ArraySlice<UInt8>] {
        var out = NetlinkBytes()
        out.message(type, flags: NetlinkFlags.request | NetlinkFlags.dump, sequence: 0, body)
        var (found, refusal) = ([ArraySlice<UInt8>](), Failure?.none)
        let done = try doing(what) { () throws(Failure) in
            try socket.exchange(out.bytes) { reply in
                refusal = refusal ?? reply.failure(what)
                if reply.status == nil { found.append(reply.body) }
                return reply.status != nil
            }
        }
        if let refusal { throw refusal }
        guard done else { throw Failure(.unavailable, "\(what): the kernel's answer has no end") }
        return found
    }

    /// - Returns: messages that are no acknowledgements.
    private func send(_ batch: RouteBatch) throws(Failure) -> [NetlinkReply] {
        if batch.requests.isEmpty { return [] }
        let (requests, last) = (batch.requests, batch.requests.count - 1)
        var (out, found, refusal) = (batch.out, [NetlinkReply](), Failure?.none)
        out.acknowledgeLast()
        let done = try doing(requests[0].what()) { () throws(Failure) in
            try socket.exchange(out.bytes) { reply in
                guard let status = reply.status else {
                    found.append(reply)
                    return false
                }
                guard Int(reply.sequence) <= last else { return false }
                let request = requests[Int(reply.sequence)]
                if status != 0, !request.tolerated.contains(Errno(status)) { refusal = refusal ?? reply.failure(request.what()) }
                return Int(reply.sequence) == last
            }
        }
        if let refusal { throw refusal }
        if !done { throw Failure(.unavailable, "\(requests[last].what()): the kernel did not answer") }
        return found
    }
}

extension RouteBatch {
    mutating func askLink(_ link: LinkName) {
        add(RTNetlink.getLink, "looking for \(link)") { out in
            out.link(link)
            out.attribute(LinkAttribute.extensions, LinkAttribute.withoutCounters)
        }
    }

    /// The route to an IPv6 address; none is no failure.
    mutating func askLocal(_ address: HostAddress) {
        let none: [Errno] = [.other(101 /* ENETUNREACH */), .other(113 /* EHOSTUNREACH */)]
        add(RTNetlink.getRoute, "looking for the route to \(address)", tolerating: none) { out in
            for byte: UInt8 in [AddressFamily.ipv6, 128, 0, 0, 0, 0, 0, 0] { out.append(byte) }
            out.append(UInt32(0))
            out.attribute(1 /* RTA_DST */, address.bytes)
        }
    }
}
