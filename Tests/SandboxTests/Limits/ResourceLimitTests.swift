import Sandbox
import Testing

@Suite struct ResourceLimitTests {
    @Test(
        "names give the kernel's numbers",
        arguments: [
            ("cpu", 0), ("fsize", 1), ("data", 2), ("stack", 3), ("core", 4), ("rss", 5), ("nproc", 6), ("nofile", 7), ("memlock", 8),
            ("as", 9), ("locks", 10), ("sigpending", 11), ("msgqueue", 12), ("nice", 13), ("rtprio", 14), ("rttime", 15),
        ] as [(String, UInt32)])
    func numbers(_ name: String, _ number: UInt32) throws {
        let limit = try #require(ResourceLimit(name: name))
        #expect(limit.rawValue == number)
        #expect(limit.name == name)
    }

    @Test("other names are no limits", arguments: ["", "NOFILE", "nofile ", "RLIMIT_NOFILE", "`as`", "swap"])
    func unknown(_ name: String) { #expect(ResourceLimit(name: name) == nil) }
}
