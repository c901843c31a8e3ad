internal import LinuxSys
package import Primitives

/// Settings of a network namespace that netlink cannot change: files of /proc/sys/net, which show the namespace of the
/// calling thread. Where /proc/sys is read-only (inside containers) they throw, and the caller says what is missing.
package enum Sysctl {
    /// IPv6 packets are sent on by every device, those to come too. IPv4 has a request for it, see `RouteBatch.Setting`.
    package static func forwardIPv6() throws(Failure) { try write("ipv6/conf/all/forwarding", "1") }

    /// Frames between the ports of a bridge do not pass the rules for IP. No failure where the kernel has no such thing.
    package static func bridgesWithoutFilter() throws(Failure) {
        for name in ["bridge-nf-call-iptables", "bridge-nf-call-ip6tables", "bridge-nf-call-arptables"] {
            do { try write("bridge/\(name)", "0") } catch  where error.kind == .notFound {}
        }
    }

    /// Sources of packets are not checked against the routes because of `all`, whose value a new namespace takes from the
    /// host's first one: the higher one of it and a device's own counts.
    package static func withoutReversePathFilter() throws(Failure) { try write("ipv4/conf/all/rp_filter", "0") }

    /// The value as the file tells it, without the end of the line; `nil` when there is no such file.
    package static func read(_ name: String) -> String? {
        HostFile.text("/proc/sys/net/\(name)").map { String($0.prefix { $0 != "\n" }) }
    }

    package static func write(_ name: String, _ value: String) throws(Failure) {
        try HostFile.set("/proc/sys/net/\(name)", value)
    }
}
