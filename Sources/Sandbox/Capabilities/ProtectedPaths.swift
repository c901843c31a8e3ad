internal import LinuxSys

/// Paths of /proc and /sys that a container must not see or not write, unless it is privileged: docker's lists.
package enum ProtectedPaths {
    /// Covered with an empty file or directory.
    package static let masked = [
        "/proc/acpi", "/proc/asound", "/proc/interrupts", "/proc/kcore", "/proc/keys", "/proc/latency_stats", "/proc/sched_debug",
        "/proc/scsi", "/proc/timer_list", "/proc/timer_stats", "/sys/devices/virtual/powercap", "/sys/firmware",
    ]

    /// Mounted read-only on themselves.
    package static let readOnly = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"]

    /// Counters of each processor that tell what others compute (masked like the rest). Those that this host has.
    /// - Parameter processors: how many may exist; numbers have no gaps in sysfs.
    package static func thermalThrottle(processors: Int) -> [String] {
        (0..<max(0, processors)).map { "/sys/devices/system/cpu/cpu\($0)/thermal_throttle" }.filter(HostFile.exists)
    }
}
