internal import LinuxSys
internal import Primitives

/// What a registry says of its limit on requests: who was counted, how much is allowed, and when it ends.
/// Spec: RFC 9110, 10.2.3 (Retry-After); the headers of Docker Hub and GitHub.
struct RateLimit: Equatable, Sendable {
    /// An address or an account, as the registry names it.
    var source: String?
    /// Requests allowed, and in how many seconds.
    var limit: (count: Int64, seconds: Int64?)?
    var remaining: Int64?
    /// Seconds from now.
    var endsInSeconds: Int64?

    static func == (a: RateLimit, b: RateLimit) -> Bool {
        a.source == b.source && a.limit?.count == b.limit?.count && a.limit?.seconds == b.limit?.seconds && a.remaining == b.remaining
            && a.endsInSeconds == b.endsInSeconds
    }

    /// - Parameter now: seconds since 1970.
    init(_ head: HTTPHead, now: Int64) {
        source = head["docker-ratelimit-source"]
        // `100;w=21600`
        if let text = head["ratelimit-limit"] ?? head["x-ratelimit-limit"] {
            let parts = text.split(separator: ";")
            let window = parts.dropFirst().first { $0.hasPrefix("w=") }.flatMap { Int64($0.dropFirst(2)) }
            if let count = parts.first.flatMap({ Int64($0) }), count >= 0 { limit = (count, window.flatMap { $0 > 0 ? $0 : nil }) }
        }
        remaining = (head["ratelimit-remaining"] ?? head["x-ratelimit-remaining"]).flatMap { Int64($0.prefix { $0 != ";" }) }
        endsInSeconds = Self.end(head, now)
    }

    private static func end(_ head: HTTPHead, _ now: Int64) -> Int64? {
        if let text = head["retry-after"] {
            if let seconds = Int64(text) { return seconds >= 0 ? seconds : nil }
            if let date = HTTPDate.seconds(text) { return max(0, date - now) }
        }
        if let seconds = head["ratelimit-reset"].flatMap({ Int64($0) }), seconds >= 0 { return seconds }
        // A moment, or how long: no moment of our time is less than a year after 1970.
        let moments = [head["x-retry-after"], head["x-ratelimit-reset"]].compactMap { $0.flatMap { Int64($0) } }
        return moments.first { $0 >= 0 }.map { $0 > 31_536_000 ? max(0, $0 - now) : $0 }
    }

    /// `; counted for "192.0.2.1"; the limit is 100 requests in 6 h; it ends in 65 s, at 2026-11-21T14:40:00Z`
    func words(now: Int64) -> String {
        var text = ""
        if let source { text += "; counted for \(Shown.quoted(source))" }
        if let limit {
            text += "; the limit is \(limit.count) requests" + (limit.seconds.map { " in \(Self.duration($0))" } ?? "")
            if let remaining { text += ", \(remaining) left" }
        }
        if let endsInSeconds {
            text += "; it ends in \(endsInSeconds) s"
            if endsInSeconds >= 60, endsInSeconds < 1 << 32 { text += ", at \(Timestamp(seconds: now + endsInSeconds).rfc3339())" }
        } else if let seconds = limit?.seconds {
            text += "; it ends \(Self.duration(seconds)) after the first of them at the latest"
        }
        return text
    }

    private static func duration(_ seconds: Int64) -> String {
        seconds % 3600 == 0 ? "\(seconds / 3600) h" : seconds % 60 == 0 ? "\(seconds / 60) min" : "\(seconds) s"
    }
}

/// `Sun, 06 Nov 1994 08:49:37 GMT`. Spec: RFC 9110, 5.6.7; the older forms are not read.
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Seconds since 1970.
    static func seconds(_ text: String) -> Int64? {
        let words = text.split(separator: " ")
        guard words.count == 6, words[5] == "GMT", words[1].utf8.count == 2, let month = months.firstIndex(of: String(words[2])) else {
            return nil
        }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return (try? Timestamp(rfc3339: "\(words[3])-\(number)-\(words[1])T\(words[4])Z"))?.seconds
    }
}
