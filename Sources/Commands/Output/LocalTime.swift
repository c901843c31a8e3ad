import LinuxSys
import Primitives

/// Times in the caller's zone.
enum LocalTime {
    /// `2006-01-02 15:04:05 -0700 MST`
    static func text(_ time: Timestamp) -> String {
        let zone = TimeZone.local(atSeconds: time.seconds)
        return time.local(offsetSeconds: zone.offsetSeconds, abbreviation: zone.abbreviation)
    }
}
