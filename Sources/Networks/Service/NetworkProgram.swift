internal import LinuxSys
internal import Primitives

/// `pasta` or `slirp4netns`: a program that carries the packets of one network namespace to the host's network, as an
/// ordinary user of it. It ends with this process.
struct NetworkProgram: ~Copyable {
    enum Name: String, CaseIterable, Sendable { case pasta, slirp4netns }

    private let pid: Int32

    /// The first that can be used here.
    /// - Throws: why none can.
    static func available() throws(Failure) -> Name {
        try HostFile.probe("/dev/net/tun")
        guard let name = Name.allCases.first(where: { path($0) != nil }) else {
            throw Failure(.notFound, "neither pasta nor slirp4netns is installed (Debian: package passt)")
        }
        return name
    }

    private static func path(_ name: Name) -> String? {
        ["/usr/bin/", "/usr/local/bin/", "/bin/", "/usr/sbin/"].map { $0 + name.rawValue }.first(where: HostFile.isExecutable)
    }

    /// Starts it, and waits until the namespace has a default route.
    /// - Parameters:
    ///   - file: a name for the namespace that can be made; these programs take paths.
    ///   - options: words for the program, after ours; a choice of ports in them takes the place of none.
    ///   - worker: to look from inside.
    static func start(
        _ name: Name, _ namespace: Int32, file: String, interface: String?, options: [String], worker: NamespaceWorker, waits: Bool = true
    ) throws(Failure) -> NetworkProgram {
        try HostFile.probe("/dev/net/tun")
        guard let path = path(name) else {
            throw Failure(
                .notFound, "\(name.rawValue) is not installed", hint: "Debian: package \(name == .pasta ? "passt" : name.rawValue)")
        }
        try ServiceProcess.bind(namespace, at: file)
        let program = NetworkProgram(
            pid: try ServiceProcess.startCompanion(path, words(name, file, interface, options), errors: try Descriptor.null()))
        if !waits { return program }
        let deadline = Clock.monotonicNanoseconds() + 3_000_000_000
        while Clock.monotonicNanoseconds() < deadline {
            if try worker.run(in: namespace, { () throws(Failure) in try leadsOutside() }) { return program }
            if let code = ChildProcess.poll(program.pid) {
                throw Failure(.unavailable, "\(name.rawValue) ended at once (exit status \(code)): \(options.joined(separator: " "))")
            }
            Clock.sleep(nanoseconds: 1_000_000)
        }
        program.end()
        throw Failure(.unavailable, "\(name.rawValue) was not ready within three seconds")
    }

    private init(pid: Int32) { self.pid = pid }

    /// The process was started by this one, which has not waited for it: the number is its own.
    func end() {
        Signals.send(Signals.kill, to: pid)
        _ = ChildProcess.wait(pid)
    }

    /// Whether the namespace of the calling thread has a default route by a device that is up.
    static func leadsOutside() throws(Failure) -> Bool {
        let routes = try RouteSocket()
        guard let index = try routes.routes().first(where: { $0.destination == nil })?.index, try routes.link(.index(index)).isUp else {
            return false
        }
        // What comes back is for others too.
        try routes.batch { $0.set(.index(index), .forwarding, 1) }
        return true
    }

    private static func words(_ name: Name, _ file: String, _ interface: String?, _ options: [String]) -> [String] {
        if name == .slirp4netns {
            return ["--configure", "--mtu=65520", "--disable-host-loopback"] + options + ["--netns-type=path", file, interface ?? "tap0"]
        }
        // As real root it would become somebody who may not enter the namespace.
        var words = ServiceProcess.isRealRoot ? ["--runas", "0"] : []
        words += ["--foreground", "--quiet", "--config-net", "--netns-only", "--netns", file]
        if let interface { words += ["-I", interface] }
        if !options.contains("--map-gw") { words.append("--no-map-gw") }
        for ports in ["-t", "-u", "-T", "-U"] where !options.contains(ports) { words += [ports, "none"] }
        return words + options.filter { $0 != "--map-gw" }
    }
}
