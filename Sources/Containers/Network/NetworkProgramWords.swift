internal import Networks
internal import Primitives

/// The command line of the program that `--network=pasta` and `--network=slirp4netns` name.
enum NetworkProgramWords {
    /// `nil` for other modes.
    /// - Throws: `.unsupported` for ports that the program cannot publish.
    static func of(_ mode: NetworkMode, ports: [PortRequest]) throws(Failure) -> [String]? {
        switch mode {
        case .pasta(let options): return ["pasta"] + options + (try publish(ports))
        case .slirp4netns(let options):
            if !ports.isEmpty {
                throw Failure(
                    .unsupported, "slirp4netns publishes no ports here", hint: "use --network=bridge, the default, or --network=pasta")
            }
            var words = ["slirp4netns"]
            for option in options { words += try slirpOption(option) }
            return words
        default: return nil
        }
    }

    /// pasta's `-t [ADDRESS/]PORT:PORT`.
    private static func publish(_ ports: [PortRequest]) throws(Failure) -> [String] {
        var words: [String] = []
        for port in ports {
            guard let host = port.candidates.first else {
                throw Failure(.unsupported, "pasta publishes no port of its own choice: name the port of the host for \(port.portName)")
            }
            let address = port.hostAddress.map { "\($0)/" } ?? ""
            words += [port.transport == .udp ? "-u" : "-t", "\(address)\(host):\(port.containerPort)"]
        }
        return words
    }

    /// podman's `mtu=1500` and the like.
    private static func slirpOption(_ text: String) throws(Failure) -> [String] {
        let (name, value) = text.cut("=")
        switch (name, value) {
        case ("mtu", let value?): return ["--mtu=\(value)"]
        case ("cidr", let value?): return ["--cidr=\(value)"]
        case ("enable_ipv6", "true"?): return ["--enable-ipv6"]
        case ("allow_host_loopback", "false"?), ("enable_ipv6", "false"?): return []
        default: throw Failure(.unsupported, "slirp4netns: option \(text.quoted) is not known here")
        }
    }
}
