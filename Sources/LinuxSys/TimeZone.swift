import Glibc

/// The caller's time zone (TZ, /etc/localtime) at one moment.
package struct TimeZone: Equatable, Sendable {
    /// East of UTC.
    package var offsetSeconds: Int64
    /// `CET`
    package var abbreviation: String

    package static func local(atSeconds seconds: Int64) -> TimeZone {
        var time = time_t(seconds)
        var parts = tm()
        localtime_r(&time, &parts)
        return TimeZone(offsetSeconds: Int64(parts.tm_gmtoff), abbreviation: parts.tm_zone.map { String(cString: $0) } ?? "UTC")
    }
}
