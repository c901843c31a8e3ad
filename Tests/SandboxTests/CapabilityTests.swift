import Primitives
import Testing

@testable import Sandbox

@Suite struct CapabilityTests {
    @Test(
        "names and numbers are those of linux/capability.h",
        arguments: [("CAP_CHOWN", 0), ("CAP_NET_RAW", 13), ("CAP_SYS_ADMIN", 21), ("CAP_SETFCAP", 31), ("CAP_CHECKPOINT_RESTORE", 40)])
    func numbers(_ name: String, _ number: Int) {
        #expect(Capability(name: name)?.number == number)
        #expect(Capability(number: number)?.description == name)
    }

    @Test("other names are none", arguments: ["", "CAP_", "CHOWN", "cap_chown", "CAP_FOO"])
    func unknown(_ name: String) { #expect(Capability(name: name) == nil) }

    @Test("docker's default has 14 capabilities")
    func dockerDefault() {
        #expect(
            CapabilitySet.dockerDefault.names == [
                "CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL", "CAP_SETGID", "CAP_SETUID", "CAP_SETPCAP",
                "CAP_NET_BIND_SERVICE", "CAP_NET_RAW", "CAP_SYS_CHROOT", "CAP_MKNOD", "CAP_AUDIT_WRITE", "CAP_SETFCAP",
            ])
    }

    @Test("all means up to the kernel's last", arguments: [(40, 0x1ff_ffff_ffff), (0, 1), (-1, 0), (63, UInt64.max), (99, UInt64.max)])
    func all(_ last: Int, _ bits: UInt64) { #expect(CapabilitySet.all(last: last).rawValue == bits) }

    struct Row: Sendable, CustomTestStringConvertible {
        var privileged = false
        var add: [String] = []
        var drop: [String] = []
        var set: UInt64
        var testDescription: String { "\(privileged) +\(add) -\(drop)" }
    }
    static let every: UInt64 = 0x1ff_ffff_ffff
    static let base: UInt64 = 0xa804_25fb

    @Test(
        "adding and dropping follow docker",
        arguments: [
            Row(set: base), Row(privileged: true, set: every), Row(privileged: true, drop: ["ALL"], set: every),
            Row(add: ["SYS_ADMIN"], set: base | 1 << 21), Row(add: ["cap_sys_admin"], set: base | 1 << 21),
            Row(add: [" Sys_Admin "], set: base | 1 << 21), Row(drop: ["NET_RAW"], set: base & ~(1 << 13)),
            Row(drop: ["SYS_ADMIN"], set: base), Row(add: ["ALL"], set: every), Row(add: ["all"], drop: ["MKNOD"], set: every & ~(1 << 27)),
            Row(drop: ["ALL"], set: 0), Row(add: ["CHOWN"], drop: ["All"], set: 1), Row(add: ["ALL"], drop: ["ALL"], set: every),
            Row(add: ["NET_RAW"], drop: ["NET_RAW"], set: base), Row(add: ["ALL", "FOO"], set: every),
        ])
    func resolve(_ row: Row) throws {
        #expect(try CapabilitySet.resolve(privileged: row.privileged, add: row.add, drop: row.drop, last: 40).rawValue == row.set)
    }

    @Test(
        "an unknown name is refused in docker's words",
        arguments: [
            (["foo"], [], "invalid CapAdd: unknown capability: \"CAP_FOO\""),
            ([], ["CAP_FOO"], "invalid CapDrop: unknown capability: \"CAP_FOO\""),
            (["CAP_ALL"], [], "invalid CapAdd: unknown capability: \"CAP_ALL\""),
            ([""], [], "invalid CapAdd: unknown capability: \"CAP_\""),
            (
                ["BPF"], [],
                "invalid CapAdd: capability not supported by your kernel or not available in the current environment: \"CAP_BPF\""
            ),
        ])
    func refused(_ add: [String], _ drop: [String], _ message: String) {
        let failure = #expect(throws: Failure.self) { try CapabilitySet.resolve(add: add, drop: drop, last: 37) }
        #expect(failure == Failure(.invalid, message))
    }
}
