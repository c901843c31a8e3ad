import Primitives
import Testing

@Suite("addresses and subnets")
struct AddressTests {
    @Test(
        "an address is written as RFC 5952 says",
        arguments: [
            ("10.0.0.1", "10.0.0.1"), ("::", "::"), ("::1", "::1"), ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"),
            ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("::ffff:1.2.3.4", "::ffff:1.2.3.4"), ("fd00:0:0:0:1::", "fd00::1:0:0:0"),
        ])
    func text(_ row: (String, String)) { #expect(HostAddress(row.0)?.description == row.1) }

    @Test(
        "a subnet clears the host bits",
        arguments: [
            ("10.1.2.3/16", "10.1.0.0/16"), ("10.1.2.3/32", "10.1.2.3/32"), ("10.1.2.200/25", "10.1.2.128/25"), ("fd00::5/64", "fd00::/64"),
        ])
    func subnet(_ row: (String, String)) { #expect(IPSubnet(row.0)?.description == row.1) }

    @Test(
        "what is no subnet is refused",
        arguments: ["10.0.0.0", "10.0.0.0/33", "10.0.0/8", "/8", "10.0.0.0/", "10.0.0.0/08", "fd00::/129", "10.0.0.0/+8"])
    func bad(_ text: String) { #expect(IPSubnet(text) == nil) }

    @Test("the last address of a subnet has every host bit set")
    func last() {
        #expect(IPSubnet("10.1.2.3/20")?.last.description == "10.1.15.255")
        #expect(IPSubnet("fd00::/120")?.last.description == "fd00::ff")
    }

    @Test("counting on carries, and ends with the last address")
    func advance() {
        #expect(HostAddress("10.0.0.255")?.advanced(by: 1)?.description == "10.0.1.0")
        #expect(HostAddress("255.255.255.255")?.advanced(by: 1) == nil)
        #expect(HostAddress("fd00::ffff")?.advanced(by: 65537)?.description == "fd00::2:0")
    }

    @Test("subnets overlap when one contains the other")
    func overlap() throws {
        let wide = try #require(IPSubnet("172.16.0.0/12"))
        #expect(wide.overlaps(try #require(IPSubnet("172.17.0.0/16"))))
        #expect(try #require(IPSubnet("172.17.0.0/16")).overlaps(wide))
        #expect(!wide.overlaps(try #require(IPSubnet("172.32.0.0/16"))))
        #expect(!wide.overlaps(try #require(IPSubnet("::/0"))))
    }
}
