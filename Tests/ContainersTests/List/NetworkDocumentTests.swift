import Networks
import Primitives
import Testing

@testable import Containers

@Suite("what inspect shows of a container's networks")
struct NetworkDocumentTests {
    private func record(_ mode: String, _ attachments: [NetworkAttachment] = []) -> ContainerRecord {
        var record = ContainerRecord(json: [
            "Id": "x", "HostConfig": ["NetworkMode": .string(mode)], "Config": ["ExposedPorts": ["80/tcp": [:], "90/udp": [:]]],
            "Proa": [:],
        ])
        if !attachments.isEmpty { record.attachments = attachments }
        return record
    }

    private func state(_ network: String) -> NetworkState {
        var endpoint = NetworkState.Endpoint(networkID: "n1", networkName: network, endpointID: "e1")
        (endpoint.ip, endpoint.prefix, endpoint.gateway) = (HostAddress("10.0.0.2"), 24, HostAddress("10.0.0.1"))
        (endpoint.mac, endpoint.dnsNames) = (MACAddress("02:42:0a:00:00:02"), ["c1"])
        return NetworkState(
            bootIdentifier: "b", sandboxID: "s", endpoints: [endpoint], ports: [PortBinding(.tcp, hostPort: 8080, containerPort: 80)])
    }

    @Test("a running container shows addresses, ports and names, on the default network at the top too", arguments: ["bridge", "web"])
    func running(_ network: String) {
        var asked = NetworkAttachment(network: network)
        asked.ip = HostAddress("10.0.0.2")
        let document = NetworkDocument(record: record(network, [asked]), state: state(network), pid: 7).json
        #expect(document["Ports"]?["80/tcp"]?.compactText == #"[{"HostIp":"0.0.0.0","HostPort":"8080"},{"HostIp":"::","HostPort":"8080"}]"#)
        #expect(document["Ports"]?["90/udp"] == .null)
        #expect(document["SandboxKey"]?.string == "/proc/7/ns/net")
        #expect(
            document["Networks"]?[network]?.compactText
                == #"{"IPAMConfig":{"IPv4Address":"10.0.0.2"},"Links":null,"Aliases":null,"MacAddress":"02:42:0a:00:00:02","DriverOpts":null,"GwPriority":0,"NetworkID":"n1","EndpointID":"e1","Gateway":"10.0.0.1","IPAddress":"10.0.0.2","IPPrefixLen":24,"IPv6Gateway":"","GlobalIPv6Address":"","GlobalIPv6PrefixLen":0,"DNSNames":["c1"]}"#
        )
        let isDefault = network == "bridge"
        #expect(document["IPAddress"]?.string == (isDefault ? "10.0.0.2" : "") && document["IPPrefixLen"]?.int == (isDefault ? 24 : 0))
        #expect(document["MacAddress"]?.string == (isDefault ? "02:42:0a:00:00:02" : ""))
    }

    @Test(
        "a stopped container shows its networks without addresses",
        arguments: [("bridge", ["bridge"]), ("none", ["none"]), ("host", ["host"]), ("container:x", []), ("ns:/x", [])]
            as [(String, [String])])
    func stopped(_ row: (mode: String, names: [String])) {
        let attachments = row.mode == "bridge" ? [NetworkAttachment(network: "bridge")] : []
        let document = NetworkDocument(record: record(row.mode, attachments), state: nil, pid: 0).json
        #expect(document["Networks"]?.object?.keys == row.names)
        #expect(document["Ports"]?.object?.isEmpty == true && document["SandboxID"]?.string == "" && document["SandboxKey"]?.string == "")
        for name in row.names { #expect(document["Networks"]?[name]?["IPAddress"]?.string == "") }
    }

    @Test("a network that was named by the beginning of its id is shown by name")
    func byID() {
        let document = NetworkDocument(record: record("n", [NetworkAttachment(network: "n")]), state: state("web"), pid: 7).json
        #expect(document["Networks"]?.object?.keys == ["web"])
    }

    @Test("the ports of a start are those of -p, and with -P one for each noted beside")
    func published() throws {
        var record = record("bridge")
        var host: JSONObject = ["NetworkMode": "bridge", "PublishAllPorts": true]
        let requests = try PortRequest.parse("127.0.0.1:8000-8010:80") + PortRequest.parse("[::1]::443") + PortRequest.parse("0:1")
        host["PortBindings"] = PortRequest.document(requests)
        record.json["HostConfig"] = .object(host)
        let wanted = try requests + PortRequest.parse("90/udp")
        #expect(Set(record.publishedPorts) == Set(wanted) && record.publishedPorts.count == 4)
    }
}

extension JSON {
    fileprivate var compactText: String { compact() }
}
