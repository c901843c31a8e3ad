/// Runs a classic BPF program over `struct seccomp_data` as the kernel would (linux/filter.h, seccomp(2)).
struct BPF {
    /// What the filter answers, in the words of SECCOMP_RET_*.
    enum Answer: Equatable {
        case allow, killThread, killProcess, log, trap
        case errno(UInt32)
        case other(UInt32)
        case broken(String)
    }

    static let amd64: UInt32 = 0xc000_003e
    static let i386: UInt32 = 0x4000_0003

    let program: [UInt8]

    func word(_ at: Int) -> UInt32 { (0..<4).reduce(0) { $0 | UInt32(program[at + $1]) << UInt32(8 * $1) } }

    func answer(_ number: UInt32, _ arguments: [UInt64] = [], architecture: UInt32 = amd64) -> Answer {
        var data = [number, architecture, 0, 0]
        for index in 0..<6 {
            let value = index < arguments.count ? arguments[index] : 0
            data += [UInt32(truncatingIfNeeded: value), UInt32(value >> 32)]
        }
        var (at, a, x) = (0, UInt32(0), UInt32(0))
        var memory = [UInt32](repeating: 0, count: 16)
        while at * 8 < program.count {
            let code = UInt16(program[at * 8]) | UInt16(program[at * 8 + 1]) << 8
            let (yes, no, k) = (Int(program[at * 8 + 2]), Int(program[at * 8 + 3]), word(at * 8 + 4))
            at += 1
            switch code {
            case 0x20:
                guard k % 4 == 0, Int(k) / 4 < data.count else { return .broken("load at \(k)") }
                a = data[Int(k) / 4]
            case 0x00: a = k
            case 0x01: x = k
            case 0x07: x = a
            case 0x87: a = x
            case 0x02: memory[Int(k)] = a
            case 0x60: a = memory[Int(k)]
            case 0x54: a &= k
            case 0x05: at += Int(k)
            case 0x15: at += a == k ? yes : no
            case 0x25: at += a > k ? yes : no
            case 0x35: at += a >= k ? yes : no
            case 0x45: at += a & k != 0 ? yes : no
            case 0x06: return Self.meaning(k)
            default: return .broken("instruction \(code)")
            }
        }
        return .broken("ran off the end")
    }

    static func meaning(_ word: UInt32) -> Answer {
        switch word & 0xffff_0000 {
        case 0x7fff_0000: .allow
        case 0x7ffc_0000: .log
        case 0x0005_0000: .errno(word & 0xffff)
        case 0x0003_0000: .trap
        case 0: .killThread
        case 0x8000_0000: .killProcess
        default: .other(word)
        }
    }
}
