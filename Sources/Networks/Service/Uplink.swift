internal import LinuxSys
internal import Primitives

/// How the bridges lead outside: `pasta` or `slirp4netns` where there is a TUN device, else relays of our own, which need
/// no privilege at all.
final class Uplink {
    static let interface = "uplink"
    private static let (ours, theirs, bits) = ("169.254.77.2", "169.254.77.1", "30")

    private enum State {
        case none
        case interface(pid: Int32)
        case relay(RelayUplink, [BridgeRules.Listeners])
    }

    private let inside: NamespaceWorker
    private let loop: EventLoop
    private let scratch: String
    private var program: NetworkProgram?
    private var relay: (uplink: RelayUplink, listeners: [BridgeRules.Listeners])?
    private var isStarted = false
    /// One line for a person: what this way outside goes without.
    /// The kernel's filter for bridges is on: it takes connections from the relays.
    var filtersBridges = false
    private var notice: String?

    init(inside: NamespaceWorker, loop: EventLoop, scratch: String) {
        (self.inside, self.loop, self.scratch) = (inside, loop, scratch)
    }

    /// Makes a way outside, the first time it is asked.
    func start() throws(Failure) {
        if isStarted { return }
        isStarted = true
        var reason: String
        do throws(Failure) {
            let name = try NetworkProgram.available()
            let options = name == .pasta ? ["-a", Self.ours, "-n", Self.bits, "-g", Self.theirs] : []
            program = try NetworkProgram.start(
                name, inside.namespace, file: "\(scratch)/bridges", interface: Self.interface, options: options, worker: inside)
            return
        } catch { reason = error.message }
        do throws(Failure) {
            relay = try makeRelay()
            notice =
                filtersBridges
                ? "\(reason), and /proc/sys/net/bridge cannot be written: the networks lead nowhere outside"
                : "\(reason): connections to the outside are relayed one by one, TCP and UDP only"
        } catch { notice = "\(reason), and no relay: \(error.message): the networks lead nowhere outside" }
    }

    /// Told to one command.
    func takeNotice() -> String? {
        defer { notice = nil }
        return notice
    }

    /// For the rules of the bridges.
    var rules: BridgeRules.Uplink {
        if program != nil { return .device(Self.interface) }
        return relay.map { .relay($0.listeners) } ?? .none
    }

    func end() {
        program?.end()
        program = nil
    }

    private func makeRelay() throws(Failure) -> (RelayUplink, [BridgeRules.Listeners]) {
        let relay = RelayUplink(loop, inside, RelayPolicy())
        var listeners: [BridgeRules.Listeners] = []
        for isIPv6 in HostFile.exists("/proc/net/if_inet6") ? [false, true] : [false] {
            let sockets = try UplinkSockets.make(inside, ipv6: isIPv6)
            listeners.append(BridgeRules.Listeners(isIPv6: isIPv6, tcpPort: sockets.streamPort, udpPort: sockets.datagramPort))
            try relay.serve(sockets)
        }
        return (relay, listeners)
    }
}
