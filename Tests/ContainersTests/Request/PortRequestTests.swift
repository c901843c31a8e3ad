import Containers
import Primitives
import Testing

@Suite("published ports")
struct PortRequestTests {
    private static func text(_ request: PortRequest) -> String {
        let ports = request.hostPorts.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" } ?? ""
        return "\(request.hostAddress?.description ?? "")|\(ports)|\(request.portName)"
    }

    @Test(
        "-p has docker's whole grammar",
        arguments: [
            ("80", ["||80/tcp"]), ("8080:80", ["|8080|80/tcp"]), ("127.0.0.1:8080:80", ["127.0.0.1|8080|80/tcp"]),
            ("127.0.0.1::80", ["127.0.0.1||80/tcp"]), ("[::1]:8080:80", ["::1|8080|80/tcp"]), ("::1:8080:80", ["::1|8080|80/tcp"]),
            ("[::1]::80", ["::1||80/tcp"]), ("0.0.0.0:8080:80", ["0.0.0.0|8080|80/tcp"]), (":80", ["||80/tcp"]), ("0:80", ["|0|80/tcp"]),
            ("8000-8002:80-82", ["|8000|80/tcp", "|8001|81/tcp", "|8002|82/tcp"]), ("8000-8010:80", ["|8000-8010|80/tcp"]),
            ("80-81", ["||80/tcp", "||81/tcp"]), ("80/udp", ["||80/udp"]), ("53:53/UDP", ["|53|53/udp"]), ("1:2/sctp", ["|1|2/sctp"]),
            ("8080:80/", ["|8080|80/tcp"]), ("080:80", ["|80|80/tcp"]), ("65535:65535", ["|65535|65535/tcp"]),
            ("published=8080,target=80", ["|8080|80/tcp"]), ("published=8080,target=80,protocol=udp", ["|8080|80/udp"]),
            ("target=80", ["||80/tcp"]), ("127.0.0.1:8000-8001:80-81/udp", ["127.0.0.1|8000|80/udp", "127.0.0.1|8001|81/udp"]),
        ] as [(String, [String])])
    func good(_ row: (text: String, wanted: [String])) throws {
        #expect(try PortRequest.parse(row.text).map(Self.text) == row.wanted)
    }

    @Test(
        "what docker refuses is refused with its words",
        arguments: [
            ("8000-8001:80-82", "invalid ranges specified for container and host Ports: 80-82 and 8000-8001"),
            ("8080:80-81", "invalid ranges specified for container and host Ports: 80-81 and 8080"), ("80/foo", "invalid proto: foo"),
            ("80/tcp/udp", "invalid proto: tcp/udp"), ("foo", "invalid containerPort: foo"), ("80:", "no port specified: 80:<empty>"),
            ("", "no port specified: <empty>"), (":", "no port specified: :<empty>"), ("/tcp", "no port specified: /tcp<empty>"),
            ("65536", "invalid containerPort: 65536"), ("8080:65536", "invalid containerPort: 65536"),
            ("70000:80", "invalid hostPort: 70000"),
            ("-1:80", "invalid hostPort: -1"), ("80-79", "invalid containerPort: 80-79"), ("a-b:80", "invalid hostPort: a-b"),
            ("localhost:80:80", "invalid IP address: localhost"), ("1.2.3:80:80", "invalid IP address: 1.2.3"),
            ("[::1:80:80", "invalid IP address [::1: address [::1:: missing ']' in address"), ("+80:80", "invalid hostPort: +80"),
            (" 80:80", "invalid hostPort:  80"), ("foo=1", "no port specified: :/tcp<empty>"), ("0", "invalid containerPort: 0"),
            ("8080:0", "invalid containerPort: 0"), ("1-2-3:80", "invalid hostPort: 1-2-3"),
            ("published=1,x", "invalid publish opts format (should be name=value but got 'x')"),
            ("8\u{301}0:80", "invalid hostPort: 8\u{301}0"),
        ])
    func bad(_ row: (text: String, message: String)) {
        #expect(throws: Failure(.invalid, row.message)) { try PortRequest.parse(row.text) }
    }

    @Test("the ports to try are those of the range, and none where any will do")
    func candidates() throws {
        #expect(try PortRequest.parse("8000-8002:80")[0].candidates == [8000, 8001, 8002])
        #expect(try PortRequest.parse("80")[0].candidates.isEmpty && PortRequest.parse("0:80")[0].candidates.isEmpty)
    }

    @Test(
        "--expose notes ports and ranges of them",
        arguments: [("80", ["80/tcp"]), ("80-82/udp", ["80/udp", "81/udp", "82/udp"]), ("80/TCP", ["80/tcp"]), ("80/", ["80/tcp"])])
    func exposed(_ row: (text: String, wanted: [String])) throws { #expect(try PortRange.exposed(row.text) == row.wanted) }

    @Test(
        "what --expose refuses",
        arguments: [
            ("80:81", "invalid port format for --expose: 80:81"),
            ("foo", "invalid range format for --expose: foo, error: strconv.ParseUint: parsing \"foo\": invalid syntax"),
            ("80-79", "invalid range format for --expose: 80-79, error: invalid range specified for port: 80-79"),
            ("", "invalid range format for --expose: , error: empty string specified for ports"),
            ("70000", "invalid range format for --expose: 70000, error: strconv.ParseUint: parsing \"70000\": value out of range"),
            ("0", "invalid range format for --expose: 0"), ("80/foo", "invalid range format for --expose: 80/foo"),
        ])
    func unexposed(_ row: (text: String, message: String)) {
        #expect(throws: Failure(.invalid, row.message)) { try PortRange.exposed(row.text) }
    }
}
