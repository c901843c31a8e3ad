import Testing

@testable import Registry

@Suite struct RateLimitTests {
    static let now: Int64 = 1_000_000_000

    static let rows: [([String], String)] = [
        ([], ""), (["Retry-After: 65"], "; it ends in 65 s, at 2001-09-09T01:47:45Z"), (["Retry-After: 5"], "; it ends in 5 s"),
        (["Retry-After: Sun, 09 Sep 2001 01:47:00 GMT"], "; it ends in 20 s"),
        (["Retry-After: Sun, 09 Sep 2001 00:00:00 GMT"], "; it ends in 0 s"),
        (["Retry-After: -1"], ""), (["Retry-After: soon"], ""), (["Retry-After: Sun, 31 Feb 2001 00:00:00 GMT"], ""),
        (["X-RateLimit-Reset: 1000000030"], "; it ends in 30 s"), (["RateLimit-Reset: 30"], "; it ends in 30 s"),
        (
            ["ratelimit-limit: 100;w=21600", "ratelimit-remaining: 0;w=21600", "docker-ratelimit-source: 192.0.2.1"],
            "; counted for \"192.0.2.1\"; the limit is 100 requests in 6 h, 0 left; it ends 6 h after the first of them at the latest"
        ),
        (["ratelimit-limit: many"], ""), (["docker-ratelimit-source: a\u{1B}[31m"], "; counted for \"a [31m\""),
    ]

    @Test("who was counted, what is allowed and when it ends", arguments: rows)
    func words(_ lines: [String], _ expected: String) throws {
        var head = HTTPHead()
        for line in ["HTTP/1.1 429 Too Many"] + lines { try Array("\(line)\r\n".utf8).withUnsafeBytes { try head.take(line: $0) } }
        #expect(RateLimit(head, now: Self.now).words(now: Self.now) == expected)
    }
}
