/// A limit of setrlimit(2); the raw value is its number on the processors we run on (asm-generic/resource.h).
package enum ResourceLimit: UInt32, CaseIterable, Sendable {
    case cpu, fsize, data, stack, core, rss, nproc, nofile, memlock, `as`, locks, sigpending, msgqueue, nice, rtprio, rttime

    /// docker's name and that of limits.conf(5): `nofile`.
    package var name: String { String(describing: self) }

    /// - Parameter name: in lower case; `nil` when there is no such limit.
    package init?(name: String) {
        guard let limit = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = limit
    }
}
