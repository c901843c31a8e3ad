import Containers
import Primitives
import Testing

@Suite("ports as ps and port show them")
struct PortColumnTests {
    /// `ADDRESS|HOSTPORT|PORT/PROTOCOL`, several with blanks.
    private func column(_ text: String, noted: String = "") throws -> PortColumn {
        let bindings = try text.split(separator: " ").map { word in
            let parts = word.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
            let port = parts[2].split(separator: "/").map(String.init)
            return PortBinding(
                try #require(PortBinding.Transport(rawValue: port[1])), hostAddress: HostAddress(parts[0]),
                hostPort: try #require(UInt16(parts[1])), containerPort: try #require(UInt16(port[0])))
        }
        return PortColumn(published: bindings, noted: noted.split(separator: " ").map(String.init))
    }

    @Test(
        "ranges are merged and ordered as docker does it",
        arguments: [
            ("", "", ""), ("", "80/tcp", "80/tcp"), ("", "80/tcp 81/tcp 82/tcp 90/tcp 81/udp", "80-82/tcp, 90/tcp, 81/udp"),
            ("|8080|80/tcp", "80/tcp", "0.0.0.0:8080->80/tcp, [::]:8080->80/tcp"),
            ("127.0.0.1|8080|80/tcp", "80/tcp 443/tcp", "443/tcp, 127.0.0.1:8080->80/tcp"),
            ("|80|80/tcp |81|81/tcp", "", "0.0.0.0:80-81->80-81/tcp, [::]:80-81->80-81/tcp"),
            ("0.0.0.0|80|80/tcp 0.0.0.0|82|82/tcp", "", "0.0.0.0:80->80/tcp, 0.0.0.0:82->82/tcp"),
            (
                "|7001|80/tcp |7002|82/tcp |7005|85/tcp 127.0.0.1|32768|99/tcp |10000|10000/tcp |10001|10001/tcp |53|53/udp",
                "80/tcp 82/tcp 85/tcp 86/udp 99/tcp 10000/tcp 10001/tcp 53/udp",
                "0.0.0.0:53->53/udp, [::]:53->53/udp, 86/udp, 0.0.0.0:10000-10001->10000-10001/tcp, [::]:10000-10001->10000-10001/tcp, 0.0.0.0:7001->80/tcp, [::]:7001->80/tcp, 0.0.0.0:7002->82/tcp, [::]:7002->82/tcp, 0.0.0.0:7005->85/tcp, [::]:7005->85/tcp, 127.0.0.1:32768->99/tcp"
            ),
            ("|65535|65535/tcp", "", "0.0.0.0:65535->65535/tcp, [::]:65535->65535/tcp"),
        ])
    func text(_ row: (published: String, noted: String, wanted: String)) throws {
        #expect(try column(row.published, noted: row.noted).text == row.wanted)
    }

    @Test("port tells every address, in the order of numbers")
    func lines() throws {
        let column = try column("|10000|10000/tcp 127.0.0.1|7001|80/tcp |53|53/udp", noted: "99/tcp")
        #expect(
            column.lines() == [
                "53/udp -> 0.0.0.0:53", "53/udp -> [::]:53", "80/tcp -> 127.0.0.1:7001", "10000/tcp -> 0.0.0.0:10000",
                "10000/tcp -> [::]:10000",
            ])
        #expect(column.lines(of: "80/tcp") == ["127.0.0.1:7001"])
        #expect(column.lines(of: "80/udp").isEmpty && column.lines(of: "99/tcp").isEmpty)
    }

    @Test("the filters look at the host's port and at the container's")
    func filters() throws {
        let column = try column("|7001|80/tcp", noted: "90/udp")
        #expect(column.publishes(7000...7001, "tcp") && !column.publishes(80...80, "tcp") && !column.publishes(7001...7001, "udp"))
        #expect(column.exposes(80...80, "tcp") && column.exposes(90...90, "udp") && !column.exposes(7001...7001, "tcp"))
    }
}
