/// One capability of capabilities(7): its number is its bit in the kernel's sets.
package struct Capability: Hashable, Sendable, CustomStringConvertible {
    /// 0 to 40.
    package let number: Int

    /// In the order of linux/capability.h: the place is the number.
    private static let names = [
        "CHOWN", "DAC_OVERRIDE", "DAC_READ_SEARCH", "FOWNER", "FSETID", "KILL", "SETGID", "SETUID", "SETPCAP",
        "LINUX_IMMUTABLE", "NET_BIND_SERVICE", "NET_BROADCAST", "NET_ADMIN", "NET_RAW", "IPC_LOCK", "IPC_OWNER",
        "SYS_MODULE", "SYS_RAWIO", "SYS_CHROOT", "SYS_PTRACE", "SYS_PACCT", "SYS_ADMIN", "SYS_BOOT", "SYS_NICE",
        "SYS_RESOURCE", "SYS_TIME", "SYS_TTY_CONFIG", "MKNOD", "LEASE", "AUDIT_WRITE", "AUDIT_CONTROL", "SETFCAP",
        "MAC_OVERRIDE", "MAC_ADMIN", "SYSLOG", "WAKE_ALARM", "BLOCK_SUSPEND", "AUDIT_READ", "PERFMON", "BPF",
        "CHECKPOINT_RESTORE",
    ]
    package static let all = (0..<names.count).map(Capability.init(unchecked:))

    private init(unchecked number: Int) { self.number = number }

    /// `nil` for a number that has no name yet.
    package init?(number: Int) {
        guard Self.names.indices.contains(number) else { return nil }
        self.number = number
    }

    /// From the exact name with its prefix, `CAP_CHOWN`.
    package init?(name: String) {
        guard name.hasPrefix("CAP_"), let number = Self.names.firstIndex(of: String(name.dropFirst(4))) else { return nil }
        self.number = number
    }

    /// `CAP_CHOWN`
    package var description: String { "CAP_" + Self.names[number] }
}
