import CSeccomp

/// Calls newer than the profile fail with ENOSYS instead of the default errno, so that libc falls back to older ones:
/// with EPERM a program takes the refusal for the file's. docker's runtime does the same. The few that the profile names
/// and libseccomp does not know yet get their action here.
struct UnknownCalls {
    /// Since 5.1 a new call has one number on all architectures (asm-generic/unistd.h).
    static let recent: [String: UInt32] = [
        "cachestat": 451, "fchmodat2": 452, "map_shadow_stack": 453, "futex_wake": 454, "futex_wait": 455, "futex_requeue": 456,
        "statmount": 457, "listmount": 458, "lsm_get_self_attr": 459, "lsm_set_self_attr": 460, "lsm_list_modules": 461, "mseal": 462,
        "setxattrat": 463, "getxattrat": 464, "listxattrat": 465, "removexattrat": 466,
    ]
    /// Set in every number of the x32 interface, which has the architecture word of x86_64.
    static let x32Bit: UInt32 = 0x4000_0000

    let rules: [SeccompProfile.Rule]
    let architectures: [UInt32]
    let defaultAction: SeccompAction

    /// The instructions that stand before the program of libseccomp, which loads everything again.
    var prologue: [UInt8] {
        let unknown = SeccompAction.errno(SeccompAction.errnoUnknownCall)
        if defaultAction.isPermissive || defaultAction == unknown { return [] }
        var code = BPFWriter()
        let x32 = cseccomp_arch("x32")
        for architecture in architectures where Self.plain.contains(architecture) {
            // The largest number of the interface besides; 2^32 - 1 leaves it to libseccomp, which kills.
            let isX86 = architecture == cseccomp_arch("x86_64")
            let other = isX86 && architectures.contains(x32) ? highest(x32).map { $0 | Self.x32Bit } ?? .max : .max
            guard let known = highest(architecture) else { continue }
            let extra = architecture == architectures[0] ? recentActions(above: known) : []
            let block = block(known: known, extra: extra, x32Highest: isX86 ? other : nil, unknown: unknown)
            guard block.count <= 250 else { continue }
            code.load(BPFWriter.architectureOffset)
            code.jump(.equal, architecture, yes: 0, no: UInt8(block.count))
            code.instructions += block
        }
        return code.bytes
    }

    /// Those whose word in a filter is the word of the kernel, and which have no second interface but x32.
    private static var plain: Set<UInt32> {
        Set(["x86_64", "x86", "aarch64", "arm", "riscv64"].map { (name: String) in cseccomp_arch(name) })
    }

    private func highest(_ architecture: UInt32) -> UInt32? {
        var out: UInt32?
        for rule in rules {
            for name in rule.names {
                let number = cseccomp_number_on(architecture, name)
                if number >= 0 { out = max(out ?? 0, UInt32(number)) }
            }
        }
        return out
    }

    private func recentActions(above known: UInt32) -> [(number: UInt32, action: SeccompAction)] {
        var out: [UInt32: SeccompAction] = [:]
        for rule in rules where rule.arguments.isEmpty {
            for name in rule.names where cseccomp_number(name) == -1 {
                if let number = Self.recent[name], number > known { out[number] = out[number] ?? rule.action }
            }
        }
        return out.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// For one architecture; running off its end goes on with the next instruction.
    private func block(
        known: UInt32, extra: [(number: UInt32, action: SeccompAction)], x32Highest: UInt32?, unknown: SeccompAction
    ) -> [BPFWriter.Instruction] {
        var tail = BPFWriter()
        for (number, action) in extra {
            tail.jump(.equal, number, yes: 0, no: 1)
            tail.answer(action)
        }
        var code = BPFWriter()
        code.load(BPFWriter.numberOffset)
        if let x32Highest {
            code.jump(.greaterOrEqual, Self.x32Bit, yes: 0, no: 3)
            code.jump(.greater, x32Highest, yes: 0, no: 1)
            code.answer(unknown)
            code.always(skip: UInt32(tail.instructions.count + 3))
        }
        code.jump(.greater, known, yes: 0, no: UInt8(truncatingIfNeeded: tail.instructions.count + 2))
        code.instructions += tail.instructions
        code.jump(.greater, extra.last?.number ?? known, yes: 0, no: 1)
        code.answer(unknown)
        return code.instructions
    }
}
