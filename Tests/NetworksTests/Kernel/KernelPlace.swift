import LinuxSys
import Primitives
import TestSupport
import Testing

/// Tests that make network namespaces need root of a user namespace. As an ordinary user they run in a second process of
/// the same tests, which `unshare` makes that root; a thread alone could not become it.
enum KernelPlace {
    static let isCapable = Process.effectiveUserID == 0 && makesNamespaces
    private static let makesNamespaces: Bool = {
        do {
            _ = try NamespaceWorker()
            return true
        } catch { return false }
    }()
    /// Where nft(8) lies is not in every user's PATH.
    static let environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin"]

    /// Runs the tests whose name contains `filter` as root of a new user namespace.
    static func runInside(_ filter: String) throws -> Outcome {
        let own = try #require(HostFile.arguments("self"))
        let library = own.firstIndex(of: "--test-bundle-path").map { Array(own[$0...($0 + 1)]) } ?? []
        let bundle = library.isEmpty ? Array(own.dropFirst().prefix { !$0.hasPrefix("-") }) : library
        let command = ["--user", "--map-root-user", "--net", own[0]] + bundle + ["--testing-library", "swift-testing", "--filter", filter]
        return try Command("unshare", command).run()
    }
}

extension HostFile {
    /// The command line of a process.
    fileprivate static func arguments(_ pid: String) -> [String]? {
        text("/proc/\(pid)/cmdline").map { $0.split(separator: "\0").map(String.init) }
    }
}
