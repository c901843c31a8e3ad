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
    private var state = State.none
    private var isStarted = false
    /// One line for a person: what this way outside goes without.
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
            try HostFile.probe("/dev/net/tun")
            let program = try Self.programs.lazy.compactMap { name in Self.path(name).map { (name, $0) } }.first
                .orThrow(Failure(.notFound, "neither pasta nor slirp4netns is installed (Debian: package passt)"))
            try startProgram(program.0, program.1)
            return
        } catch { reason = error.message }
        do throws(Failure) {
            state = try relay()
            notice = "\(reason): connections to the outside are relayed one by one, TCP and UDP only"
        } catch { notice = "\(reason), and no relay: \(error.message): the networks lead nowhere outside" }
    }

    /// Told to one command.
    func takeNotice() -> String? {
        defer { notice = nil }
        return notice
    }

    /// For the rules of the bridges.
    var rules: BridgeRules.Uplink {
        switch state {
        case .none: .none
        case .interface: .device(Self.interface)
        case .relay(_, let listeners): .relay(listeners)
        }
    }

    func end() {
        if case .interface(let pid) = state { Signals.send(Signals.terminate, to: pid) }
        state = .none
    }

    private func relay() throws(Failure) -> State {
        let relay = RelayUplink(loop, inside, RelayPolicy())
        var listeners: [BridgeRules.Listeners] = []
        for isIPv6 in HostFile.exists("/proc/net/if_inet6") ? [false, true] : [false] {
            let sockets = try UplinkSockets.make(inside, ipv6: isIPv6)
            listeners.append(BridgeRules.Listeners(isIPv6: isIPv6, tcpPort: sockets.streamPort, udpPort: sockets.datagramPort))
            try relay.serve(sockets)
        }
        return .relay(relay, listeners)
    }

    // MARK: programs

    private static let programs = ["pasta", "slirp4netns"]

    private static func path(_ name: String) -> String? {
        ["/usr/bin/", "/usr/local/bin/", "/bin/", "/usr/sbin/"].map { $0 + name }.first(where: HostFile.isExecutable)
    }

    private func startProgram(_ name: String, _ path: String) throws(Failure) {
        let file = "\(scratch)/namespace"
        try ServiceProcess.bind(inside.namespace, at: file)
        var words = [
            "--foreground", "--quiet", "--config-net", "--no-map-gw", "-t", "none", "-u", "none", "-T", "none", "-U", "none", "-a",
            Self.ours,
            "-n", Self.bits, "-g", Self.theirs, "-I", Self.interface, "--netns-only", "--netns", file,
        ]
        // As real root it would become somebody who may not enter the namespace.
        if ServiceProcess.isRealRoot { words = ["--runas", "0"] + words }
        if name == "slirp4netns" {
            words = ["--configure", "--mtu=65520", "--disable-host-loopback", "--netns-type=path", file, Self.interface]
        }
        let errors = try Descriptor.null()
        let pid = try ServiceProcess.startCompanion(path, words, errors: errors)
        let deadline = Clock.monotonicNanoseconds() + 3_000_000_000
        while Clock.monotonicNanoseconds() < deadline {
            let isReady = try inside.run { () throws(Failure) in
                let routes = try RouteSocket()
                guard let link = try routes.links().first(where: { $0.name == Self.interface }), link.isUp else { return false }
                guard try routes.routes().contains(where: { $0.index == link.index && $0.destination == nil }) else { return false }
                try routes.batch { $0.set(.index(link.index), .forwarding, 1) }
                return true
            }
            if isReady {
                state = .interface(pid: pid)
                return
            }
            if let code = ChildProcess.poll(pid) { throw Failure(.unavailable, "\(name) ended at once (exit status \(code))") }
            Clock.sleep(nanoseconds: 1_000_000)
        }
        Signals.send(Signals.kill, to: pid)
        _ = ChildProcess.wait(pid)
        throw Failure(.unavailable, "\(name) was not ready within three seconds")
    }
}

extension Optional {
    fileprivate func orThrow(_ failure: Failure) throws(Failure) -> Wrapped {
        guard let self else { throw failure }
        return self
    }
}
