internal import LinuxSys
package import Primitives
internal import Synchronization

/// Ends transfers from another thread or a signal's reader; once set it stays set.
package final class CancellationFlag: Sendable {
    private let flag = Atomic<Bool>(false)
    package init() {}
    package func cancel() { flag.store(true, ordering: .relaxed) }
    package var isCancelled: Bool { flag.load(ordering: .relaxed) }

    package func check() throws(Failure) {
        if isCancelled { throw Failure(.cancelled, "cancelled") }
    }
}

/// How to talk to registries. The defaults suit a command line.
package struct RegistrySettings: Sendable {
    /// `proa/VERSION`
    package var userAgent: String
    package var insecure = InsecureRegistries()
    /// Which images may be used.
    package var policy = SignaturePolicy.acceptAll
    /// Folders below which certificates of registries lie, by `HOST[:PORT]`.
    package var certificateFolders: [String] = []
    /// Mirrors, other places, blocked and insecure registries.
    package var registries = RegistriesConfiguration()
    /// Token servers that get a registry's credentials although their host has nothing to do with the registry's.
    package var trustedRealmHosts: Set<String> = []
    /// Connecting, TLS included.
    package var connectTimeoutMilliseconds = 30_000
    /// The same for the first try of https on a registry that may be without.
    package var probeTimeoutMilliseconds = 3_000
    /// A transfer slower than this over `lowSpeedSeconds` is ended (and tried again). Time the receiver takes does not count.
    package var lowSpeedBytesPerSecond: UInt64 = 1024
    package var lowSpeedSeconds: Int64 = 30
    /// How long a registry may take to answer when it has got a whole blob.
    package var answerSeconds: Int64 = 300
    /// Attempts without any progress, the first included.
    package var attemptsMax = 5
    /// Attempts of one blob in all, with progress or not.
    package var blobAttemptsMax = 100
    /// The first pause; doubled each time up to `pauseSecondsMax`, and taken by chance between half and whole.
    package var pauseMilliseconds: Int64 = 500
    package var pauseSecondsMax: Int64 = 30
    /// A registry that asks for a longer pause gets none: the command fails and says when to come back.
    package var retryAfterSecondsMax: Int64 = 60
    package var redirectsMax = 10
    /// Told to the user on stderr: why a pause is made.
    package var notice: @Sendable (String) -> Void = { _ in }
    /// Pauses this many nanoseconds, shorter when cancelled.
    package var sleep: @Sendable (Int64, CancellationFlag) -> Void = { nanoseconds, cancellation in
        let end = Clock.monotonicNanoseconds() + nanoseconds
        while !cancellation.isCancelled {
            let rest = end - Clock.monotonicNanoseconds()
            if rest <= 0 { return }
            Clock.sleep(nanoseconds: min(rest, 100_000_000))
        }
    }

    package init(userAgent: String) { self.userAgent = userAgent }

    /// Takes what the user set: `PROA_INSECURE_REGISTRIES` (see `InsecureRegistries`) and `PROA_TRUSTED_REALMS`, lists of
    /// hosts divided by commas.
    /// - Throws: `.invalid` naming the variable.
    package mutating func take(_ environment: (String) -> String?) throws(Failure) {
        if let list = environment("PROA_INSECURE_REGISTRIES") {
            insecure = try doing("PROA_INSECURE_REGISTRIES") { () throws(Failure) in try InsecureRegistries(list: list) }
        }
        if let list = environment("PROA_TRUSTED_REALMS") {
            trustedRealmHosts = Set(list.split { $0 == "," || $0 == " " }.map { $0.lowercased() })
        }
    }
}
