import LinuxSys
import Primitives
import Testing

@testable import Networks

@Suite("where relayed connections may go") struct RelayPolicyTests {
    private static func address(_ text: String, _ port: UInt16 = 80) throws -> SocketAddress {
        SocketAddress(try #require(HostAddress(text)), port: port)
    }

    @Test(
        "this host and its link are closed",
        arguments: [
            "127.0.0.1", "127.255.0.3", "0.0.0.0", "0.1.2.3", "169.254.169.254", "224.0.0.1", "255.255.255.255", "::", "::1", "::127.0.0.1",
            "::ffff:127.0.0.1", "::ffff:0.0.0.0", "::ffff:169.254.169.254", "fe80::1", "febf::1", "ff02::1",
        ])
    func closed(_ text: String) throws { #expect(RelayPolicy().answer(try Self.address(text)) == .refused) }

    @Test("the rest is open", arguments: ["8.8.8.8", "10.0.0.1", "128.0.0.1", "169.253.0.1", "2001:db8::1", "fec0::1", "fd00::1"])
    func open(_ text: String) throws {
        #expect(RelayPolicy().answer(try Self.address(text)) == .reach(try Self.address(text)))
    }

    @Test("a mapped address is the address of IPv4")
    func mapped() throws {
        #expect(RelayPolicy().answer(try Self.address("::ffff:8.8.8.8")) == .reach(try Self.address("8.8.8.8")))
    }

    @Test("port 0 is nowhere")
    func port() throws { #expect(RelayPolicy().answer(try Self.address("8.8.8.8", 0)) == .refused) }

    @Test("exceptions open what they name, and no more")
    func exceptions() throws {
        let policy = RelayPolicy(allowed: [try #require(IPSubnet("169.254.169.254/32"))])
        #expect(policy.answer(try Self.address("169.254.169.254")) == .reach(try Self.address("169.254.169.254")))
        #expect(policy.answer(try Self.address("169.254.169.253")) == .refused)
        #expect(policy.answer(try Self.address("127.0.0.1")) == .refused)
    }

    @Test("the host's name is the host, by either form of its address")
    func alias() throws {
        let policy = RelayPolicy(hostAliases: [try #require(HostAddress("169.254.77.1"))])
        #expect(policy.answer(try Self.address("169.254.77.1", 5432)) == .host(port: 5432, ipv6: false))
        #expect(policy.answer(try Self.address("::ffff:169.254.77.1", 5432)) == .host(port: 5432, ipv6: false))
    }
}
