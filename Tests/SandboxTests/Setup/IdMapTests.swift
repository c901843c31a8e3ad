import LinuxSys
import Primitives
import Sandbox
import Testing

@Suite struct IdMapTests {
    private let plan = IdMapPlan.subordinate(
        uid: 1000, gid: 1001, uidRanges: [.init(start: 100_000, count: 10), .init(start: 500_000, count: 5)],
        gidRanges: [.init(start: 200_000, count: 20)], newuidmap: "/usr/bin/newuidmap", newgidmap: "/usr/bin/newgidmap")

    private static func extents(_ text: String) -> [IdMap.Extent] {
        text.split(separator: " ").map { entry in
            let numbers = entry.split(separator: ":").map { UInt32($0)! }
            return IdMap.Extent(inside: numbers[0], own: numbers[1], count: numbers[2])
        }
    }

    @Test("the helpers get ids of the host, cut where these are not consecutive; an inner namespace gets the user's own ids")
    func rendering() throws {
        let map = try IdMap(users: Self.extents("0:1:12 12:0:1"), groups: Self.extents("0:0:3"))
        try plan.check(map)
        let mapped = plan.with(map)
        #expect(
            mapped.mapping
                == .helpers(
                    uid: ["/usr/bin/newuidmap", "", "0", "100000", "10", "10", "500000", "2", "12", "1000", "1"],
                    gid: ["/usr/bin/newgidmap", "", "0", "1001", "1", "1", "200000", "2"]))
        #expect(mapped.innerMapping == .direct(uid: "0 1 10\n10 11 2\n12 0 1\n", gid: "0 0 1\n1 1 2\n"))
        #expect(mapped.hostUID(12) == 1000 && mapped.hostUID(11) == 500_001 && mapped.hostUID(13) == nil)
        #expect(mapped.base == plan && mapped.needsUserNamespace && !mapped.isSingleOwner && mapped.mappedIDs == 3)
    }

    @Test("for real root the own ids are the host's")
    func root() throws {
        let map = try IdMap(users: Self.extents("0:100000:65536"), groups: Self.extents("0:100000:65536"))
        #expect(IdMapPlan.root.with(map).mapping == .direct(uid: "0 100000 65536\n", gid: "0 100000 65536\n"))
        #expect(IdMapPlan.root.with(map).needsUserNamespace && !IdMapPlan.root.needsUserNamespace)
    }

    @Test(
        "a map that the kernel would refuse is refused",
        arguments: [
            ("", "is empty"), ("0:0:0", "no ids"), ("1:1:5", "0 must be mapped"), ("0:0:10 5:20:10", "5:20:10 conflicts"),
            ("0:5:10 10:9:10", "10:9:10 conflicts"), ("0:4294967295:2", "do not exist"), ("4294967295:0:1", "do not exist"),
            ((0...340).map { "\($0):\($0):1" }.joined(separator: " "), "more than 340"),
        ])
    func refused(_ text: String, _ reason: String) {
        for isUsers in [true, false] {
            let good = Self.extents("0:0:1")
            #expect {
                _ = try isUsers ? IdMap(users: Self.extents(text), groups: good) : IdMap(users: good, groups: Self.extents(text))
            } throws: { ($0 as? Failure)?.message.contains(reason) == true }
        }
    }

    @Test("ids that the user does not have are refused", arguments: ["0:0:17", "0:16:1", "0:0:1 1:10:7"])
    func missing(_ text: String) throws {
        let map = try IdMap(users: Self.extents(text), groups: Self.extents("0:0:1"))
        #expect(throws: Failure.self) { try plan.check(map) }
    }

    @Test("owners of files: those of the image on the disk, and those on the disk as the container sees them")
    func owners() throws {
        let map = try IdMap(users: Self.extents("0:1:7 7:0:1"), groups: Self.extents("0:0:2"))
        #expect(map.fileOwner(user: 0, group: 0) == (1, 0) && map.fileOwner(user: 7, group: 1) == (0, 1))
        #expect(map.fileOwner(user: 100, group: 100) == (1, 0), "an owner that is not there becomes root")
        #expect(map.seenOwner(user: 0, group: 1) == (7, 1) && map.seenOwner(user: 9, group: 9) == (65534, 65534))
        #expect(!map.keepsOwners)
        #expect(try IdMap(users: Self.extents("0:0:5 9:9:1"), groups: Self.extents("0:0:2")).keepsOwners)
    }
}
