import Primitives
import Testing

@testable import CommandLine

@Suite struct ValueTests {
    @Test(
        "integers are read in the bases of Go",
        arguments: [
            ("0", 0), ("-5", -5), ("+5", 5), ("0x10", 16), ("0o17", 15), ("017", 15), ("0b101", 5), ("1_000", 1000),
            ("0_7", 7), ("0x_1", 1), ("9223372036854775807", Int64.max), ("-9223372036854775808", Int64.min),
        ])
    func integer(text: String, value: Int64) throws {
        #expect(try signedInteger(text, in: Int64.min...Int64.max) == value)
    }

    @Test(
        "other texts are no integers",
        arguments: [
            ("", "invalid syntax"), ("-", "invalid syntax"), ("1__0", "invalid syntax"), ("_1", "invalid syntax"),
            ("1_", "invalid syntax"), ("08", "invalid syntax"), ("0x", "invalid syntax"), ("1.5", "invalid syntax"),
            ("é", "invalid syntax"), ("9223372036854775808", "value out of range"),
            ("-9223372036854775809", "value out of range"), ("99999999999999999999", "value out of range"),
        ])
    func noInteger(text: String, reason: String) {
        #expect(throws: Failure(.invalid, "strconv.ParseInt: parsing \"\(text)\": \(reason)")) {
            try signedInteger(text, in: Int64.min...Int64.max)
        }
    }

    @Test(
        "decimals are exact",
        arguments: [
            ("1.5", 1_500_000_000), (".25", 250_000_000), ("2", 2_000_000_000), ("-1", -1_000_000_000),
            ("0.0000000010", 1),
        ] as [(String, Int64)])
    func decimal(text: String, value: Int64) throws {
        #expect(try billionths(text) == value)
    }

    @Test(
        "addresses",
        arguments: [
            "1.2.3.4", "0.0.0.0", "255.255.255.255", "::", "::1", "1::", "fe80::1", "1:2:3:4:5:6:7:8", "::ffff:1.2.3.4",
            "1::2:3:4:5:6:7",
        ])
    func address(text: String) { #expect(HostAddress(text) != nil) }

    @Test(
        "other texts are no addresses",
        arguments: [
            "", "1.2.3", "1.2.3.04", "1.2.3.256", "1.2.3.4.5", "1.2.3.", "a.b.c.d", ":1", "1:", ":", ":::", "1::2::3",
            "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9", "1::2:3:4:5:6:7:8", "12345::", "g::", "::1.2.3", "fe80::1%eth0",
            "1.2.3.4::", "::1/64", "+1.2.3.4",
        ])
    func noAddress(text: String) { #expect(HostAddress(text) == nil) }

    @Test("a limit of processes has a name and two numbers")
    func ulimit() throws {
        let both = try Ulimit("nofile=5:-1")
        #expect(both.name == "nofile" && both.soft == 5 && both.hard == -1)
        #expect(try Ulimit("core=-1").soft == -1)
        for bad in ["nofile", "x=1", "nofile=", "nofile=1:", "nofile=1:2:3", "nofile=0x5", "nofile=-1:5", "nofile=6:5"] {
            #expect(throws: Failure.self) { try Ulimit(bad) }
        }
    }

    @Test("quoting shows control characters")
    func quoting() { #expect(goQuoted("a\"\\\n\u{1b}é") == #""a\"\\\n\x1bé""#) }

    @Test("the fields of a mount")
    func mount() throws {
        let bind = try MountFields("type=BIND,\"src=/a,\"\"b\",dst=/c,ro,bind-propagation=rslave,bind-recursive=disabled")
        #expect(bind.type == "bind" && bind.source == "/a,\"b" && bind.target == "/c" && bind.isReadOnly)
        #expect(bind.bindPropagation == "rslave" && bind.bindRecursion == .disabled)
        let volume = try MountFields("source=v,destination=/c,readonly=false,volume-nocopy,volume-label=a=b,volume-opt=c=d")
        #expect(volume.type == "volume" && volume.source == "v" && !volume.isReadOnly && volume.volumeNoCopy)
        #expect(volume.volumeLabels == ["a=b"] && volume.volumeOptions == ["c=d"])
        let tmpfs = try MountFields("type=tmpfs,target=/c,tmpfs-size=5m,tmpfs-mode=1777")
        #expect(tmpfs.tmpfsSizeBytes == 5 << 20 && tmpfs.tmpfsMode == 0o1777)
    }

    @Test(
        "a wrong mount is told in docker's words",
        arguments: [
            ("", "EOF"),
            ("type=bind", "target is required"),
            ("type=bind,src=/a,dst=", "target is required"),
            ("type=,dst=/b", "type is required"),
            ("type=bind,x", "invalid field 'x' must be a key=value pair"),
            ("type=bind, src=/a,dst=/b", "unexpected key ' src' in ' src=/a'"),
            ("type=bind,src=/a,dst=/b,tmpfs-size=5", "cannot mix 'tmpfs-*' options with mount type 'bind'"),
            ("type=tmpfs,dst=/a,volume-nocopy", "cannot mix 'volume-*' options with mount type 'tmpfs'"),
            ("dst=/b,readonly=x", "invalid value for readonly: x"),
            ("type=tmpfs,dst=/a,tmpfs-mode=9", "invalid value for tmpfs-mode: 9"),
            ("type=tmpfs,dst=/a,tmpfs-size=x", "invalid value for tmpfs-size: x"),
            (
                "type=bind,src=/a,dst=/b,bind-recursive=readonly,ro",
                "option 'bind-recursive=readonly' requires 'bind-propagation=rprivate' to be specified in conjunction"
            ),
            ("type=bind,\"src=/a", "parse error on line 1, column 18: extraneous or missing \" in quoted-field"),
            ("type=bind,src=/a\"b,dst=/c", "parse error on line 1, column 17: bare \" in non-quoted-field"),
        ])
    func noMount(text: String, reason: String) {
        #expect(throws: Failure(.invalid, reason)) { try MountFields(text) }
    }
}
