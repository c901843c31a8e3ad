import LinuxSys
import Primitives
import Testing

@testable import Networks

@Suite("who has a port") struct SocketTableTests {
    private static let tcp = """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001        0 4711 1 0000000000000000 100 0 0 10 0
           1: 00000000:0016 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 815 1 0000000000000000 100 0 0 10 0
           2: 0200000A:1F91 0900000A:C350 01 00000000:00000000 00:00000000 00000000     0        0 99 1 0000000000000000 20 4 30 10 -1
           3: 0200000A:1F92 0900000A:C350 06 00000000:00000000 03:00000000 00000000     0        0 0 3 0000000000000000
        garbage
           4: 0100007F:XYZ1 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001        0 4712
           5: 0100007F 00000000:0000 0A 00000000:00000000 00:00000000 00000000  1001        0 4713
        """
    private static let tcp6 = """
          sl  local_address                         remote_address                        st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 00000000000000000000000000000000:1F90 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 12 1 0
           1: 00000000000000000000000001000000:1F91 00000000000000000000000000000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 13 1 0
        """

    private static func inode(_ text: String, _ ipv6: Bool, _ address: String, _ port: UInt16) throws -> UInt64? {
        SocketTable(Array(text.utf8), ipv6: ipv6).holder(of: SocketAddress(try #require(HostAddress(address)), port: port))?.inode
    }

    @Test(
        "the entry in the way is found",
        arguments: [
            ("127.0.0.1", 8080, 4711), ("0.0.0.0", 8080, 4711), ("127.0.0.2", 8080, nil), ("127.0.0.1", 22, 815), ("10.0.0.2", 8081, 99),
            ("127.0.0.1", 8082, nil), ("0.0.0.0", 8083, nil),
        ] as [(String, UInt16, UInt64?)])
    func find(_ row: (String, UInt16, UInt64?)) throws { #expect(try Self.inode(Self.tcp, false, row.0, row.1) == row.2) }

    @Test(
        "and of IPv6, that of every address also for IPv4",
        arguments: [("::1", 8080, 12), ("0.0.0.0", 8080, 12), ("::1", 8081, 13), ("::2", 8081, nil)] as [(String, UInt16, UInt64?)])
    func findIPv6(_ row: (String, UInt16, UInt64?)) throws { #expect(try Self.inode(Self.tcp6, true, row.0, row.1) == row.2) }

    @Test("lines that are no entries are left out")
    func garbage() { #expect(SocketTable(Array(Self.tcp.utf8), ipv6: false).entries.count == 4) }

    @Test("whom only root may name is told by its user")
    func text() {
        #expect(SocketHolder(processName: nil, process: nil, user: "www").text == "a process of user \"www\" has it")
        #expect(SocketHolder(processName: "nginx", process: 8, user: "www").text == "process \"nginx\" (pid 8) has it")
    }
}

@Suite("a table that knows what is oldest") struct RecencyTableTests {
    @Test("the one not touched longest goes first")
    func order() {
        var table = RecencyTable<Int, String>()
        for key in 0..<4 { table.insert("\(key)", key, Int64(key)) }
        #expect(table.touch(0, 10) == "0" && table.touch(2, 11) == "2" && table.touch(9, 12) == nil)
        #expect(table.removeOldest(unusedSince: 1) == nil)
        #expect(table.removeOldest(unusedSince: 2) == "1")
        table.insert("5", 5, 12)
        #expect((0..<5).map { _ in table.removeOldest() } == ["3", "0", "2", "5", nil])
        #expect(table.count == 0)
    }
}

@Suite("addresses of sockets") struct SocketAddressTests {
    @Test(
        "a mapped address is one of IPv4, and no other is",
        arguments: [
            ("::ffff:10.1.2.3", "10.1.2.3"), ("::10.1.2.3", "::a01:203"), ("10.1.2.3", "10.1.2.3"), ("1::ffff:a01:203", "1::ffff:a01:203"),
        ])
    func unmapped(_ row: (String, String)) throws {
        let address = SocketAddress(try #require(HostAddress(row.0)), port: 99, scope: 3).unmapped
        #expect(address.address.description == row.1 && address.port == 99)
    }

    @Test(
        "the loopback is known", arguments: [("127.0.0.1", true), ("127.9.9.9", true), ("128.0.0.1", false), ("::1", true), ("::", false)])
    func loopback(_ row: (String, Bool)) throws {
        #expect(SocketAddress(try #require(HostAddress(row.0)), port: 1).isLoopback == row.1)
    }

    @Test("text is as in addresses of the web")
    func text() throws {
        #expect(SocketAddress(try #require(HostAddress("::1")), port: 80).description == "[::1]:80")
        #expect(SocketAddress(anyIPv6: false, port: 0).description == "0.0.0.0:0")
    }
}
