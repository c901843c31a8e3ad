import CShim
import Glibc
package import Primitives

/// netlink(7): requests to the kernel and its answers. The socket belongs to the network namespace of the thread that opens
/// it, wherever it is used afterwards. The kernel answers before a send returns, so nothing here ever waits.
package struct NetlinkSocket: ~Copyable {
    package enum Subsystem: Sendable { case route, netfilter }

    private let descriptor: Descriptor

    package init(_ subsystem: Subsystem) throws(Failure) {
        let number =
            switch subsystem {
            case .route: NETLINK_ROUTE
            case .netfilter: NETLINK_NETFILTER
            }
        let own = Descriptor(
            owning: try call("opening a netlink socket") { socket(AF_NETLINK, Int32(SOCK_RAW.rawValue) | O_CLOEXEC, number) })
        // Answers with a reason in words, and without a copy of the request. Kernels that know neither (before 4.12) do without.
        var on: Int32 = 1
        for option in [NETLINK_EXT_ACK, NETLINK_CAP_ACK] {
            _ = setsockopt(own.raw, 270 /* SOL_NETLINK */, option, &on, 4)
        }
        descriptor = own
    }

    /// Sends all of `bytes` (one or more messages) at once and gives each message of the answer to `take`, until it says
    /// `true` or the kernel has said everything.
    /// - Returns: whether `take` said `true`.
    @discardableResult
    package func exchange(_ bytes: [UInt8], _ take: (NetlinkReply) -> Bool) throws(Failure) -> Bool {
        try call("asking the kernel by netlink") { send(descriptor.raw, bytes, bytes.count, 0) }
        var done = false
        while true {
            // Never more than the kernel puts into one piece of a dump.
            var code: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
                let size = recv(descriptor.raw, buffer.baseAddress, 65536, Int32(MSG_DONTWAIT))
                (count, code) = (max(0, size), size < 0 ? errno : 0)
            }
            // Answers beyond the socket's buffer are lost (ENOBUFS); those before are there. Read to the end even when
            // done: the next exchange must not find what is left of this one.
            if code == EINTR || code == ENOBUFS { continue }
            if chunk.isEmpty { return done }
            var rest = chunk[...]
            while let reply = NetlinkReply(&rest) { done = take(reply) || done }
        }
    }
}

/// One message of the kernel's answer.
package struct NetlinkReply: Sendable {
    package let type: UInt16
    /// That of the request.
    package let sequence: UInt32
    /// What follows the header: a fixed head, then attributes.
    package let body: ArraySlice<UInt8>
    /// Of an acknowledgement or the end of a dump: 0 or a positive errno.
    package let status: Int32?
    /// The kernel's reason in words (NLMSGERR_ATTR_MSG), if it gave one.
    package let reason: String?

    /// Takes one message off the front of `bytes`; `nil` at the end.
    package init?(_ bytes: inout ArraySlice<UInt8>) {
        guard let size = bytes.number(UInt32.self).map(Int.init), size >= 16, size <= bytes.count else { return nil }
        let message = bytes.prefix(size)
        bytes = bytes.dropFirst((size + 3) & ~3)
        type = message.dropFirst(4).number() ?? 0
        let flags: UInt16 = message.dropFirst(6).number() ?? 0
        sequence = message.dropFirst(8).number() ?? 0
        body = message.dropFirst(16)
        guard type == UInt16(NLMSG_ERROR) || type == UInt16(NLMSG_DONE) else {
            (status, reason) = (nil, nil)
            return
        }
        status = 0 &- (body.number(Int32.self) ?? 0)
        guard flags & 0x200 /* NLM_F_ACK_TLVS */ != 0 else {
            reason = nil
            return
        }
        var head = 4
        if type == UInt16(NLMSG_ERROR) {
            let request = body.dropFirst(4)
            head += flags & 0x100 /* NLM_F_CAPPED */ != 0 ? 16 : Int(request.number(UInt32.self) ?? 16)
        }
        reason = NetlinkAttributes(body.dropFirst(head)).first(UInt16(NLMSGERR_ATTR_MSG.rawValue))?.text
    }

    /// What the kernel refused, `nil` when it did not. `what` names the operation and its operand.
    package func failure(_ what: @autoclosure () -> String) -> Failure? {
        guard let status, status != 0 else { return nil }
        var failure = Failure.kernel(what(), status)
        if let reason, !reason.isEmpty { failure.message += ": the kernel says \"\(reason)\"" }
        return failure
    }
}

extension ArraySlice<UInt8> {
    fileprivate func number<T: FixedWidthInteger>() -> T? { number(T.self) }
}
