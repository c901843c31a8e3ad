package import Primitives

/// Ports of a container as `ps` shows them, and as `port` does.
package struct PortColumn: Equatable, Sendable {
    /// One line of docker's `Ports`.
    private struct Entry: Equatable {
        var container: UInt16
        var transport: String
        /// Empty when it is only noted.
        var host = ""
        var hostPort: UInt16 = 0

        var order: (UInt16, String, UInt16, String) { (container, host, hostPort, transport) }
    }

    private let entries: [Entry]

    /// - Parameters:
    ///   - noted: `80/tcp`: the ports that the image or `--expose` names.
    package init(published: [PortBinding], noted: [String]) {
        var entries = published.flatMap { binding in
            binding.hostTexts.map {
                Entry(container: binding.containerPort, transport: binding.transport.rawValue, host: $0, hostPort: binding.hostPort)
            }
        }
        let names = Set(published.map(\.portName))
        for name in noted where !names.contains(name) {
            let (port, proto) = PortRange.splitProtocol(name)
            guard let number = UInt16(port) else { continue }
            entries.append(Entry(container: number, transport: proto))
        }
        self.entries = entries.sorted { $0.order < $1.order }
    }

    /// Neighbours that lead to the port of the same number become one range; others follow one by one.
    package var text: String {
        struct Group {
            let host: String
            let transport: String
            var first: UInt16
            var last: UInt16

            var text: String {
                let range = first == last ? "\(first)" : "\(first)-\(last)"
                return (host.isEmpty ? "" : joinedHostPort(host, range) + "->") + range + "/" + transport
            }
        }
        var open: [Group] = []
        var done: [String] = []
        var single: [String] = []
        for entry in entries {
            if !entry.host.isEmpty, entry.hostPort != entry.container {
                single.append("\(joinedHostPort(entry.host, "\(entry.hostPort)"))->\(entry.container)/\(entry.transport)")
                continue
            }
            let new = Group(host: entry.host, transport: entry.transport, first: entry.container, last: entry.container)
            guard let index = open.firstIndex(where: { $0.host == entry.host && $0.transport == entry.transport }) else {
                open.append(new)
                continue
            }
            if Int(entry.container) == Int(open[index].last) + 1 {
                open[index].last = entry.container
            } else {
                done.append(open[index].text)
                open[index] = new
            }
        }
        return (done + open.map(\.text) + single).joined(separator: ", ")
    }

    /// Lines of `port`: `80/tcp -> 0.0.0.0:8080`, by port number and address.
    /// - Parameter port: only what leads to this one (`80/tcp`), without its name.
    package func lines(of port: String? = nil) -> [String] {
        entries.filter { !$0.host.isEmpty && (port == nil || "\($0.container)/\($0.transport)" == port) }
            .sorted { ($0.container, $0.transport, $0.host, $0.hostPort) < ($1.container, $1.transport, $1.host, $1.hostPort) }
            .map { (port == nil ? "\($0.container)/\($0.transport) -> " : "") + joinedHostPort($0.host, "\($0.hostPort)") }
    }

    /// Whether a port of the host leads to it.
    package func publishes(_ ports: ClosedRange<UInt16>, _ proto: String) -> Bool {
        entries.contains { !$0.host.isEmpty && ports.contains($0.hostPort) && $0.transport == proto }
    }

    package func exposes(_ ports: ClosedRange<UInt16>, _ proto: String) -> Bool {
        entries.contains { ports.contains($0.container) && $0.transport == proto }
    }
}

/// An address of IPv6 stands in brackets.
private func joinedHostPort(_ host: String, _ port: String) -> String {
    host.utf8.contains(UInt8(ascii: ":")) ? "[\(host)]:\(port)" : "\(host):\(port)"
}
