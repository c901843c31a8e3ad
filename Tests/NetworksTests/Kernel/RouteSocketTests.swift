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
}
