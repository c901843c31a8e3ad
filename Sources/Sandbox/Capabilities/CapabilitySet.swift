/// A set of capabilities as the kernel's 64 bits.
package struct CapabilitySet: OptionSet, Hashable, Sendable {
    package let rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package init(_ capability: Capability) { self.init(rawValue: 1 << UInt64(capability.number)) }

    /// What docker gives: CHOWN, DAC_OVERRIDE, FOWNER, FSETID, KILL, SETGID, SETUID, SETPCAP, NET_BIND_SERVICE, NET_RAW,
    /// SYS_CHROOT, MKNOD, AUDIT_WRITE, SETFCAP.
    package static let dockerDefault = CapabilitySet(rawValue: 0xa804_25fb)

    /// Every capability of this kernel, those without a name here too.
    /// - Parameter last: the number in /proc/sys/kernel/cap_last_cap.
    package static func all(last: Int) -> CapabilitySet {
        CapabilitySet(rawValue: last < 0 ? 0 : last >= 63 ? .max : (1 << UInt64(last + 1)) - 1)
    }

    package func contains(_ capability: Capability) -> Bool { contains(CapabilitySet(capability)) }

    /// `CAP_CHOWN`, … in the order of their numbers; those without a name are left out.
    package var names: [String] { Capability.all.filter { contains($0) }.map(\.description) }
}
