import LinuxSys

/// Where the tests run, in what can be done there.
package enum Place {
    /// Real root of the host: it may mount, start daemons and be anybody.
    package static let isRoot =
        Process.effectiveUserID == 0 && Process.hasCapability(21)
        && HostFile.text("/proc/self/uid_map")?.split(separator: " ").first == "0" && !isNested
    /// Inside a container, as its root.
    package static let isNested = Process.environment("PROA_TEST_PLACE") == "nested"

    /// Files and processes may belong to others than root of a container.
    package static let hasSeveralIDs: Bool = {
        if isRoot || isNested { return true }
        let outcome = Result { try Command("unshare", ["--map-auto", "--map-root-user", "true"]).run() }
        return (try? outcome.get().status) == 0
    }()
    /// Lines of this beginning are told with every start inside a container; one test looks at them, all others do not.
    static let noticePrefix: String? = isNested ? "proa: the kernel refuses " : nil
}
