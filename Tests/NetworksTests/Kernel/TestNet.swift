import LinuxSys
import Networks
import Primitives

/// The namespace of some bridges, and containers' namespaces at them.
struct TestNet {
    let home: NamespaceWorker

    /// - Parameter rules: also the routes that `BridgeRules` needs.
    init(_ bridges: [BridgeRules.Bridge], uplink: BridgeRules.Uplink) throws(Failure) {
        home = try NamespaceWorker()
        try home.run { () throws(Failure) in
            let route = try RouteSocket()
            try route.batch { $0.set(.name("lo"), up: true) }
            try Sysctl.bridgesWithoutFilter()
            try Sysctl.forwardIPv6()
            for bridge in bridges {
                let mac = MACAddress(for: bridge.subnets[0].address)
                try route.batch { $0.addBridge(bridge.name, mac: mac) }
                let index = try route.link(.name(bridge.name)).index
                try route.batch { batch in
                    batch.set(.index(index), .forwarding, 1)
                    batch.set(.index(index), .reversePathFilter, 0)
                    batch.addLinkLocal(index, mac)
                    for subnet in bridge.subnets { batch.addAddress(index, subnet.address.advanced(by: 1)!, bits: subnet.bits) }
                    batch.set(.index(index), up: true)
                }
            }
            try route.batch { $0.deliverMarked() }
            try FilterSocket().commit(BridgeRules(bridges, uplink: uplink).batch(replacing: true))
        }
    }

    /// A namespace with `eth0` at a bridge, with the address `number` of each of its subnets and the first as its gateway.
    func container(_ bridge: BridgeRules.Bridge, _ number: UInt64 = 2) throws(Failure) -> NamespaceWorker {
        let container = try NamespaceWorker()
        let namespace = container.namespace
        let veth = try home.run { () throws(Failure) in
            let route = try RouteSocket()
            let master = try route.link(.name(bridge.name)).index
            return try route.addVeth("\(bridge.name)-\(number)", master: master, peerName: "eth0", peerNamespace: namespace)
        }
        try container.run { () throws(Failure) in
            let route = try RouteSocket()
            try route.batch { batch in
                batch.set(.name("lo"), up: true)
                batch.set(.index(veth.peerIndex), up: true)
                for subnet in bridge.subnets {
                    batch.addAddress(veth.peerIndex, subnet.address.advanced(by: number)!, bits: subnet.bits)
                    let all = IPSubnet(subnet.isIPv6 ? "::/0" : "0.0.0.0/0")!
                    batch.addRoute(all, via: subnet.address.advanced(by: 1), index: veth.peerIndex)
                }
            }
            try route.settle([.index(veth.peerIndex)], addresses: bridge.subnets.map { $0.address.advanced(by: number)! })
        }
        _ = try home.run { () throws(Failure) in
            let gateways = bridge.subnets.map { $0.address.advanced(by: 1)! }
            return try RouteSocket().settle([.index(veth.index), .name(bridge.name)], addresses: gateways)
        }
        return container
    }

    /// How many connections the kernel tracks in the namespace of the calling thread.
    static var trackedConnections: String? { Sysctl.read("netfilter/nf_conntrack_count") }
}
