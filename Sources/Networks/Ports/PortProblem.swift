internal import LinuxSys
internal import Primitives

/// Why a port of the host cannot be had: docker's sentence, then what was found out on this host.
struct PortProblem {
    private let binding: PortBinding
    private let code: Int32
    private let container: String?
    private let holder: () -> SocketHolder?
    private let firstFreePort: Int

    /// - Parameter code: the errno of socket(2), bind(2) or listen(2).
    /// - Parameter container: the name of a container that publishes the port.
    init(_ binding: PortBinding, _ code: Int32, container: String? = nil) {
        self.init(binding, code, container: container, firstFreePort: Self.firstFreePort()) {
            SocketHolder.find(binding.transport, binding.socketAddress)
        }
    }

    init(_ binding: PortBinding, _ code: Int32, container: String?, firstFreePort: Int, holder: @escaping () -> SocketHolder?) {
        (self.binding, self.code, self.container, self.holder, self.firstFreePort) = (binding, code, container, holder, firstFreePort)
    }

    private static func firstFreePort() -> Int {
        HostFile.text("/proc/sys/net/ipv4/ip_unprivileged_port_start").flatMap { Int($0.prefix { $0.isNumber }) } ?? 1024
    }

    private var name: String { "\(binding.socketAddress)/\(binding.transport.rawValue)" }

    var failure: Failure {
        switch code {
        case Errno.addressInUse where container != nil:
            return Failure(
                .conflict,
                "Bind for \(binding.socketAddress) failed: port is already allocated: container \"\(container ?? "")\" publishes it")
        case Errno.addressInUse:
            let holder = holder().map { ": \($0.text)" } ?? ""
            return Failure(.conflict, "failed to bind host port \(name): address already in use\(holder)")
        case Errno.refused where Int(binding.hostPort) < firstFreePort: return privileged
        case Errno.addressNotAvailable:
            let address = binding.socketAddress.address
            return Failure(
                .invalid, "failed to bind host port \(name): cannot assign requested address: \"\(address)\" is no address of this host")
        default:
            let problem = Failure.kernel("failed to bind host port \(name)", code)
            guard Errno.isShortage(code) else { return problem }
            return problem.hinting(
                "this process may hold \(DescriptorLimit.current) descriptors and every published port needs up to two: publish fewer ports, or raise the hard limit (ulimit -Hn)"
            )
        }
    }

    private var privileged: Failure {
        Failure(
            .denied,
            "failed to bind host port \(name): permission denied: ports below \(firstFreePort) (net.ipv4.ip_unprivileged_port_start) are for root",
            hint:
                "allow it with \"sudo sysctl net.ipv4.ip_unprivileged_port_start=\(binding.hostPort)\", choose a port from \(firstFreePort) on, or start this command from a systemd socket unit with ListenStream= or ListenDatagram= on that port"
        )
    }
}

extension Failure {
    static func sctp(_ port: UInt16) -> Failure {
        Failure(.unsupported, "publishing \"\(port)/sctp\": only tcp and udp ports can be published")
    }
}
