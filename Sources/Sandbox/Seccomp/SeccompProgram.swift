import CSeccomp
package import Primitives

/// A profile compiled for one container: classic BPF for seccomp(2), by libseccomp.
package enum SeccompProgram {
    /// The kernel's BPF_MAXINSNS.
    static let instructionsMax = 4096
    /// `sizeof (struct sock_filter)`
    static let instructionSizeBytes = 8

    /// The version of libseccomp: it decides which names it knows and how the program looks.
    static var compilerVersion: UInt32 { cseccomp_version() }

    /// The bytes of `struct sock_filter[]`. Names that no architecture knows are skipped, as docker does.
    /// - Parameter kernelRelease: uname(2)'s.
    package static func compile(
        _ profile: SeccompProfile, capabilities: CapabilitySet, kernelRelease: String
    ) throws(Failure) -> [UInt8] {
        guard let kernel = KernelVersion(release: kernelRelease) else {
            throw Failure(.invalid, "compiling the seccomp filter: no kernel release: \"\(kernelRelease)\"")
        }
        let rules = profile.rules.filter { $0.applies(capabilities, kernel) && $0.action != profile.defaultAction }
        return try doing("compiling the seccomp filter") { () throws(Failure) in
            let architectures = try architectures(profile)
            let flat = FlatFilter(rules)
            var parts: [ArchitectureSwitch.Part] = []
            for architecture in architectures {
                parts.append((architecture, try flat.compile(profile.defaultAction, architecture)))
            }
            let body = ArchitectureSwitch(parts).program
            let named = profile.rules.filter { $0.applies(capabilities, kernel) }
            let program = UnknownCalls(rules: named, architectures: architectures, defaultAction: profile.defaultAction).prologue + body
            guard program.count <= instructionsMax * instructionSizeBytes else {
                throw Failure(.invalid, "the program has more than \(instructionsMax) instructions")
            }
            return program
        }
    }

    /// The libseccomp words of the profile's architectures; the native one first.
    private static func architectures(_ profile: SeccompProfile) throws(Failure) -> [UInt32] {
        let native = cseccomp_native()
        let entry = profile.architectureMap.first { cseccomp_arch($0.architecture) == native }
        var out = [native]
        for name in profile.architectures + (entry?.others ?? []) {
            let word = cseccomp_arch(name)
            guard word != 0 else { throw Failure(.unsupported, "unknown architecture \"\(name)\"") }
            if !out.contains(word) { out.append(word) }
        }
        return out
    }
}

/// The rules as the flat arrays of the C side.
private struct FlatFilter {
    var rules: [cseccomp_rule] = []
    var names: [String] = []
    var arguments: [cseccomp_arg] = []

    init(_ rules: [SeccompProfile.Rule]) {
        for rule in rules {
            // libseccomp takes an argument once in a rule: two comparisons of one argument are alternatives.
            let areAlternatives = Set(rule.arguments.map(\.index)).count < rule.arguments.count
            for name in rule.names {
                let number = cseccomp_number(name)
                if number == -1 { continue }
                if areAlternatives {
                    for argument in rule.arguments { add(name, number, rule.action, [argument]) }
                } else {
                    add(name, number, rule.action, rule.arguments)
                }
            }
        }
    }

    private mutating func add(_ name: String, _ number: Int32, _ action: SeccompAction, _ list: [SeccompProfile.Argument]) {
        rules.append(
            cseccomp_rule(number: number, action: action.word, first_arg: UInt32(arguments.count), arg_count: UInt32(list.count)))
        names.append(name)
        arguments += list.map { cseccomp_arg(index: $0.index, op: $0.comparison.rawValue, a: $0.value, b: $0.valueTwo) }
    }

    /// The program of one architecture.
    func compile(_ defaultAction: SeccompAction, _ architecture: UInt32) throws(Failure) -> [UInt8] {
        var bad = 0
        var length = 0
        let capacity = SeccompProgram.instructionsMax * SeccompProgram.instructionSizeBytes
        var out = [UInt8](repeating: 0, count: capacity)
        rules.withUnsafeBufferPointer { rules in
            arguments.withUnsafeBufferPointer { arguments in
                var filter = cseccomp_filter(
                    default_action: defaultAction.word, arch: architecture, rules: rules.baseAddress, rule_count: rules.count,
                    args: arguments.baseAddress)
                length = cseccomp_compile(&filter, &out, capacity, &bad)
            }
        }
        if length >= 0 { return Array(out[..<length]) }
        let rule = names.indices.contains(bad) ? "the rule of \"\(names[bad])\": " : ""
        throw Failure(.system(Int32(-length)), "\(rule)libseccomp refused it (errno \(-length))")
    }
}
