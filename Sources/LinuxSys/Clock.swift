import CShim
import Glibc

/// Times in nanoseconds; 64 bits last until the year 2262.
package enum Clock {
    private static func read(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
    /// Since 1970-01-01T00:00:00Z.
    package static func nowNanoseconds() -> Int64 { read(CLOCK_REALTIME) }
    /// Since boot, without suspend: for measuring.
    package static func monotonicNanoseconds() -> Int64 { read(CLOCK_MONOTONIC) }
    package static func sleep(nanoseconds: Int64) {
        var time = timespec(tv_sec: Int(nanoseconds / 1_000_000_000), tv_nsec: Int(nanoseconds % 1_000_000_000))
        var rest = timespec()
        while nanosleep(&time, &rest) == -1, errno == EINTR { time = rest }
    }

    /// The boot this system is running in: records of another boot are void.
    package static func bootIdentifier() -> String {
        HostFile.text("/proc/sys/kernel/random/boot_id").map { String($0.prefix(36)) } ?? ""
    }
}
