import Primitives
import Testing

@testable import Containers

@Suite struct NetworkFileTests {
    private let common = """
        127.0.0.1\tlocalhost
        ::1\tlocalhost ip6-localhost ip6-loopback
        fe00::\tip6-localnet
        ff00::\tip6-mcastprefix
        ff02::1\tip6-allnodes
        ff02::2\tip6-allrouters

        """

    @Test("the hosts file has the common names, extra lines, and the own name only with an address")
    func hosts() throws {
        #expect(try HostsFile.render(hostname: "web", addresses: [], extra: []) == common)
        let extra = [try HostEntry("db:10.0.0.2"), try HostEntry("six:[fd00::2]"), try HostEntry("up:host-gateway")]
        let text = try HostsFile.render(
            hostname: "web", domainname: "example.org", addresses: ["10.0.0.3", "fd00::3"], extra: extra, hostGateway: "10.0.0.1")
        #expect(
            text == common + """
                10.0.0.2\tdb
                fd00::2\tsix
                10.0.0.1\tup
                10.0.0.3\tweb.example.org web
                fd00::3\tweb.example.org web

                """)
        #expect(try HostsFile.render(hostname: "web", addresses: ["10.0.0.3"], extra: []).hasSuffix("\n10.0.0.3\tweb\n"))
    }

    @Test("host-gateway needs a network that leads to the host")
    func gateway() throws {
        let entry = try HostEntry("up:host-gateway")
        #expect(entry.address == .hostGateway)
        #expect(
            message { () throws(Failure) in try HostsFile.render(hostname: "a", addresses: [], extra: [entry]) }
                == "\"up:host-gateway\" needs a network that leads to the host, this container has none")
    }

    @Test(
        "a host entry is one line",
        arguments: ["", "a", "a:", ":1.2.3.4", "a b:1.2.3.4", "a\n:1.2.3.4", "#a:1.2.3.4", "a:1.2.3.4\nx", "a:b c", "a:x.y"])
    func badEntries(text: String) {
        #expect(message { () throws(Failure) in try HostEntry(text) } == "bad format for add-host: \(text.quoted)")
    }

    private let host =
        "# comment\nnameserver 127.0.0.53\r\nnameserver 10.1.1.1\nnameserver fe80::1%eth0\n; x\nsearch a.example\ndomain b.example c.example\noptions edns0\noptions ndots:2\nsortlist 10.0.0.0\nnameserver\n"

    @Test("the resolver file follows the host's unless the user says otherwise")
    func resolver() throws {
        func render(dns: [String] = [], search: [String] = [], options: [String] = [], isPrivate: Bool = false) throws -> String {
            try ResolvConf.render(host: host, dns: dns, search: search, options: options, privateNetwork: isPrivate)
        }
        #expect(
            try render() == """
                nameserver 127.0.0.53
                nameserver 10.1.1.1
                nameserver fe80::1%eth0
                search b.example c.example
                options edns0 ndots:2
                sortlist 10.0.0.0

                """)
        #expect(try render(isPrivate: true).hasPrefix("nameserver 10.1.1.1\nsearch"))
        #expect(
            try render(dns: ["127.0.0.1", "1.1.1.1"], search: ["."], options: ["rotate"], isPrivate: true) == """
                nameserver 127.0.0.1
                nameserver 1.1.1.1
                options rotate
                sortlist 10.0.0.0

                """)
        #expect(try render(search: ["x", "y"]).contains("search x y\n"))
        #expect(try ResolvConf.render(host: "nameserver ::1\n", dns: [], search: [], options: [], privateNetwork: true) == "")
    }

    @Test("a value cannot bring a second line along")
    func badResolver() {
        #expect(
            message { () throws(Failure) in
                try ResolvConf.render(host: "", dns: [], search: [], options: ["x\nnameserver 6.6.6.6"], privateNetwork: true)
            } == "invalid DNS option \"x\\nnameserver 6.6.6.6\"")
    }
}
