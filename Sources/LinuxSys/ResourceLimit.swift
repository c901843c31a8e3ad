import Glibc

/// Resources of setrlimit(2) by docker's names.
package enum ResourceLimit {
    private static let numbers: [String: UInt32] = [
        "cpu": 0, "fsize": 1, "data": 2, "stack": 3, "core": 4, "rss": 5, "nproc": 6, "nofile": 7, "memlock": 8, "as": 9, "locks": 10,
        "sigpending": 11, "msgqueue": 12, "nice": 13, "rtprio": 14, "rttime": 15,
    ]
    package static func number(_ name: String) -> UInt32? { numbers[name] }
}
