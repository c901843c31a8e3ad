package import Primitives

/// The packet filter of the namespace that holds the bridges: what may go from where to where.
///
/// Frames between the ports of one bridge are not its business (`Sysctl.bridgesWithoutFilter`). Connection tracking is used
/// for one thing only, the masquerading of an uplink device; everything else is kept away from it, so that a full table
/// of connections stops neither containers of one network nor published ports.
package struct BridgeRules: Equatable, Sendable {
    package struct Bridge: Equatable, Sendable {
        /// Of the device.
        package var name: String
        package var subnets: [IPSubnet]
        /// Reaches nothing but itself.
        package var isInternal: Bool

        package init(name: String, subnets: [IPSubnet], isInternal: Bool) {
            (self.name, self.subnets, self.isInternal) = (name, subnets, isInternal)
        }
    }

    /// How packets leave the namespace.
    package enum Uplink: Equatable, Sendable {
        case none
        /// By a device with routes of its own.
        case device(String)
        /// By no device: transparent listeners on 127.0.0.1 and ::1 take the connections and hand them on elsewhere.
        /// What is neither TCP nor UDP leaves by the device, if there is one.
        case relay([Listeners], device: String? = nil)
    }

    /// Of one family.
    package struct Listeners: Equatable, Sendable {
        package var isIPv6: Bool
        package var tcpPort: UInt16
        package var udpPort: UInt16

        package init(isIPv6: Bool, tcpPort: UInt16, udpPort: UInt16) {
            (self.isIPv6, self.tcpPort, self.udpPort) = (isIPv6, tcpPort, udpPort)
        }
    }

    package var bridges: [Bridge]
    package var uplink: Uplink

    package init(_ bridges: [Bridge], uplink: Uplink) { (self.bridges, self.uplink) = (bridges, uplink) }

    package static let table = "proa"
    /// Of packets that are for a socket of this namespace, whoever they are addressed to: see `RouteBatch.deliverMarked`.
    package static let mark: UInt32 = 0x7072_6F61
    package static let routingTable: UInt32 = 1900

    /// Never relayed: no address of one machine somewhere, or only this machine's and its link's.
    private static let never = [
        "0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "240.0.0.0/4", "::/127", "::ffff:0:0/96", "fe80::/10", "ff00::/8",
    ].compactMap { IPSubnet($0) }

    /// The whole table.
    /// - Parameter replacing: as in `FilterBatch`; false for a namespace's first.
    package func batch(replacing: Bool) -> FilterBatch {
        var batch = FilterBatch(.inet, table: Self.table, replacing: replacing)
        let subnets = bridges.flatMap(\.subnets)
        batch.set("bridges", devices: bridges.map(\.name))
        batch.set("outbound", devices: bridges.filter { !$0.isInternal }.map(\.name))
        for v6 in [false, true] {
            batch.set(Self.near(v6), subnets: isRelay ? subnets + Self.never : subnets, v6: v6)
        }
        prerouting(&batch)
        input(&batch)
        forward(&batch)
        if let device { masquerade(&batch, device) }
        return batch
    }

    private var device: String? {
        switch uplink {
        case .none: nil
        case .device(let name): name
        case .relay(_, let name): name
        }
    }

    private var isRelay: Bool { if case .relay = uplink { true } else { false } }
    private static func near(_ v6: Bool) -> String { v6 ? "near6" : "near4" }
    private static func family(_ v6: Bool) -> [FilterExpression] { .family(v6 ? .ipv6 : .ipv4) }

    private func prerouting(_ batch: inout FilterBatch) {
        let take: [FilterExpression] = [.setMark(Self.mark), .notrack, .verdict(.accept)]
        batch.chain("prerouting", .prerouting, .raw)
        batch.rule("prerouting", [.load(.inputName), .isNotIn("bridges")], .accept)
        batch.rule("prerouting", .socket(transparent: true), take)
        for v6 in [false, true] {
            batch.rule("prerouting", Self.family(v6), .destination(in: Self.near(v6), v6: v6), [.notrack], .accept)
        }
        guard case .relay(let families, _) = uplink else { return }
        for ports in families {
            let v6 = ports.isIPv6
            guard let listener = HostAddress(v6 ? "::1" : "127.0.0.1") else { continue }
            for (transport, port) in [([FilterExpression].Transport.tcp, ports.tcpPort), (.udp, ports.udpPort)] {
                batch.rule(
                    "prerouting", .from(set: "outbound"), Self.family(v6), .transport(transport),
                    [.transparentProxy(listener, port: port)], take)
            }
        }
    }

    private func input(_ batch: inout FilterBatch) {
        batch.chain("input", .input, .filter, drops: true)
        batch.rule("input", .from("lo"), .accept)
        batch.rule("input", .mark(Self.mark), .accept)
        for transport in [[FilterExpression].Transport.icmp, .icmpv6] { batch.rule("input", .transport(transport), .accept) }
        // A connection from outside to a listener of this namespace: SYN without ACK.
        batch.rule("input", .transport(.tcp), [.bytes(.transport, offset: 13, count: 1), .masked([0x12]), .equals([0x02]), .rejectTCP])
        batch.rule("input", .socket(transparent: false), .accept)
        batch.rule("input", .transport(.tcp), [.rejectTCP])
        batch.rule("input", [.reject(.port)])
    }

    private func forward(_ batch: inout FilterBatch) {
        batch.chain("forward", .forward, .filter, drops: true)
        for bridge in bridges { batch.rule("forward", .from(bridge.name), .to(bridge.name), .accept) }
        if let name = device {
            if isRelay {
                for transport in [[FilterExpression].Transport.icmp, .icmpv6] {
                    batch.rule("forward", .from(set: "outbound"), .to(name), .transport(transport), .accept)
                }
            } else {
                batch.rule("forward", .from(set: "outbound"), .to(name), .accept)
            }
            batch.rule(
                "forward", .from(name), .to(set: "outbound"), .connection(ConnectionState.established, ConnectionState.related), .accept)
        }
        // What comes from outside and belongs to nothing is not answered: a packet that was overtaken would end its connection.
        batch.rule("forward", .from(set: "bridges"), .transport(.tcp), [.rejectTCP])
        batch.rule("forward", .from(set: "bridges"), [.reject(.prohibited)])
    }

    private func masquerade(_ batch: inout FilterBatch, _ uplink: String) {
        batch.chain("output", .output, .raw)
        batch.rule("output", .to(set: "bridges"), [.notrack])
        batch.chain("postrouting", .postrouting, .sourceNAT, type: "nat")
        batch.rule("postrouting", .to(uplink), [.masquerade])
    }
}

extension RouteBatch {
    /// Packets with the mark of `BridgeRules` are delivered here, whoever they are addressed to. Switches the
    /// loopback device on, which takes them. Twice is no failure.
    package mutating func deliverMarked() {
        set(.index(1), up: true)
        for (v6, all) in [(false, IPSubnet("0.0.0.0/0")), (true, IPSubnet("::/0"))] {
            addRule(mark: BridgeRules.mark, table: BridgeRules.routingTable, v6: v6)
            // The loopback device is the first of every namespace.
            if let all { addRoute(all, index: 1, table: BridgeRules.routingTable, local: true) }
        }
    }
}
