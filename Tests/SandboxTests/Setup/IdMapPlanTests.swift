import LinuxSys
import Sandbox
import Testing

@Suite struct IdMapPlanTests {
    private let plan = IdMapPlan.subordinate(
        uid: 1000, gid: 1001, uidRanges: [.init(start: 100_000, count: 10), .init(start: 500_000, count: 5)],
        gidRanges: [.init(start: 200_000, count: 20)],
        newuidmap: "/usr/bin/newuidmap", newgidmap: "/usr/bin/newgidmap")

    @Test("id 0 is the caller, then come the ranges in order")
    func helpers() {
        #expect(
            plan.mapping
                == .helpers(
                    uid: ["/usr/bin/newuidmap", "", "0", "1000", "1", "1", "100000", "10", "11", "500000", "5"],
                    gid: ["/usr/bin/newgidmap", "", "0", "1001", "1", "1", "200000", "20"]))
        #expect(plan.mappedIDs == 16)
    }

    @Test(
        "host ids of container ids",
        arguments: [(0, 1000), (1, 100_000), (10, 100_009), (11, 500_000), (15, 500_004)] as [(UInt32, UInt32)])
    func hostIDs(_ inside: UInt32, _ outside: UInt32) { #expect(plan.hostUID(inside) == outside) }

    @Test("an id beyond the ranges has no host id") func beyond() { #expect(plan.hostUID(16) == nil) }

    @Test("a single id maps root alone")
    func single() {
        let plan = IdMapPlan.single(uid: 1000, gid: 1001, reason: "none")
        #expect(plan.mapping == .direct(uid: "0 1000 1\n", gid: "0 1001 1\n"))
        #expect(plan.hostUID(1) == nil && plan.mappedIDs == 1 && plan.isSingleOwner)
    }

    @Test(
        "lines of /etc/subuid: by name or number, broken ones skipped",
        arguments: [
            ("me:100000:65536\n", [100_000]), ("1000:7:1\nme:9:2\nyou:1:1\n", [7, 9]), ("me:x:1\nme:1\nme:1:0\n\nme:4294967295:9\n", []),
            ("", []),
        ])
    func subordinate(_ text: String, _ starts: [UInt32]) {
        #expect(UserAccount.subordinateRanges(text, name: "me", uid: 1000).map(\.start) == starts)
    }
}
