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

    /// A veth as `RouteBatch.addVeth` makes it, whose end here gets no IPv6 address; one exchange with the kernel.
    package func addVeth(
        _ name: String, master: Int32?, mtu: UInt32? = nil, peerName: String, peerMAC: MACAddress? = nil, peerNamespace: Int32?
    ) throws(Failure) -> Veth {
        var batch = RouteBatch()
        batch.addVeth(name, master: master, mtu: mtu, peerName: peerName, peerMAC: peerMAC, peerNamespace: peerNamespace)
        batch.withoutLinkLocal(.name(name))
        batch.askLink(.name(name))
        guard let link = try send(batch).lazy.compactMap({ Link($0.body) }).first, let peer = link.peer else {
            throw Failure(.unavailable, "adding veth \"\(name)\": the kernel does not tell its index")
        }
        return Veth(index: link.index, peerIndex: peer)
    }

    /// - Throws: `.notFound`, or `.system(ENODEV)` as the kernel says it.
    package func link(_ link: LinkName) throws(Failure) -> Link {
        var batch = RouteBatch()
        batch.askLink(link)
        guard let found = try send(batch).lazy.compactMap({ Link($0.body) }).first else { throw Failure(.notFound, "no \(link)") }
        return found
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
        var (answered, found, refusal) = (0, [NetlinkReply](), Failure?.none)
        _ = try doing(batch.requests[0].what()) { () throws(Failure) in
            try socket.exchange(batch.out.bytes) { reply in
                guard let status = reply.status else {
                    found.append(reply)
                    return false
                }
                guard Int(reply.sequence) < batch.requests.count else { return false }
                answered += 1
                let request = batch.requests[Int(reply.sequence)]
                if status != 0, !request.tolerated.contains(Errno(status)) { refusal = refusal ?? reply.failure(request.what()) }
                return answered == batch.requests.count
            }
        }
        if let refusal { throw refusal }
        guard answered == batch.requests.count else {
            throw Failure(.unavailable, "\(batch.requests[answered].what()): the kernel did not answer")
        }
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
}
