import Primitives
import Testing

@testable import CommandLine

@Suite("the fields of --network")
struct NetworkFieldsTests {
    @Test(
        "a name or a mode stands as it is",
        arguments: ["web", "host", "container:a", "name=", "=x", "a=-", "pasta:-T,a=b", "slirp4netns:mtu=1500", "ns:/a=b", ""])
    func short(_ text: String) throws {
        let fields = try NetworkFields(text)
        #expect(fields.name == text && fields.ip.isEmpty && fields.aliases.isEmpty)
    }

    @Test("the long form names everything; the case of keys and blanks around do not count")
    func long() throws {
        let fields = try NetworkFields(
            "NAME=Web, alias = a ,alias=b,ip=10.0.0.5,ip6=fd00::5,mac-address=02:42:00:00:00:05,link-local-ip=169.254.1.1,driver-opt=k = v,gw-priority=-3,\"alias=x,y\""
        )
        #expect(fields.name == "Web" && fields.aliases == ["a", "b", "x,y"] && fields.ip == "10.0.0.5" && fields.ip6 == "fd00::5")
        #expect(fields.mac == "02:42:00:00:00:05" && fields.linkLocalIPs == ["169.254.1.1"] && fields.gatewayPriority == -3)
        #expect(fields.driverOptions.map(\.key) == ["k"] && fields.driverOptions.map(\.value) == ["v"])
    }

    @Test(
        "mistakes are told in docker's words",
        arguments: [
            ("name=a,foo=bar", "invalid field key foo"), ("name=a,foo", "invalid field foo"), ("name=a,=b", "invalid field =b"),
            ("ip=10.0.0.1", "network name/id is not specified"), ("name=a,driver-opt=b", "invalid key value pair format in driver options"),
            ("name=a,gw-priority=x", "invalid gw-priority (x): invalid syntax"),
            ("name=a,\"alias=x", "parse error on line 1, column 16: extraneous or missing \" in quoted-field"),
        ])
    func bad(_ row: (text: String, message: String)) {
        #expect(throws: Failure(.invalid, row.message)) { try NetworkFields(row.text) }
    }
}
