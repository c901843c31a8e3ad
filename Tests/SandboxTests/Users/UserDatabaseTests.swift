import Primitives
import Sandbox
import Testing

@Suite struct UserDatabaseTests {
    static let passwd = """
        root:x:0:0:root:/root:/bin/sh
        # comment:x:7:7::/:/bin/sh
        daemon:x:1:1:daemon:/usr/sbin:/bin/false
        web:x:1000:1001:Web,,,:/home/web:/bin/sh
        bare:x:1002:1002
        nohome:x:1003:1003:::
        1234:x:0:0:a number as a name:/root:/bin/sh
        huge:x:4294967295:0::/huge:/bin/sh
        minus:x:-1:0::/minus:/bin/sh
        short:x:5
        twice:x:2000:2000::/first:/bin/sh
        twice:x:2001:2001::/second:/bin/sh
        """
    static let group = """
        root:x:0:root
        wheel:x:10:root,web
        web:x:1001:
        audio:x:29:web,web,daemon
        1234:x:0:web
        nobody:x:99
        huge:x:2147483648:web
        top:x:2147483647:
        """
    static let database = UserDatabase(passwd: Array(passwd.utf8), group: Array(group.utf8))
    static let empty = UserDatabase(passwd: [], group: [])

    struct Row: Sendable {
        var text: String
        var uid: UInt32
        var gid: UInt32
        var groups: [UInt32]
        var home: String
    }

    @Test(
        "a user is resolved as docker does, the own group among the groups (CVE-2022-36109)",
        arguments: [
            Row(text: "", uid: 0, gid: 0, groups: [0, 10], home: "/root"),
            Row(text: "root", uid: 0, gid: 0, groups: [0, 10], home: "/root"),
            Row(text: "0", uid: 0, gid: 0, groups: [0, 10], home: "/root"),
            Row(text: "web", uid: 1000, gid: 1001, groups: [1001, 10, 29, 0], home: "/home/web"),
            Row(text: "1000", uid: 1000, gid: 1001, groups: [1001, 10, 29, 0], home: "/home/web"),
            Row(text: "web:", uid: 1000, gid: 1001, groups: [1001, 10, 29, 0], home: "/home/web"),
            Row(text: "web:wheel", uid: 1000, gid: 10, groups: [10], home: "/home/web"),
            Row(text: "web:29", uid: 1000, gid: 29, groups: [29], home: "/home/web"),
            Row(text: ":wheel", uid: 0, gid: 10, groups: [10], home: "/root"),
            Row(text: ":", uid: 0, gid: 0, groups: [0, 10], home: "/root"),
            Row(text: "5000", uid: 5000, gid: 0, groups: [0], home: "/"),
            Row(text: "5000:6000", uid: 5000, gid: 6000, groups: [6000], home: "/"),
            Row(text: "2147483647:2147483647", uid: 2_147_483_647, gid: 2_147_483_647, groups: [2_147_483_647], home: "/"),
            // Digits are a number, although the image has such a name for root.
            Row(text: "1234", uid: 1234, gid: 0, groups: [0], home: "/"),
            Row(text: "1000:1234", uid: 1000, gid: 1234, groups: [1234], home: "/home/web"),
            Row(text: "00001000", uid: 1000, gid: 1001, groups: [1001, 10, 29, 0], home: "/home/web"),
            Row(text: "bare", uid: 1002, gid: 1002, groups: [1002], home: "/"),
            Row(text: "nohome", uid: 1003, gid: 1003, groups: [1003], home: "/"),
            // Of one name the first line counts.
            Row(text: "twice", uid: 2000, gid: 2000, groups: [2000], home: "/first"),
            Row(text: "2001", uid: 2001, gid: 2001, groups: [2001], home: "/second"),
        ])
    func resolved(_ row: Row) throws {
        let user = try Self.database.resolve(row.text)
        #expect(user == ResolvedUser(uid: row.uid, gid: row.gid, supplementaryGroups: row.groups, home: row.home))
    }

    @Test(
        "an image without users knows numbers and root only",
        arguments: [("", 0, 0), ("0", 0, 0), ("1000", 1000, 0), ("7:8", 7, 8)] as [(String, UInt32, UInt32)])
    func withoutFiles(_ text: String, _ uid: UInt32, _ gid: UInt32) throws {
        #expect(try Self.empty.resolve(text) == ResolvedUser(uid: uid, gid: gid, supplementaryGroups: [gid], home: "/"))
    }

    @Test(
        "what is no user is refused with docker's text (CVE-2024-40635)",
        arguments: [
            ("foo", "unable to find user foo: no matching entries in passwd file"),
            ("web:foo", "unable to find group foo: no matching entries in group file"),
            ("Web", "unable to find user Web: no matching entries in passwd file"),
            ("web:wheel:x", "unable to find group wheel:x: no matching entries in group file"),
            ("4294967296", "uids and gids must be in range 0-2147483647"),
            ("4294967295", "uids and gids must be in range 0-2147483647"),
            ("2147483648", "uids and gids must be in range 0-2147483647"),
            ("99999999999999999999999999", "uids and gids must be in range 0-2147483647"),
            ("0:2147483648", "uids and gids must be in range 0-2147483647"),
            ("1000x", "unable to find user 1000x: no matching entries in passwd file"),
            ("0x0", "unable to find user 0x0: no matching entries in passwd file"),
            (" 0", "unable to find user  0: no matching entries in passwd file"),
            ("٣", "unable to find user ٣: no matching entries in passwd file"),
            // Lines whose ids would wrap count for nothing.
            ("huge", "unable to find user huge: no matching entries in passwd file"),
            ("minus", "unable to find user minus: no matching entries in passwd file"),
            ("short", "unable to find user short: no matching entries in passwd file"),
            ("0:huge", "unable to find group huge: no matching entries in group file"),
            ("# comment", "unable to find user # comment: no matching entries in passwd file"),
        ])
    func refused(_ text: String, _ message: String) {
        #expect(throws: Failure(.invalid, message)) { _ = try Self.database.resolve(text) }
    }

    @Test("groups are added by name and by number, each once")
    func added() throws {
        let user = try Self.database.resolve("5000:6000", additionalGroups: ["audio", "29", "7000", "top", "6000"])
        #expect(user.supplementaryGroups == [6000, 29, 7000, 2_147_483_647])
        #expect(throws: Failure(.invalid, "unable to find group none: no matching entries in group file")) {
            _ = try Self.database.resolve("0", additionalGroups: ["none"])
        }
        #expect(throws: Failure(.invalid, "uids and gids must be in range 0-2147483647")) {
            _ = try Self.database.resolve("0", additionalGroups: ["2147483648"])
        }
    }

    @Test("a user in more groups than the kernel takes is refused")
    func tooManyGroups() throws {
        let group = (0..<65536).map { "::\($0):r" }.joined(separator: "\n")
        let passwd = Array("r::0:0".utf8)
        #expect(try UserDatabase(passwd: passwd, group: Array(group.utf8)).resolve("r").supplementaryGroups.count == 65536)
        #expect(throws: Failure(.invalid, "the user is in more than 65536 groups")) {
            _ = try UserDatabase(passwd: passwd, group: Array(group.utf8)).resolve("r", additionalGroups: ["70000"])
        }
    }

    @Test("an overlong line is skipped, the next one counts")
    func longLine() throws {
        let long = "evil:x:0:0:" + String(repeating: "a", count: 32 << 10) + ":/:/bin/sh\nnext:x:9:9::/next:/bin/sh"
        let database = UserDatabase(passwd: Array(long.utf8), group: [])
        #expect(throws: Failure.self) { _ = try database.resolve("evil") }
        #expect(try database.resolve("next").uid == 9)
    }

    @Test("bytes that are no text break no line but their own")
    func binary() throws {
        let database = UserDatabase(passwd: [0xff, 0xfe, 0x00, 0x0a] + Array("ok:x:3:4::/:\r\n".utf8) + [0x0a, 0x3a, 0x3a], group: [])
        #expect(try database.resolve("ok").gid == 4)
    }
}
