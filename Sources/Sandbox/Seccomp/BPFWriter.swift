/// Assembles classic BPF (linux/filter.h) over `struct seccomp_data`.
struct BPFWriter {
    struct Instruction: Equatable {
        var code: UInt16
        var yes: UInt8 = 0
        var no: UInt8 = 0
        var value: UInt32
    }
    /// BPF_JMP | BPF_K with the comparison.
    enum Comparison: UInt16 {
        case equal = 0x15
        case greater = 0x25
        case greaterOrEqual = 0x35
    }
    static let numberOffset: UInt32 = 0
    static let architectureOffset: UInt32 = 4

    var instructions: [Instruction] = []

    /// BPF_LD | BPF_W | BPF_ABS
    mutating func load(_ offset: UInt32) { instructions.append(Instruction(code: 0x20, value: offset)) }
    /// Jumps count the instructions that are left out.
    mutating func jump(_ comparison: Comparison, _ value: UInt32, yes: UInt8, no: UInt8) {
        instructions.append(Instruction(code: comparison.rawValue, yes: yes, no: no, value: value))
    }
    /// BPF_JMP | BPF_JA
    mutating func always(skip: UInt32) { instructions.append(Instruction(code: 0x05, value: skip)) }
    /// BPF_RET | BPF_K
    mutating func answer(_ action: SeccompAction) { instructions.append(Instruction(code: 0x06, value: action.word)) }

    /// In the byte order of this machine, which all ours share: little endian.
    var bytes: [UInt8] {
        instructions.flatMap { i -> [UInt8] in
            let words = [UInt8(i.code & 0xff), UInt8(i.code >> 8), i.yes, i.no]
            return words + (0..<4).map { UInt8(i.value >> (8 * $0) & 0xff) }
        }
    }
}
