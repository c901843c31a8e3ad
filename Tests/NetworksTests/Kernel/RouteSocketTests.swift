import LinuxSys
import Networks
import Primitives
import TestSupport
import Testing

@Suite("rtnetlink", .enabled(if: KernelPlace.isCapable))
struct RouteSocketTests {
    @Test("a container's veth is made, gets an address and a route, and reaches the bridge")
    func veth() throws {
        let (bridges, own) = (try NamespaceWorker(), try NamespaceWorker())
        let namespace = own.namespace
        let mac = try #require(MACAddress("02:42:0a:09:00:02"))
        let veth = try bridges.run { () throws(Failure) in
            let route = try RouteSocket()
            try route.batch { batch in
                batch.addBridge("b-test", mac: MACAddress("02:42:0a:09:00:01"), mtu: 1400)
                batch.set(.name("b-test"), up: true)
            }
            let bridge = try route.link(.name("b-test"))
            try route.batch { $0.addAddress(bridge.index, HostAddress("10.9.0.1")!, bits: 24) }
            return try route.addVeth("v1", master: bridge.index, mtu: 1400, peerName: "eth0", peerMAC: mac, peerNamespace: namespace)
        }
        let eth0 = try own.run { () throws(Failure) in
            let route = try RouteSocket()
            try route.batch { batch in
                batch.set(.name("lo"), up: true)
                batch.set(.index(veth.peerIndex), up: true)
                batch.addAddress(veth.peerIndex, HostAddress("10.9.0.2")!, bits: 24)
                batch.addAddress(veth.peerIndex, HostAddress("fd00::2")!, bits: 64)
                batch.addRoute(IPSubnet("0.0.0.0/0")!, via: HostAddress("10.9.0.1")!, index: veth.peerIndex)
            }
            let addresses = try route.addresses(veth.peerIndex).map { "\($0.address)/\($0.bits)" }
            #expect(addresses.contains("10.9.0.2/24"))
            #expect(addresses.contains("fd00::2/64"))
            let fallback = try route.routes().first { $0.destination == nil && !$0.isIPv6 }
            #expect(fallback?.gateway?.description == "10.9.0.1")
            return try route.link(.name("eth0"))
        }
        #expect(eth0.index == veth.peerIndex && eth0.mac == mac && eth0.mtu == 1400 && eth0.isUp && eth0.kind == "veth")
    }

    /// The failure of a batch, in a new namespace.
    private func refusal(_ body: @escaping @Sendable (inout RouteBatch) -> Void) throws -> Failure? {
        try NamespaceWorker().run { () throws(Failure) in
            do throws(Failure) {
                try RouteSocket().batch(body)
                return nil
            } catch { return error }
        }
    }

    @Test("a device is changed, found and deleted")
    func changes() throws {
        try NamespaceWorker().run { () throws(Failure) in
            let route = try RouteSocket()
            try route.batch { batch in
                batch.addBridge("b-1")
                batch.addVeth("v1", master: nil, peerName: "v2", peerNamespace: nil)
            }
            let (bridge, v1, v2) = (try route.link(.name("b-1")), try route.link(.name("v1")), try route.link(.name("v2")))
            #expect(bridge.kind == "bridge" && !bridge.isUp && v1.isUp && !v2.isUp && v1.peer == v2.index && v2.peer == v1.index)
            let mac = MACAddress("02:00:00:00:00:05")!
            try route.batch { batch in
                batch.rename(v2.index, to: "other")
                batch.setMaster(.name("v1"), bridge.index)
                batch.setAddress(.index(v2.index), mac)
                batch.setMTU(.name("other"), 1300)
                batch.set(.index(v2.index), up: true)
            }
            let changed = try route.link(.index(v2.index))
            #expect(changed.name == "other" && changed.mac == mac && changed.mtu == 1300 && changed.isUp)
            #expect(try route.link(.index(v1.index)).master == bridge.index)
            #expect(try route.settle([.index(v1.index), .index(v2.index)]))
            try route.batch { batch in
                batch.setMaster(.index(v1.index), nil)
                batch.set(.index(v2.index), up: false)
            }
            let (free, down) = (try route.link(.index(v1.index)), try route.link(.index(v2.index)))
            #expect(free.master == nil && !down.isUp && !down.isRunning)
            #expect(try !route.settle([.index(v2.index)], milliseconds: 1))
            try route.batch { $0.delete(.name("other")) }
            let names = try route.links().map(\.name)
            #expect(names.contains("b-1") && !names.contains("v1") && !names.contains("other"))
        }
    }

    @Test("settings of a device are those that /proc/sys shows")
    func settings() throws {
        try NamespaceWorker().run { () throws(Failure) in
            let route = try RouteSocket()
            try route.batch { batch in
                batch.addBridge("b-1")
                batch.set(.name("b-1"), .forwarding, 1)
                batch.set(.name("b-1"), .reversePathFilter, 2)
                batch.set(.name("b-1"), .routeLocalnet, 1)
            }
            let names = ["forwarding", "rp_filter", "route_localnet"]
            #expect(names.map { Sysctl.read("ipv4/conf/b-1/\($0)") } == ["1", "2", "1"])
            try route.batch { $0.set(.name("b-1"), .forwarding, 0) }
            #expect(Sysctl.read("ipv4/conf/b-1/forwarding") == "0")
        }
    }

    @Test("addresses, routes and rules come and go")
    func addresses() throws {
        try NamespaceWorker().run { () throws(Failure) in
            let route = try RouteSocket()
            try route.batch { batch in
                batch.addVeth("v1", master: nil, peerName: "v2", peerNamespace: nil)
                batch.set(.name("v2"), up: true)
            }
            let index = try route.link(.name("v1")).index
            let (four, six) = (HostAddress("10.9.0.1")!, HostAddress("fd00::1")!)
            let (far4, far6) = (IPSubnet("10.20.0.0/16")!, IPSubnet("fd20::/32")!)
            try route.batch { batch in
                batch.addAddress(index, four, bits: 24)
                batch.addAddress(index, six, bits: 64)
            }
            #expect(try route.settle([.index(index)], addresses: [four, six]))
            try route.batch { batch in
                batch.addRoute(far4, via: HostAddress("10.9.0.9")!, index: index)
                batch.addRoute(far6, index: index)
                batch.deliverMarked()
                batch.deliverMarked()
            }
            var subnets = try HostSubnets.current()
            #expect(subnets.isSuperset(of: [far4, far6, IPSubnet("10.9.0.0/24")!, IPSubnet("fd00::/64")!]))
            #expect(try route.routes().contains { $0.destination == far4 && $0.gateway?.description == "10.9.0.9" && $0.index == index })
            try route.batch { batch in
                batch.deleteRoute(far4, via: HostAddress("10.9.0.9")!, index: index)
                batch.deleteRoute(far6, index: index)
                batch.deleteAddress(index, four, bits: 24)
                batch.deleteAddress(index, six, bits: 64)
                batch.deleteRoute(IPSubnet("0.0.0.0/0")!, index: 1, table: BridgeRules.routingTable, local: true)
            }
            subnets = try HostSubnets.current()
            #expect(subnets.isDisjoint(with: [far4, far6, IPSubnet("10.9.0.0/24")!, IPSubnet("fd00::/64")!]))
        }
    }

    @Test("default routes do not make everything the host's, even in two halves")
    func halves() throws {
        try NamespaceWorker().run { () throws(Failure) in
            let route = try RouteSocket()
            try route.batch { $0.set(.index(1), up: true) }
            let all = ["0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1", "::/0", "::/1", "8000::/1", "10.0.0.0/8"].map { IPSubnet($0)! }
            try route.batch { batch in
                for subnet in all { batch.addRoute(subnet, index: 1) }
            }
            let found = try HostSubnets.current()
            #expect(found.intersection(all) == [IPSubnet("10.0.0.0/8")!])
        }
    }

    @Test("a macvlan device is made in the namespace of its container")
    func macvlan() throws {
        let container = try NamespaceWorker()
        let namespace = container.namespace
        let mac = try #require(MACAddress("02:00:00:00:00:07"))
        let home = try NamespaceWorker()
        try home.run { () throws(Failure) in
            let route = try RouteSocket()
            try route.batch { $0.addBridge("b-1") }
            let parent = try route.link(.name("b-1")).index
            try route.batch { $0.addMACVLAN(parent: parent, "eth0", into: namespace, mac: mac, mtu: 1400) }
        }
        let link = try container.run { () throws(Failure) in try RouteSocket().link(.name("eth0")) }
        #expect(link.kind == "macvlan" && link.mac == mac && link.mtu == 1400)
    }

    @Test("a refusal says what was not done, to what, and why")
    func refusals() throws {
        let twice = try refusal { batch in
            batch.addBridge("b-1")
            batch.addBridge("b-1")
        }
        #expect(twice == Failure(.conflict, "adding bridge \"b-1\": file exists (EEXIST)"))
        let lost = try refusal { $0.addVeth("v1", master: 4711, peerName: "eth0", peerNamespace: nil) }
        #expect(lost?.message.hasPrefix("adding veth \"v1\" to bridge 4711: ") == true, "\(String(describing: lost))")
        let missing = try refusal { $0.set(.name("nothing"), up: true) }
        #expect(missing == Failure(.system(19), "switching \"nothing\" on: no such device (ENODEV)"))
        let route = try refusal { batch in
            batch.set(.index(1), up: true)
            batch.addRoute(IPSubnet("10.0.0.0/8")!, via: HostAddress("10.9.0.1")!, index: 1)
        }
        #expect(route?.message.hasPrefix("adding route 10.0.0.0/8 via 10.9.0.1: ") == true)
        // The words are the kernel's own.
        #expect(route?.message.contains(": the kernel says \"") == true, "\(String(describing: route))")
        let first = try refusal { batch in
            batch.delete(.name("one"))
            batch.delete(.name("two"))
        }
        #expect(first?.message.hasPrefix("deleting \"one\": ") == true)
    }
}
