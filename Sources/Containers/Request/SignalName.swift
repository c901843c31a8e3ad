package import Primitives

/// Names and numbers of signals (signal(7), the numbers of x86-64 and aarch64).
package enum SignalName {
    /// By number, from 1.
    private static let names = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM", "TERM",
        "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF", "WINCH", "IO",
        "PWR", "SYS",
    ]
    private static let otherNames: [String: Int32] = ["IOT": 6, "CLD": 17, "POLL": 29, "UNUSED": 31]
    /// glibc keeps 32 and 33 to itself.
    private static let realTimeMin: Int32 = 34
    private static let realTimeMax: Int32 = 64

    /// A number, or a name in any case, with or without `SIG`.
    /// - Throws: `.invalid` with docker's text; 0 is no signal.
    package static func parse(_ text: String) throws(Failure) -> Int32 {
        if let number = Int(text) {
            guard number != 0 else { throw invalid(text) }
            guard (1...Int(realTimeMax)).contains(number) else {
                throw Failure(.invalid, "the linux daemon does not support signal \(number)")
            }
            return Int32(number)
        }
        let upper = text.uppercased()
        let name = upper.hasPrefix("SIG") ? String(upper.dropFirst(3)) : upper
        if let index = names.firstIndex(of: name) { return Int32(index + 1) }
        if let number = otherNames[name] ?? realTime(name) { return number }
        throw invalid(text)
    }

    /// With `SIG`; nil for a number without a name.
    package static func name(_ number: Int32) -> String? {
        if (1...Int32(names.count)).contains(number) { return "SIG" + names[Int(number) - 1] }
        switch number {
        case realTimeMin: return "SIGRTMIN"
        case realTimeMax: return "SIGRTMAX"
        case realTimeMin...realTimeMin + 15: return "SIGRTMIN+\(number - realTimeMin)"
        case realTimeMin...realTimeMax: return "SIGRTMAX-\(realTimeMax - number)"
        default: return nil
        }
    }

    /// `RTMIN`, `RTMIN+n`, `RTMAX`, `RTMAX-n`.
    private static func realTime(_ name: String) -> Int32? {
        if name == "RTMIN" { return realTimeMin }
        if name == "RTMAX" { return realTimeMax }
        let digits = String(name.dropFirst(6))
        guard digits.isDecimal, digits.utf8.count <= 2, let offset = Int32(digits), (1...30).contains(offset) else { return nil }
        if name.hasPrefix("RTMIN+") { return realTimeMin + offset }
        if name.hasPrefix("RTMAX-") { return realTimeMax - offset }
        return nil
    }

    private static func invalid(_ text: String) -> Failure { Failure(.invalid, "invalid signal: \(text)") }
}
