import LinuxSys
import Networks
import Primitives
import TestSupport
import Testing

@Suite("the networks of a running container")
struct NetworkStateTests {
    @Test("everything is read again as it was written, on the same boot alone")
    func roundTrip() throws {
        let scratch = try Scratch("state")
        var endpoint = NetworkState.Endpoint(networkID: "n", networkName: "web", endpointID: "e")
        (endpoint.ip, endpoint.prefix, endpoint.gateway) = (HostAddress("10.0.0.2"), 24, HostAddress("10.0.0.1"))
        (endpoint.ip6, endpoint.prefix6, endpoint.gateway6) = (HostAddress("fd00::2"), 64, HostAddress("fd00::1"))
        (endpoint.mac, endpoint.interface) = (MACAddress("02:42:0a:00:00:02"), "eth0")
        (endpoint.aliases, endpoint.dnsNames) = (["db"], ["c1", "db"])
        let bare = NetworkState.Endpoint(networkID: "m", networkName: "none6", endpointID: "f")
        let state = NetworkState(
            bootIdentifier: "boot", sandboxID: "s", endpoints: [endpoint, bare],
            ports: [
                PortBinding(.tcp, hostPort: 8080, containerPort: 80),
                PortBinding(.udp, hostAddress: HostAddress("::1"), hostPort: 53, containerPort: 53),
            ])
        let directory = try Directory.open(scratch.path)
        #expect(try NetworkState.read(directory, bootIdentifier: "boot") == nil)
        try state.write(to: directory)
        #expect(try NetworkState.read(directory, bootIdentifier: "boot") == state)
        #expect(try NetworkState.read(directory, bootIdentifier: "another") == nil)
    }

    @Test(
        "a damaged file is told",
        arguments: [
            "", "[]", #"{"bootId":"b","endpoints":[{}],"ports":[]}"#,
            #"{"bootId":"b","endpoints":[],"ports":[{"transport":"tcp","hostPort":70000,"containerPort":1}]}"#,
            #"{"bootId":"b","endpoints":[],"ports":[{"transport":"icmp","hostPort":7,"containerPort":1}]}"#,
        ])
    func damaged(_ text: String) throws {
        let scratch = try Scratch("state")
        let directory = try Directory.open(scratch.path)
        try directory.writeFile(NetworkState.fileName, Array(text.utf8))
        #expect { try NetworkState.read(directory, bootIdentifier: "b") } throws: { ($0 as? Failure)?.kind == .corrupt }
    }

    @Test(
        "an Ethernet address has three spellings",
        arguments: [
            ("02:42:AC:11:00:02", "02:42:ac:11:00:02"), ("02-42-ac-11-00-02", "02:42:ac:11:00:02"), ("0242.ac11.0002", "02:42:ac:11:00:02"),
            ("02:42:ac:11:00", nil), ("02:42:ac:11:00:0g", nil), ("02:42-ac:11:00:02", nil), ("", nil), ("02x42xacx11x00x02", nil),
            ("0242:ac11:0002", nil),
        ] as [(String, String?)])
    func ethernet(_ row: (text: String, wanted: String?)) { #expect(MACAddress(row.text)?.description == row.wanted) }
}
