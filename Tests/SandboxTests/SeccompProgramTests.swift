import Primitives
import Testing

@testable import Sandbox

#if arch(x86_64)
    /// Numbers are those of x86_64 (asm/unistd_64.h).
    @Suite struct SeccompProgramTests {
        static let ordinary = CapabilitySet.dockerDefault
        static let admin = ordinary.union(CapabilitySet(rawValue: 1 << 21))
        static func with(_ name: String) -> CapabilitySet { ordinary.union(Capability(name: name).map { CapabilitySet($0) } ?? []) }

        /// Compiled once for all rows.
        static let common = Result { try [ordinary: compile(ordinary), admin: compile(admin)] }

        static func filter(_ set: CapabilitySet) throws -> BPF { try common.get()[set] ?? compile(set) }
        static func compile(_ set: CapabilitySet, _ release: String = "6.1.0-18-amd64") throws -> BPF {
            BPF(program: try SeccompProgram.compile(.dockerDefault, capabilities: set, kernelRelease: release))
        }

        struct Row: Sendable, CustomTestStringConvertible {
            var name: String
            var number: UInt32
            var arguments: [UInt64] = []
            var set = ordinary
            var answer: BPF.Answer
            init(_ name: String, _ number: UInt32, _ answer: BPF.Answer) { self.init(name, number, [], ordinary, answer) }
            init(_ name: String, _ number: UInt32, _ arguments: [UInt64], _ answer: BPF.Answer) {
                self.init(name, number, arguments, ordinary, answer)
            }
            init(_ name: String, _ number: UInt32, _ arguments: [UInt64], _ set: CapabilitySet, _ answer: BPF.Answer) {
                (self.name, self.number, self.arguments, self.set, self.answer) = (name, number, arguments, set, answer)
            }
            var testDescription: String { "\(name)(\(arguments)) with \(String(set.rawValue, radix: 16)): \(answer)" }
        }

        static let rows: [Row] = [
            Row("read", 0, .allow), Row("write", 1, .allow), Row("execve", 59, .allow), Row("openat2", 437, .allow),
            Row("arch_prctl", 158, .allow), Row("vmsplice", 278, .allow), Row("io_setup", 206, .allow),
            // Creating a user, mount or pid namespace; a thread and a fork.
            Row("clone", 56, [0x1000_0000], .errno(1)), Row("clone", 56, [0x0002_0011], .errno(1)),
            Row("clone", 56, [0x2000_0011], .errno(1)), Row("clone", 56, [0x0200_0011], .errno(1)),
            Row("clone", 56, [0x003d_0f00], .allow), Row("clone", 56, [17], .allow),
            Row("clone", 56, [0x1000_0000], admin, .allow), Row("clone3", 435, .errno(38)), Row("clone3", 435, [], admin, .allow),
            Row("unshare", 272, .errno(1)), Row("unshare", 272, [], admin, .allow), Row("setns", 308, .errno(1)),
            Row("mount", 165, .errno(1)), Row("mount", 165, [], admin, .allow), Row("umount2", 166, .errno(1)),
            Row("move_mount", 429, .errno(1)), Row("fsopen", 430, [], admin, .allow), Row("open_tree", 428, .errno(1)),
            Row("ptrace", 101, .allow), Row("process_vm_readv", 310, .allow), Row("pidfd_getfd", 438, .errno(1)),
            Row("pidfd_getfd", 438, [], with("CAP_SYS_PTRACE"), .allow),
            Row("bpf", 321, .errno(1)), Row("bpf", 321, [], with("CAP_BPF"), .allow), Row("bpf", 321, [], admin, .allow),
            Row("perf_event_open", 298, .errno(1)), Row("perf_event_open", 298, [], with("CAP_PERFMON"), .allow),
            Row("keyctl", 250, .errno(1)), Row("add_key", 248, .errno(1)), Row("request_key", 249, [], admin, .errno(1)),
            Row("io_uring_setup", 425, .errno(1)), Row("io_uring_enter", 426, [], admin, .errno(1)),
            Row("userfaultfd", 323, .errno(1)), Row("kexec_load", 246, [], admin, .errno(1)),
            Row("reboot", 169, .errno(1)), Row("reboot", 169, [], with("CAP_SYS_BOOT"), .allow),
            Row("chroot", 161, .allow), Row("chroot", 161, [], [], .errno(1)), Row("acct", 163, .errno(1)),
            Row("init_module", 175, .errno(1)), Row("init_module", 175, [], with("CAP_SYS_MODULE"), .allow),
            Row("open_by_handle_at", 304, .errno(1)), Row("open_by_handle_at", 304, [], with("CAP_DAC_READ_SEARCH"), .allow),
            Row("settimeofday", 164, .errno(1)), Row("settimeofday", 164, [], with("CAP_SYS_TIME"), .allow),
            Row("syslog", 103, .errno(1)), Row("syslog", 103, [], with("CAP_SYSLOG"), .allow),
            Row("mbind", 237, .errno(1)), Row("mbind", 237, [], with("CAP_SYS_NICE"), .allow),
            Row("iopl", 172, .errno(1)), Row("iopl", 172, [], with("CAP_SYS_RAWIO"), .allow),
        ]

        @Test("docker's default decides each call", arguments: rows)
        func decides(_ row: Row) throws { #expect(try Self.filter(row.set).answer(row.number, row.arguments) == row.answer) }

        @Test(
            "socket takes the listed address families, compared in 64 bits",
            arguments: [
                (1, .allow), (2, .allow), (10, .allow), (11, .allow), (16, .allow), (17, .allow), (12, .errno(1)), (31, .allow),
                (38, .errno(1)), (40, .errno(1)), (0x1_0000_0028, .errno(1)), (46, .errno(1)),
            ] as [(UInt64, BPF.Answer)])
        func socket(_ family: UInt64, _ answer: BPF.Answer) throws {
            #expect(try Self.filter(Self.ordinary).answer(41, [family]) == answer)
            #expect(try Self.filter(Self.admin).answer(41, [family]) == answer)
        }

        @Test(
            "personality takes five values",
            arguments: [
                (0, .allow), (8, .allow), (0x20000, .allow), (0x20008, .allow), (0xffff_ffff, .allow), (0x40000, .errno(1)),
                (0x400000, .errno(1)), (1, .errno(1)), (0xffff_ffff_ffff_ffff, .errno(1)),
            ] as [(UInt64, BPF.Answer)])
        func personality(_ value: UInt64, _ answer: BPF.Answer) throws {
            #expect(try Self.filter(Self.ordinary).answer(135, [value]) == answer)
        }

        @Test(
            "a number in a gap fails with EPERM, one newer than the profile with ENOSYS, a recent one as the profile says",
            arguments: [
                (400, .errno(1)), (450, .errno(1)), (451, .allow), (452, .allow), (454, .allow), (460, .errno(1)), (462, .allow),
                (466, .allow), (467, .errno(38)), (600, .errno(38)), (0x3fff_ffff, .errno(38)),
            ] as [(UInt32, BPF.Answer)])
        func unknown(_ number: UInt32, _ answer: BPF.Answer) throws {
            #expect(try Self.filter(Self.ordinary).answer(number) == answer)
        }

        @Test("a capability decides over a recent call, too")
        func recentWithCapability() throws {
            #expect(try Self.filter(Self.admin).answer(460) == .allow)
        }

        @Test(
            "tracing needs kernel 4.8 or its capability",
            arguments: [("4.7.9", false), ("4.8.0", true), ("3.10.0-957.el7", false), ("5.4", true)])
        func kernel(_ release: String, _ allowed: Bool) throws {
            #expect(try Self.compile(Self.ordinary, release).answer(101) == (allowed ? .allow : .errno(1)))
            #expect(try Self.compile(Self.with("CAP_SYS_PTRACE"), release).answer(101) == .allow)
        }

        @Test("32-bit programs have the same rules under their own numbers")
        func i386() throws {
            let filter = try Self.filter(Self.ordinary)
            #expect(filter.answer(3, architecture: BPF.i386) == .allow, "read")
            #expect(filter.answer(21, architecture: BPF.i386) == .errno(1), "mount")
            #expect(filter.answer(120, [0x1000_0000], architecture: BPF.i386) == .errno(1), "clone")
            #expect(filter.answer(120, [17], architecture: BPF.i386) == .allow, "clone")
            #expect(filter.answer(600, architecture: BPF.i386) == .errno(38))
        }

        @Test("x32 programs have the same rules, and ENOSYS above them")
        func x32() throws {
            let filter = try Self.filter(Self.ordinary)
            #expect(filter.answer(0x4000_0000) == .allow, "read")
            #expect(filter.answer(0x4000_0000 + 165) == .errno(1), "mount")
            #expect(filter.answer(0x4000_0000 + 1000) == .errno(38))
        }

        @Test("a call of a foreign architecture kills", arguments: [0xc000_00b7, 0x1234] as [UInt32])
        func foreign(_ architecture: UInt32) throws {
            #expect(try Self.filter(Self.ordinary).answer(0, architecture: architecture) == .killThread)
        }

        static func custom(_ text: String) throws -> BPF {
            let profile = try SeccompProfile.parse(Array(text.utf8))
            return BPF(program: try SeccompProgram.compile(profile, capabilities: ordinary, kernelRelease: "6.1"))
        }

        @Test("a deny list allows the rest, calls to come too, and nothing of other architectures")
        func denyList() throws {
            let filter = try Self.custom(
                #"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"names":["mkdir","no_such_call"],"action":"SCMP_ACT_ERRNO","errnoRet":13}]}"#
            )
            #expect(filter.answer(83) == .errno(13))
            #expect(filter.answer(0) == .allow)
            #expect(filter.answer(600) == .allow)
            #expect(filter.answer(3, architecture: BPF.i386) == .killThread)
        }

        @Test("each architecture that a profile names has its own rules, and one that it does not name is killed")
        func architectures() throws {
            let text =
                #"{"defaultAction":"SCMP_ACT_ALLOW","architectures":[ARCHES],"syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_ERRNO"}]}"#
            let custom = { (arches: String) in try Self.custom(text.split(separator: "ARCHES").joined(separator: arches)) }
            let x86 = try custom(#""SCMP_ARCH_X86""#)
            #expect(x86.answer(39, architecture: BPF.i386) == .errno(1))
            #expect(x86.answer(83, architecture: BPF.i386) == .allow)
            #expect(x86.answer(83) == .errno(1))
            #expect(x86.answer(0x4000_0000 + 83) == .killThread)
            let x32 = try custom(#""SCMP_ARCH_X32""#)
            #expect(x32.answer(0x4000_0000 + 83) == .errno(1))
            #expect(x32.answer(0x4000_0000) == .allow)
            #expect(x32.answer(83) == .errno(1))
            #expect(x32.answer(0) == .allow)
            #expect(x32.answer(39, architecture: BPF.i386) == .killThread)
        }

        @Test("two comparisons of one argument are alternatives, of two arguments are both needed")
        func comparisons() throws {
            let compare = { (index: Int, value: Int) in #"{"index":\#(index),"value":\#(value),"op":"SCMP_CMP_EQ"}"# }
            let text = { (second: Int) in
                #"{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["kill"],"action":"SCMP_ACT_ALLOW","args":["#
                    + compare(0, 5) + "," + compare(second, 7) + "]}]}"
            }
            #expect(try Self.custom(text(0)).answer(62, [5]) == .allow)
            #expect(try Self.custom(text(0)).answer(62, [7]) == .allow)
            #expect(try Self.custom(text(0)).answer(62, [6]) == .errno(1))
            #expect(try Self.custom(text(1)).answer(62, [5, 7]) == .allow)
            #expect(try Self.custom(text(1)).answer(62, [5, 6]) == .errno(1))
        }

        @Test(
            "each action becomes its word",
            arguments: [
                ("SCMP_ACT_KILL", .killThread), ("SCMP_ACT_KILL_PROCESS", .killProcess), ("SCMP_ACT_TRAP", .trap), ("SCMP_ACT_LOG", .log),
                ("SCMP_ACT_TRACE", .other(0x7ff0_0001)), ("SCMP_ACT_ERRNO", .errno(1)),
            ] as [(String, BPF.Answer)])
        func actions(_ name: String, _ answer: BPF.Answer) throws {
            let text = #"{"defaultAction":"SCMP_ACT_ALLOW","syscalls":[{"name":"mkdir","action":"\#(name)"}]}"#
            #expect(try Self.custom(text).answer(83) == answer)
        }
    }
#endif
