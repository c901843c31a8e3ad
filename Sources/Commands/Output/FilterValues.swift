import LinuxSys
import Primitives

/// The values of `--filter`, read as docker's daemon reads them.
struct FilterValues {
    let pairs: [(key: String, value: String)]

    /// - Parameter known: the keys of the command; another one is `.invalid`.
    init(_ texts: [String], known: Set<String>) throws(Failure) {
        var pairs: [(key: String, value: String)] = []
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard known.contains(parts[0]) else { throw Failure(.invalid, "invalid filter '\(parts[0])'") }
            pairs.append((parts[0], parts.count > 1 ? parts[1] : ""))
        }
        self.pairs = pairs
    }

    subscript(_ key: String) -> [String] { pairs.filter { $0.key == key }.map(\.value) }

    /// `true` or `1`, `false` or `0`; `nil` when it was not given.
    func flag(_ key: String) throws(Failure) -> Bool? {
        let values = self[key]
        if values.isEmpty { return nil }
        let isTrue = values.contains { $0 == "true" || $0 == "1" }
        let isFalse = values.contains { $0 == "false" || $0 == "0" }
        guard isTrue != isFalse else { throw Failure(.invalid, "invalid filter '\(key)=[\(values.joined(separator: " "))]'") }
        return isTrue
    }

    /// The moment of `until`: a time, or an age counted from now.
    func until() throws(Failure) -> Timestamp? {
        let values = self["until"]
        guard let text = values.first else { return nil }
        if values.count > 1 { throw Failure(.invalid, "more than one until filter specified") }
        let now = Timestamp(nanosecondsSinceEpoch: Clock.nowNanoseconds())
        return try Timestamp(since: text, now: now, offsetSeconds: TimeZone.local(atSeconds: now.seconds).offsetSeconds)
    }

    /// Every `label` is there, and none of `label!`.
    func fits(labels: [(key: String, value: String)]) -> Bool {
        self["label"].allSatisfy { LabelFilter.matches($0, labels) } && !self["label!"].contains { LabelFilter.matches($0, labels) }
    }
}
