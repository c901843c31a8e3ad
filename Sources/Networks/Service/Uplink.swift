internal import LinuxSys
internal import Primitives

/// How the bridges lead outside. Relays of our own make every TCP connection and UDP flow again in the host's network: they need
/// no privilege and are several times faster than packets through a TUN device. `pasta` or `slirp4netns` carries the rest (ping)
/// where a TUN device can be opened; and everything where the kernel keeps connections from the relays.
final class Uplink {
    static let interface = "uplink"
    private static let (ours, theirs, bits) = ("169.254.77.2", "169.254.77.1", "30")

    private let inside: NamespaceWorker
    private let loop: EventLoop
    private let scratch: String
    private var program: NetworkProgram?
    private var relay: (uplink: RelayUplink, listeners: [BridgeRules.Listeners])?
    private var isStarted = false
    /// The kernel's filter for bridges is on: it takes connections from the relays.
    var filtersBridges = false
    /// One line for a person: what this way outside goes without.
    private var notice: String?

    init(inside: NamespaceWorker, loop: EventLoop, scratch: String) {
        (self.inside, self.loop, self.scratch) = (inside, loop, scratch)
    }

    /// Makes a way outside, the first time it is asked.
    func start() throws(Failure) {
        if isStarted { return }
        isStarted = true
        var problem: String?
        do throws(Failure) {
            if filtersBridges { throw Failure(.unsupported, "/proc/sys/net/bridge cannot be written") }
            relay = try makeRelay()
        } catch { problem = error.message }
        do throws(Failure) { try startProgram(waits: relay == nil) } catch {
            notice =
                if let problem { "\(error.message), and no relays (\(problem)): the networks lead nowhere outside" } else {
                    "\(error.message): TCP and UDP reach the outside, ping does not"
                }
        }
    }

    private func startProgram(waits: Bool) throws(Failure) {
        let name = try NetworkProgram.available()
        let options = name == .pasta ? ["-a", Self.ours, "-n", Self.bits, "-g", Self.theirs] : []
        program = try NetworkProgram.start(
            name, inside.namespace, file: "\(scratch)/bridges", interface: Self.interface, options: options, worker: inside, waits: waits)
        if !waits { finishProgram(tries: 150) }
    }

    /// Nobody waits for the program where relays do most of the work; what it needs of us is done when its device is there.
    private func finishProgram(tries: Int) {
        let isReady = (try? inside.run { () throws(Failure) in try NetworkProgram.leadsOutside() }) ?? false
        if !isReady, tries > 0 { loop.after(milliseconds: 20) { [weak self] in self?.finishProgram(tries: tries - 1) } }
    }

    /// Told to one command.
    func takeNotice() -> String? {
        defer { notice = nil }
        return notice
    }

    /// For the rules of the bridges.
    var rules: BridgeRules.Uplink {
        let device = program == nil ? nil : Self.interface
        return relay.map { .relay($0.listeners, device: device) } ?? device.map { .device($0) } ?? .none
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
