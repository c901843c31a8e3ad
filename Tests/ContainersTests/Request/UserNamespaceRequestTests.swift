import Containers
import Primitives
import Testing

@Suite struct UserNamespaceRequestTests {
    private func request(
        _ userns: String = "", uidmap: [String] = [], gidmap: [String] = [], subuidname: String = ""
    ) throws(Failure) -> UserNamespaceRequest {
        try UserNamespaceRequest(userns: userns, uidmap: uidmap, gidmap: gidmap, subuidname: subuidname, subgidname: "")
    }

    @Test("the words of --userns")
    func modes() throws {
        #expect(try request().mode == .standard && request("private").mode == .standard && request("host").mode == .host)
        #expect(try request("nomap").mode == .nomap && request("keep-id").mode == .keepID(uid: nil, gid: nil))
        #expect(
            try request("keep-id:uid=7,gid=8").mode == .keepID(uid: 7, gid: 8) && request("keep-id:gid=8").mode == .keepID(uid: nil, gid: 8)
        )
        #expect(try request("auto").mode == .auto(size: nil, users: [], groups: []))
        #expect(try request("auto:size=5").mode == .auto(size: 5, users: [], groups: []))
        #expect(try request("keep-id:uid=7").text == "keep-id:uid=7" && request(uidmap: ["0:0:1"]).text == "private")
        #expect(try request(subuidname: "me").mode == .names(user: "me", group: nil))
    }

    @Test(
        "wrong words are told as docker or podman tells them",
        arguments: [
            ("foo", "--userns: invalid USER mode"), ("host:x", "--userns: invalid USER mode"), ("nomap:x", "--userns: invalid USER mode"),
            ("keep-id:foo", "invalid option specified: \"foo\""), ("keep-id:uid=x", "strconv.ParseUint: parsing \"x\": invalid syntax"),
            ("keep-id:uid=", "strconv.ParseUint: parsing \"\": invalid syntax"),
            ("keep-id:uid=-1", "strconv.ParseUint: parsing \"-1\": invalid syntax"),
            ("keep-id:uid=4294967296", "strconv.ParseUint: parsing \"4294967296\": value out of range"),
            ("auto:size=x", "strconv.ParseUint: parsing \"x\": invalid syntax"), ("auto:foo=1", "unknown option specified: \"foo\""),
            ("auto:size=0", "--userns=auto: the size must not be 0"),
            (
                "auto:uidmapping=0:x", "initializing ID mappings: UID setting is malformed expected [\"uint32:uint32:uint32\"]: [\"0:x\"]"
            ), ("container:x", "--userns=container: joining another user namespace is not there yet"),
        ])
    func wrong(_ text: String, _ message: String) {
        #expect { _ = try request(text) } throws: { ($0 as? Failure)?.message == message }
    }

    @Test("maps: numbers, flags and ids of the host")
    func maps() throws {
        guard case .maps(let users, let groups) = try request(uidmap: ["0:1:5,5:0", "+ug7:@1000:1", "u9:9:1"], gidmap: ["g0:0:2"]).mode
        else {
            Issue.record("no maps")
            return
        }
        #expect(users.map(\.inside) == [0, 5, 7, 9] && users.map(\.outside) == [1, 0, 1000, 9] && users.map(\.count) == [5, 1, 1, 1])
        #expect(users.map(\.isHost) == [false, false, true, false] && users.map(\.extends) == [false, false, true, false])
        #expect(users.map(\.forGroups) == [true, true, true, false] && groups.map(\.forUsers) == [false])
    }

    @Test(
        "malformed maps are refused in podman's words",
        arguments: ["bad", "0", "0:0:10:3", "a:0:10", "-1:0:1", "0:-1:1", "0::1", ":0:1", "0:0:", "0:@:1", "4294967296:0:1", "x0:0:1"])
    func malformed(_ text: String) {
        #expect { _ = try request(uidmap: [text]) } throws: {
            ($0 as? Failure)?.message
                == "initializing ID mappings: UID setting is malformed expected [\"uint32:uint32:uint32\"]: [\"\(text)\"]"
        }
    }

    @Test("a mode and maps exclude each other")
    func exclusive() {
        for mode in ["host", "keep-id", "auto", "nomap"] {
            #expect { _ = try request(mode, uidmap: ["0:0:1"]) } throws: {
                ($0 as? Failure)?.message == "--userns and --uidmap/--gidmap/--subuidname/--subgidname are mutually exclusive"
            }
        }
    }
}
