import Primitives
import Testing

@testable import Containers

@Suite struct SmallParserTests {
    @Test(
        "a signal is a number or a name in any case",
        arguments: [
            ("9", 9), ("1", 1), ("64", 64), ("33", 33), ("KILL", 9), ("sigterm", 15), ("SigUsr1", 10), ("CHLD", 17), ("CLD", 17),
            ("IOT", 6),
            ("SYS", 31), ("IO", 29), ("POLL", 29), ("RTMIN", 34), ("SIGRTMIN+3", 37), ("rtmin+15", 49), ("RTMAX", 64), ("RTMAX-14", 50),
            ("STKFLT", 16), ("PWR", 30), ("WINCH", 28),
        ] as [(String, Int32)])
    func signals(text: String, number: Int32) throws {
        #expect(try SignalName.parse(text) == number)
    }

    @Test(
        "an unknown signal is refused with docker's words",
        arguments: [
            ("FOO", "invalid signal: FOO"), ("0", "invalid signal: 0"), ("", "invalid signal: "), ("SIG", "invalid signal: SIG"),
            ("RTMIN+31", "invalid signal: RTMIN+31"), ("RTMIN+", "invalid signal: RTMIN+"), ("RTMAX+1", "invalid signal: RTMAX+1"),
            ("RTMIN-1", "invalid signal: RTMIN-1"), ("RTMIN+-1", "invalid signal: RTMIN+-1"), ("SIGSIGHUP", "invalid signal: SIGSIGHUP"),
            ("65", "the linux daemon does not support signal 65"), ("-1", "the linux daemon does not support signal -1"),
        ])
    func badSignals(text: String, expected: String) {
        #expect(message { () throws(Failure) in try SignalName.parse(text) } == expected)
    }

    @Test("the name of every number is read as that number")
    func signalNames() throws {
        for number in (1...31).map(Int32.init) + (34...64).map(Int32.init) {
            #expect(try SignalName.parse(SignalName.name(number) ?? "") == number)
        }
        #expect(SignalName.name(15) == "SIGTERM" && SignalName.name(37) == "SIGRTMIN+3" && SignalName.name(63) == "SIGRTMAX-1")
        #expect([0, -1, 32, 33, 65].allSatisfy { SignalName.name($0) == nil })
    }

    @Test(
        "detach keys become the bytes of a terminal",
        arguments: [
            ("", [0x10, 0x11]), ("ctrl-p,ctrl-q", [0x10, 0x11]), ("ctrl-@", [0]), ("ctrl-a,x,ctrl-z", [1, 0x78, 26]),
            ("ctrl-[,ctrl-\\", [27, 28]),
            ("ctrl-],ctrl-^,ctrl-_", [29, 30, 31]), ("DEL", [127]), ("q", [0x71]),
        ] as [(String, [UInt8])])
    func detachKeys(text: String, bytes: [UInt8]) throws {
        #expect(try DetachKeySequence.parse(text) == bytes)
    }

    @Test("unknown keys are refused", arguments: ["foo", "ctrl-1", "ctrl-A", "ctrl-", "ctrl-pp", ",", "a,,b", "a,", "é", "CTRL-p"])
    func badDetachKeys(text: String) {
        #expect(message { () throws(Failure) in try DetachKeySequence.parse(text) } == "Invalid detach keys (\(text)) provided")
    }

    @Test("a container's name follows docker's grammar")
    func names() throws {
        for name in ["web", "a1", "A.b_c-d", "0x"] { #expect(try ContainerName.check(name) == name) }
        #expect(try ContainerName.check("/web") == "web")
        for name in ["", "a", "-ab", ".ab", "_ab", "a b", "a/b", "é1", "a\n", "//ab"] {
            let expected = "Invalid container name (\(name)), only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed"
            #expect(message { () throws(Failure) in try ContainerName.check(name) } == expected)
        }
        #expect(message { () throws(Failure) in try ContainerName.check(String(repeating: "a", count: 201)) }.contains("longer"))
    }

    @Test("invented names are good names, and many")
    func randomNames() throws {
        #expect(Set(RandomName.properties).count == RandomName.properties.count && RandomName.properties.count >= 90)
        #expect(Set(RandomName.things).count == RandomName.things.count && RandomName.things.count >= 90)
        for word in RandomName.properties + RandomName.things {
            #expect(word.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) })
        }
        for byte in UInt8.min...UInt8.max { _ = try ContainerName.check(RandomName.make([byte, byte, 0, byte])) }
        #expect(RandomName.make([0, 0, 0, 0]) == "adrift_albatross" && RandomName.make([0, 1, 0, 1]) == "aft_anchor")
    }

    @Test("a host name has labels between single dots")
    func hostnames() throws {
        for name in ["web", "a-b.c_d", "1", String(repeating: "a", count: 63)] { try Hostname.check(name) }
        for name in [
            "", "a b", "-a", "a-", "a..b", ".a", "a.", "[x]", "é", "a\n", String(repeating: "a", count: 64),
            "a." + String(repeating: "b", count: 63),
        ] {
            #expect(message { () throws(Failure) in try Hostname.check(name) } == "invalid hostname format: \(name)")
        }
        #expect(message { () throws(Failure) in try Hostname.checkDomain("a b") } == "invalid domainname format: a b")
    }

    @Test("namespaces are the container's own or the host's")
    func namespaces() throws {
        for namespace in NamespaceMode.Namespace.allCases {
            #expect(try NamespaceMode.parse("", of: namespace) == nil)
            #expect(try NamespaceMode.parse("host", of: namespace) == .host)
            #expect(try NamespaceMode.parse("private", of: namespace) == .private)
        }
        #expect(try NamespaceMode.parse("shareable", of: .ipc) == .shareable)
        #expect(try NamespaceMode.parse("none", of: .ipc) == NamespaceMode.none)
    }

    @Test(
        "other namespace modes are refused with docker's words",
        arguments: [
            ("x", .pid, "--pid: invalid PID mode"), ("none", .pid, "--pid: invalid PID mode"),
            ("container:", .pid, "--pid: invalid PID mode"),
            ("x", .ipc, "invalid IPC mode: x"), ("container:", .ipc, "invalid IPC mode: container:"),
            ("shareable", .uts, "--uts: invalid UTS mode"),
            ("container:a", .uts, "--uts: invalid UTS mode"), ("x", .userns, "--userns: invalid USER mode"),
            ("x", .cgroupns, "--cgroupns: invalid CGROUP mode"),
            ("container:a", .pid, "--pid: joining another container's namespace is not there yet"),
            ("container:a", .ipc, "--ipc: joining another container's namespace is not there yet"),
        ] as [(String, NamespaceMode.Namespace, String)])
    func badNamespaces(text: String, namespace: NamespaceMode.Namespace, expected: String) {
        #expect(message { () throws(Failure) in try NamespaceMode.parse(text, of: namespace) } == expected)
    }
}
