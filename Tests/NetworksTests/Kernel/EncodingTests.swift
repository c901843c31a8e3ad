import LinuxSys
import Networks
import Primitives
import Testing

@Suite("netlink messages")
struct EncodingTests {
    @Test("a message is its header, its head and its attributes, each padded to four bytes")
    func message() {
        var out = NetlinkBytes()
        out.message(0x0102, flags: 0x0304, sequence: 7) { out in
            out.append(UInt32(9))
            out.attribute(3, text: "lo")
            out.nested(18) { $0.attribute(1, UInt8(5)) }
        }
        #expect(
            out.bytes == [
                40, 0, 0, 0, 2, 1, 4, 3, 7, 0, 0, 0, 0, 0, 0, 0,  // struct nlmsghdr
                9, 0, 0, 0,
                7, 0, 3, 0, 0x6C, 0x6F, 0, 0,  // 3 bytes, one of padding
                12, 0, 18, 0x80, 5, 0, 1, 0, 5, 0, 0, 0,  // NLA_F_NESTED
            ])
    }

    @Test("attributes are read up to the first that is not whole")
    func attributes() {
        let good: [UInt8] = [5, 0, 1, 0, 9, 0, 0, 0, 8, 0, 2, 0x80, 1, 2, 3, 4]
        for (bytes, types) in [
            (good, [1, 2]), (good + [3, 0, 9, 0], [1, 2]), (good + [9, 0, 9, 0, 1, 2, 3, 4], [1, 2]), (good + [4], [1, 2]),
            (good + [4, 0, 7, 0], [1, 2, 7]), ([], []),
        ] {
            #expect(NetlinkAttributes(bytes[...]).map(\.type) == types.map(UInt16.init))
        }
        #expect(NetlinkAttributes(good[...]).first(2)?.number(UInt16.self) == 0x0201)
        #expect(NetlinkAttributes(good[...]).first(1)?.number(UInt16.self) == nil)
    }

    @Test("an acknowledgement tells its errno and the kernel's words, whether the request is repeated in it or not")
    func replies() {
        let words: [UInt8] = [7, 0, 1, 0, 0x6E, 0x6F, 0, 0]
        let request: [UInt8] = [20, 0, 0, 0] + [UInt8](repeating: 0, count: 16)
        for (flags, middle) in [(UInt8(3), request.prefix(16)), (2, request[...])] {
            let size = UInt8(20 + middle.count + words.count)
            var bytes = ([size, 0, 0, 0, 2, 0, 0, flags, 5, 0, 0, 0, 0, 0, 0, 0] + [0xFF, 0xFF, 0xFF, 0xFF] + middle + words)[...]
            let reply = NetlinkReply(&bytes)
            #expect(reply?.status == 1 && reply?.sequence == 5 && reply?.reason == "no" && bytes.isEmpty)
            #expect(
                reply?.failure("trying")
                    == Failure(.system(1), "trying: operation not permitted (EPERM): the kernel says \"no\""))
        }
        var cut: ArraySlice<UInt8> = [40, 0, 0, 0, 2, 0]
        #expect(NetlinkReply(&cut) == nil)
    }

    @Test("an Ethernet address gives the link-local one")
    func linkLocal() { #expect(MACAddress("02:42:ac:11:00:02")?.linkLocal?.description == "fe80::42:acff:fe11:2") }

    @Test("one table is one value, and another value with other ports")
    func value() {
        let rules = NameServerRules(udpPort: 1, tcpPort: 2)
        #expect(rules.batch(replacing: true) == NameServerRules(udpPort: 1, tcpPort: 2).batch(replacing: true))
        #expect(rules.batch(replacing: true) != rules.batch(replacing: false))
        #expect(rules.batch(replacing: true) != NameServerRules(udpPort: 1, tcpPort: 3).batch(replacing: true))
    }
}
