import LinuxSys
import OCI
import Primitives
import Registry
import Synchronization
import TestSupport
import Testing

/// What a client paused for and told the user.
final class Recorder: Sendable {
    private let state = Mutex<(pauses: [Int64], notices: [String])>(([], []))
    var pauses: [Int64] { state.withLock { $0.pauses } }
    var notices: [String] { state.withLock { $0.notices } }

    /// Settings whose pauses are only written down.
    func settings(_ change: (inout RegistrySettings) -> Void = { _ in }) -> RegistrySettings {
        var settings = RegistrySettings(userAgent: "proa/test")
        settings.sleep = { nanoseconds, _ in self.state.withLock { $0.pauses.append(nanoseconds) } }
        settings.notice = { text in self.state.withLock { $0.notices.append(text) } }
        change(&settings)
        return settings
    }
}

/// One credential for one domain.
struct OneCredential: CredentialSource {
    var domain: String
    var value: RegistryCredential
    func credential(domain: String, path: String) throws(Failure) -> RegistryCredential? { domain == self.domain ? value : nil }
}

func client(_ recorder: Recorder = Recorder(), credentials: any CredentialSource = AnonymousCredentials()) -> RegistryClient {
    RegistryClient(recorder.settings(), credentials: credentials)
}

let manifestText =
    #"{"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:\#(String(repeating: "a", count: 64))","size":2},"layers":[]}"#

/// The failure of something that must fail.
func failure(_ body: () throws -> Void, sourceLocation: SourceLocation = #_sourceLocation) -> Failure? {
    do {
        try body()
        Issue.record("nothing failed", sourceLocation: sourceLocation)
        return nil
    } catch {
        return error as? Failure
    }
}

/// `count` bytes of a pattern without short periods.
func pattern(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 11) } }

/// True once.
final class Once: Sendable {
    private let taken = Mutex(false)
    func take() -> Bool {
        taken.withLock { taken in
            defer { taken = true }
            return !taken
        }
    }
}
