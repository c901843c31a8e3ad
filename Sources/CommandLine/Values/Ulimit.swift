import Primitives

/// One limit of `setrlimit(2)` as typed: `nofile=1024:2048`; −1 is no limit.
package struct Ulimit: Equatable, Sendable {
    /// The names of docker and of limits.conf.
    package static let names = [
        "as", "core", "cpu", "data", "fsize", "locks", "memlock", "msgqueue", "nice", "nofile", "nproc", "rss",
        "rtprio", "rttime", "sigpending", "stack",
    ]

    package let name: String
    package let soft: Int64
    package let hard: Int64

    /// - Throws: `.invalid` with docker's reason.
    package init(_ text: String) throws(Failure) {
        let (name, limits) = text.splitOnce("=")
        guard let limits else { throw Failure(.invalid, "invalid ulimit argument: \(text)") }
        try require(Self.names.contains(name), "invalid ulimit type: \(name)")
        let parts = limits.split(separator: ":", omittingEmptySubsequences: false)
        try require(
            parts.count <= 2,
            "too many limit value arguments - \(limits), can only have up to two, `soft[:hard]`")
        let soft = try Self.limit(parts[0])
        let hard = parts.count == 2 ? try Self.limit(parts[1]) : soft
        if hard != -1 {
            try require(
                soft != -1,
                "ulimit soft limit must be less than or equal to hard limit: soft: -1 (unlimited), hard: \(hard)")
            try require(
                soft <= hard, "ulimit soft limit must be less than or equal to hard limit: \(soft) > \(hard)")
        }
        self.name = name
        self.soft = soft
        self.hard = hard
    }

    /// Decimal only, as docker reads it.
    private static func limit(_ text: Substring) throws(Failure) -> Int64 {
        if let value = Int64(text) { return value }
        let digits = text.first == "-" || text.first == "+" ? text.dropFirst() : text
        let isNumber = !digits.isEmpty && digits.allSatisfy { ("0"..."9").contains($0) }
        let reason = isNumber ? "value out of range" : "invalid syntax"
        throw Failure(.invalid, "strconv.ParseInt: parsing \(goQuoted(String(text))): \(reason)")
    }
}
