package import Primitives

/// One port of the container that is to be reached from outside, as `-p` asks for it.
package struct PortRequest: Hashable, Sendable {
    package var transport: PortBinding.Transport
    /// `nil`: every address of both families.
    package var hostAddress: HostAddress?
    /// The first free one of these; `nil`, or one that begins with 0: any free one.
    package var hostPorts: ClosedRange<UInt16>?
    package var containerPort: UInt16

    package init(
        _ transport: PortBinding.Transport, hostAddress: HostAddress? = nil, hostPorts: ClosedRange<UInt16>? = nil, containerPort: UInt16
    ) {
        (self.transport, self.hostAddress, self.hostPorts, self.containerPort) = (transport, hostAddress, hostPorts, containerPort)
    }

    /// `80/tcp`
    package var portName: String { "\(containerPort)/\(transport.rawValue)" }

    /// The ports to try in this order; empty: any free one.
    package var candidates: [UInt16] {
        guard let hostPorts, hostPorts.lowerBound > 0 else { return [] }
        return Array(hostPorts)
    }

    package func binding(hostPort: UInt16) -> PortBinding {
        PortBinding(transport, hostAddress: hostAddress, hostPort: hostPort, containerPort: containerPort)
    }
}

extension PortRequest {
    /// `[[HOST-ADDRESS:][HOST-PORT[-PORT]]:]PORT[-PORT][/PROTOCOL]`, or docker's `target=…,published=…,protocol=…`. Ranges of equal
    /// length are divided port by port; a range of the host alone is where one port is chosen from.
    /// - Throws: `.invalid` with docker's texts.
    package static func parse(_ given: String) throws(Failure) -> [PortRequest] {
        let text = try standardForm(given)
        let (host, hostPort, last) = parts(text)
        let address = try hostAddress(host)
        let (port, proto) = PortRange.splitProtocol(last)
        if port.isEmpty { throw Failure(.invalid, "no port specified: \(text)<empty>") }
        guard let ports = try? PortRange.parse(port) else { throw Failure(.invalid, "invalid containerPort: \(port)") }
        var hostPorts: ClosedRange<UInt16>?
        if !hostPort.isEmpty {
            guard let range = try? PortRange.parse(hostPort) else { throw Failure(.invalid, "invalid hostPort: \(hostPort)") }
            hostPorts = range
        }
        if let hostPorts, hostPorts.count != ports.count, ports.count > 1 {
            throw Failure(.invalid, "invalid ranges specified for container and host Ports: \(port) and \(hostPort)")
        }
        guard let transport = PortBinding.Transport(rawValue: proto.lowercased()) else {
            throw Failure(.invalid, "invalid proto: \(proto)")
        }
        if ports.lowerBound == 0 { throw Failure(.invalid, "invalid containerPort: \(port)") }
        return ports.enumerated().map { index, containerPort in
            var own = hostPorts
            if let all = hostPorts, ports.count > 1 {
                let hostPort = all.lowerBound + UInt16(index)
                own = hostPort...hostPort
            }
            return PortRequest(transport, hostAddress: address, hostPorts: own, containerPort: containerPort)
        }
    }

    private static func standardForm(_ text: String) throws(Failure) -> String {
        guard text.utf8.contains(UInt8(ascii: "=")) else { return text }
        var fields = ["protocol": "tcp"]
        for field in text.parts(",") {
            let (key, value) = field.cut("=")
            guard let value, !key.isEmpty else {
                throw Failure(.invalid, "invalid publish opts format (should be name=value but got '\(field)')")
            }
            fields[key] = value
        }
        return "\(fields["published"] ?? ""):\(fields["target"] ?? "")/\(fields["protocol"] ?? "")"
    }

    /// What stands between colons, from the end: an address may have colons of its own.
    private static func parts(_ text: String) -> (host: String, hostPort: String, port: String) {
        let parts = text.parts(":")
        switch parts.count {
        case 1: return ("", "", parts[0])
        case 2: return ("", parts[0], parts[1])
        default: return (parts.dropLast(2).joined(separator: ":"), parts[parts.count - 2], parts[parts.count - 1])
        }
    }

    private static func hostAddress(_ text: String) throws(Failure) -> HostAddress? {
        if text.isEmpty { return nil }
        var bare = text
        if text.utf8.first == UInt8(ascii: "[") {
            guard text.utf8.last == UInt8(ascii: "]"), text.utf8.count > 2 else {
                throw Failure(.invalid, "invalid IP address \(text): address \(text):: missing ']' in address")
            }
            bare = String(text.utf8.dropFirst().dropLast()) ?? ""
        }
        guard let address = HostAddress(bare) else { throw Failure(.invalid, "invalid IP address: \(bare)") }
        return address
    }
}

/// Ports as docker's flags name them.
package enum PortRange {
    /// `PORT/PROTOCOL` in its parts; tcp where nothing is said.
    package static func splitProtocol(_ text: String) -> (port: String, proto: String) {
        let (port, proto) = text.cut("/")
        guard let proto, !proto.isEmpty, !port.isEmpty else { return (port, "tcp") }
        return (port, proto)
    }

    /// `PORT` or `PORT-PORT`. - Throws: `.invalid` with the texts of docker and of Go's parser of numbers.
    package static func parse(_ text: String) throws(Failure) -> ClosedRange<UInt16> {
        if text.isEmpty { throw Failure(.invalid, "empty string specified for ports") }
        let (first, last) = text.cut("-")
        let low = try number(first)
        guard let last else { return low...low }
        let high = try number(last)
        if high < low { throw Failure(.invalid, "invalid range specified for port: \(text)") }
        return low...high
    }

    /// One number. - Throws: `.invalid` with the text of Go's parser.
    package static func number(_ text: String) throws(Failure) -> UInt16 {
        guard text.isDecimal else { throw Failure(.invalid, "strconv.ParseUint: parsing \(text.quoted): invalid syntax") }
        guard let number = UInt16(text) else { throw Failure(.invalid, "strconv.ParseUint: parsing \(text.quoted): value out of range") }
        return number
    }

    /// `--expose PORT[-PORT][/PROTOCOL]` as docker names ports: `80/tcp`.
    package static func exposed(_ text: String) throws(Failure) -> [String] {
        if text.utf8.contains(UInt8(ascii: ":")) { throw Failure(.invalid, "invalid port format for --expose: \(text)") }
        let (port, proto) = splitProtocol(text)
        let ports: ClosedRange<UInt16>
        do throws(Failure) { ports = try parse(port) } catch {
            throw Failure(.invalid, "invalid range format for --expose: \(text), error: \(error.message)")
        }
        guard let transport = PortBinding.Transport(rawValue: proto.lowercased()), ports.lowerBound > 0 else {
            throw Failure(.invalid, "invalid range format for --expose: \(text)")
        }
        return ports.map { "\($0)/\(transport.rawValue)" }
    }
}
