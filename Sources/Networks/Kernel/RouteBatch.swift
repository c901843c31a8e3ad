internal import LinuxSys

/// Requests of rtnetlink(7) that go to the kernel together and are done by it in order. A refused one does not stop those
/// behind it: what is reported is the first refusal. Pure; `RouteSocket.batch` sends it.
package struct RouteBatch {
    struct Request {
        let what: () -> String
        /// Refusals that are as good as success.
        let tolerated: [Errno]
    }
    private(set) var out = NetlinkBytes()
    private(set) var requests: [Request] = []

    package init() {}

    /// Appends a request; its number in the order of sending is its sequence number.
    mutating func add(
        _ type: UInt16, flags: UInt16 = 0, _ what: @autoclosure @escaping () -> String, tolerating tolerated: [Errno] = [],
        _ body: (inout NetlinkBytes) -> Void
    ) {
        out.message(
            type, flags: NetlinkFlags.request | flags, sequence: UInt32(requests.count), body)
        requests.append(Request(what: what, tolerated: tolerated))
    }
}

extension NetlinkBytes {
    /// struct ifinfomsg.
    mutating func link(index: Int32 = 0, flags: UInt32 = 0, change: UInt32 = 0) {
        append(UInt16(0))
        append(UInt16(0))
        append(index)
        append(flags)
        append(change)
    }
}
