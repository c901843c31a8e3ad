internal import Primitives

/// The packet filter of a container's namespace: what goes to port 53 of 127.0.0.11 reaches the ports where the name server
/// listens, and its answers come from port 53. Port 53 itself stays free for the container's programs.
///
/// The ports are written into the packets and nothing is remembered: connection tracking is not needed. Where the container
/// tracks connections itself, that sees port 53 both ways: answers change before it, queries after it.
package struct NameServerRules: Equatable, Sendable {
    package var udpPort: UInt16
    package var tcpPort: UInt16

    package init(udpPort: UInt16, tcpPort: UInt16) { (self.udpPort, self.tcpPort) = (udpPort, tcpPort) }

    package static let table = "proa"

    /// The whole table.
    /// - Parameter replacing: as in `FilterBatch`; false for a new container's namespace.
    package func batch(replacing: Bool) -> FilterBatch {
        var batch = FilterBatch(.ipv4, table: Self.table, replacing: replacing)
        guard let server = HostAddress("127.0.0.11") else { return batch }
        let loopback: [FilterExpression] = [.load(.output), .equals(withUnsafeBytes(of: UInt32(1)) { Array($0) })]
        let ports = [([FilterExpression].Transport.udp, udpPort), (.tcp, tcpPort)]
        batch.chain("answers", .output, .raw)
        for (transport, port) in ports {
            batch.rule(
                "answers", loopback, .source(server), .transport(transport), .sourcePort(port), .writeSourcePort(53, transport))
        }
        batch.chain("queries", .output, .last)
        for (transport, port) in ports {
            batch.rule(
                "queries", loopback, .destination(server), .transport(transport), .destinationPort(53),
                .writeDestinationPort(port, transport))
        }
        return batch
    }
}
