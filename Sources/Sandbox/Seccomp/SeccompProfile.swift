/// Which system calls a container may make: docker's profile format. Spec: OCI runtime-spec, config-linux.md, "Seccomp",
/// with docker's conditions on capabilities, architecture and kernel.
package struct SeccompProfile: Equatable, Sendable {
    package enum Comparison: UInt32, Sendable {
        case notEqual = 1
        case less, lessOrEqual, equal, greaterOrEqual, greater
        /// `argument & value == valueTwo`
        case maskedEqual
    }
    package struct Argument: Equatable, Sendable {
        /// 0 to 5.
        package var index: UInt32
        package var value: UInt64
        package var valueTwo: UInt64 = 0
        package var comparison: Comparison
    }
    /// Empty lists ask for nothing.
    package struct Condition: Equatable, Sendable {
        /// With their prefix. A name that no kernel has is a capability that nobody has.
        package var capabilities: [String] = []
        /// docker's names: `amd64`, `arm64`, `x32`, …
        package var architectures: [String] = []
        package var minimumKernel: KernelVersion?
    }
    package struct Rule: Equatable, Sendable {
        package var names: [String]
        package var action: SeccompAction
        /// All must hold; two on one index are alternatives.
        package var arguments: [Argument] = []
        /// Applies only where all of it is so.
        package var includes = Condition()
        /// Does not apply where any of it is so.
        package var excludes = Condition()
    }

    package var defaultAction: SeccompAction
    /// Without `SCMP_ARCH_`, lower case, besides the native one.
    package var architectures: [String] = []
    /// Native architecture to those that run on it.
    package var architectureMap: [(architecture: String, others: [String])] = []
    package var rules: [Rule]

    package static func == (a: SeccompProfile, b: SeccompProfile) -> Bool {
        a.defaultAction == b.defaultAction && a.architectures == b.architectures && a.rules == b.rules
            && a.architectureMap.elementsEqual(b.architectureMap) { $0.architecture == $1.architecture && $0.others == $1.others }
    }
}

/// `major.minor` of a kernel release.
package struct KernelVersion: Equatable, Comparable, Sendable {
    package var major: Int
    package var minor: Int

    /// From exactly `4.8`.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let major = Self.number(parts[0]), let minor = Self.number(parts[1]) else { return nil }
        (self.major, self.minor) = (major, minor)
    }
    /// From uname(2)'s release, `6.1.0-18-amd64`.
    package init?(release: String) {
        let parts = release.split(separator: ".", maxSplits: 2, omittingEmptySubsequences: false)
        guard parts.count >= 2 else { return nil }
        let minor = parts[1].prefix { ("0"..."9").contains($0) }
        self.init("\(parts[0]).\(minor)")
    }
    private static func number(_ text: some StringProtocol) -> Int? {
        guard !text.isEmpty, text.utf8.count <= 6, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        return Int(text)
    }
    package static func < (a: KernelVersion, b: KernelVersion) -> Bool { (a.major, a.minor) < (b.major, b.minor) }
}

extension SeccompProfile.Rule {
    /// docker's name of the architecture that this binary is built for.
    #if arch(x86_64)
        static let nativeArchitecture = "amd64"
    #elseif arch(arm64)
        static let nativeArchitecture = "arm64"
    #endif

    /// Whether the rule is part of the filter of a container with these capabilities on this kernel.
    func applies(_ capabilities: CapabilitySet, _ kernel: KernelVersion) -> Bool {
        func has(_ name: String) -> Bool { Capability(name: name).map { capabilities.contains($0) } ?? false }
        if excludes.architectures.contains(Self.nativeArchitecture) || excludes.capabilities.contains(where: has) { return false }
        if let minimum = excludes.minimumKernel, kernel >= minimum { return false }
        if !includes.architectures.isEmpty, !includes.architectures.contains(Self.nativeArchitecture) { return false }
        if let minimum = includes.minimumKernel, kernel < minimum { return false }
        return includes.capabilities.allSatisfy(has)
    }
}
