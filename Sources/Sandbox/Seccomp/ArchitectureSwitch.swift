import CSeccomp

/// One program from those of several architectures, each of which answers for its own and kills the rest. libseccomp could
/// compile them together, but takes a multiple of the time for it.
struct ArchitectureSwitch {
    /// A SCMP_ARCH_* word and the bytes of its program.
    typealias Part = (architecture: UInt32, program: [UInt8])
    private let parts: [Part]

    /// - Parameter parts: the most frequent first; none twice.
    init(_ parts: [Part]) { self.parts = parts }

    var program: [UInt8] {
        if parts.count == 1 { return parts[0].program }
        let (x86, x32) = (cseccomp_arch("x86_64"), cseccomp_arch("x32"))
        let second = parts.first { $0.architecture == x32 }
        var out: [UInt8] = []
        for part in parts {
            if part.architecture == x32 {
                // Together with x86_64, whose word it has to the kernel.
                if !parts.contains(where: { $0.architecture == x86 }) { out += Self.onlyFor(x86, part.program) }
            } else if part.architecture == x86, let second {
                out += Self.onlyFor(x86, Self.byInterface(part.program, second.program))
            } else {
                out += Self.onlyFor(part.architecture, part.program)
            }
        }
        var end = BPFWriter()
        end.answer(.killThread)
        return out + end.bytes
    }

    /// Left out for other architectures, which go on behind it.
    private static func onlyFor(_ architecture: UInt32, _ program: [UInt8]) -> [UInt8] {
        var code = BPFWriter()
        code.load(BPFWriter.architectureOffset)
        code.jump(.equal, architecture, yes: 1, no: 0)
        code.always(skip: length(program))
        return code.bytes + program
    }

    /// The interface is told by a bit in the number.
    private static func byInterface(_ x86: [UInt8], _ x32: [UInt8]) -> [UInt8] {
        var code = BPFWriter()
        code.load(BPFWriter.numberOffset)
        code.jump(.greaterOrEqual, UnknownCalls.x32Bit, yes: 0, no: 1)
        code.always(skip: length(x86))
        return code.bytes + x86 + x32
    }

    private static func length(_ program: [UInt8]) -> UInt32 { UInt32(program.count / SeccompProgram.instructionSizeBytes) }
}
