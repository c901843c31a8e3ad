/// A moment: whole seconds since 1970-01-01T00:00:00Z and nanoseconds within the second.
///
/// Seconds and nanoseconds are kept apart because docker's "never", `0001-01-01T00:00:00Z`, does not
/// fit in 64 bits of nanoseconds.
package struct Timestamp: Hashable, Comparable, Sendable, CustomStringConvertible {
    package let seconds: Int64
    /// 0 ..< 1_000_000_000
    package let nanosecond: Int64

    package init(seconds: Int64, nanosecond: Int64 = 0) {
        precondition((0..<1_000_000_000).contains(nanosecond), "nanosecond within a second")
        (self.seconds, self.nanosecond) = (seconds, nanosecond)
    }
    package init(nanosecondsSinceEpoch total: Int64) {
        let second = total >= 0 ? total / 1_000_000_000 : (total + 1) / 1_000_000_000 - 1
        self.init(seconds: second, nanosecond: (total % 1_000_000_000 + 1_000_000_000) % 1_000_000_000)
    }

    /// Go's zero time, which docker shows for what never happened.
    package static let never = Timestamp(seconds: -62_135_596_800)
    /// The first and last moment that nanoseconds in 64 bits can name; outside the value is clamped.
    package var nanosecondsSinceEpoch: Int64 {
        let (product, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = product.addingReportingOverflow(nanosecond)
        return overflow || carry ? (seconds < 0 ? .min : .max) : sum
    }

    package static func < (a: Timestamp, b: Timestamp) -> Bool {
        (a.seconds, a.nanosecond) < (b.seconds, b.nanosecond)
    }
    /// Clamped to 64 bits of nanoseconds, as Go's.
    package static func - (a: Timestamp, b: Timestamp) -> GoDuration {
        let (seconds, overflow) = a.seconds.subtractingReportingOverflow(b.seconds)
        let (product, tooFar) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, carry) = product.addingReportingOverflow(a.nanosecond - b.nanosecond)
        return GoDuration(nanoseconds: overflow || tooFar || carry ? (a < b ? .min : .max) : sum)
    }
    package static func + (a: Timestamp, b: GoDuration) -> Timestamp {
        let part = Timestamp(nanosecondsSinceEpoch: b.nanoseconds)
        let sum = a.nanosecond + part.nanosecond
        return Timestamp(seconds: a.seconds &+ part.seconds &+ sum / 1_000_000_000, nanosecond: sum % 1_000_000_000)
    }

    /// RFC 3339 in UTC, the fraction without trailing zeros: `2024-02-29T12:00:00.5Z`.
    package var description: String { rfc3339() }

    /// RFC 3339 with `offsetSeconds` east of UTC (`Z` for none).
    /// - Parameter fractionDigits: exactly so many (Go's fixed form); nil cuts trailing zeros (RFC3339Nano).
    package func rfc3339(offsetSeconds: Int64 = 0, fractionDigits: Int? = nil) -> String {
        let (date, time) = civil(offsetSeconds)
        var fraction = padded(nanosecond, 9)
        if let fractionDigits {
            fraction = String(fraction.prefix(fractionDigits))
        } else {
            while fraction.last == "0" { fraction.removeLast() }
        }
        return date + "T" + time + (fraction.isEmpty ? "" : ".\(fraction)")
            + (offsetSeconds == 0 ? "Z" : Self.zone(offsetSeconds, separator: ":"))
    }

    /// `2006-01-02 15:04:05 -0700 MST`, docker's CreatedAt column.
    /// - Parameter abbreviation: of the zone; without one Go repeats the offset.
    package func local(offsetSeconds: Int64, abbreviation: String) -> String {
        let (date, time) = civil(offsetSeconds)
        let zone = Self.zone(offsetSeconds, separator: "")
        return "\(date) \(time) \(zone) \(abbreviation.isEmpty ? zone : abbreviation)"
    }

    private func civil(_ offsetSeconds: Int64) -> (date: String, time: String) {
        let local = seconds &+ offsetSeconds
        let secondOfDay = ((local % 86_400) + 86_400) % 86_400
        let date = CivilDate(daysSinceEpoch: (local - secondOfDay) / 86_400)
        return (
            "\(padded(date.year, 4))-\(padded(date.month, 2))-\(padded(date.day, 2))",
            "\(padded(secondOfDay / 3600, 2)):\(padded(secondOfDay / 60 % 60, 2)):\(padded(secondOfDay % 60, 2))"
        )
    }

    private static func zone(_ offset: Int64, separator: String) -> String {
        let minutes = offset.magnitude / 60
        return (offset < 0 ? "-" : "+") + padded(Int64(minutes / 60), 2) + separator + padded(Int64(minutes % 60), 2)
    }
}

/// Decimal with leading zeros; a sign stands in front of them.
private func padded(_ value: Int64, _ width: Int) -> String {
    let digits = String(value.magnitude)
    return (value < 0 ? "-" : "") + String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
}
