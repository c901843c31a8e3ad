internal import Primitives

/// How often something is tried, and the pauses between.
struct Persistence {
    private let settings: RegistrySettings
    private let cancellation: CancellationFlag
    private var attempts = 0
    private var attemptsInAll = 0

    init(_ settings: RegistrySettings, _ cancellation: CancellationFlag) {
        self.settings = settings
        self.cancellation = cancellation
    }

    /// Pauses before another attempt.
    /// - Parameters:
    ///   - failure: why the last attempt failed; thrown when it was the last one allowed.
    ///   - retryAfterSeconds: what the server asked for.
    ///   - progressed: the attempt brought something: the count begins anew.
    mutating func pause(after failure: Failure, retryAfterSeconds: Int64? = nil, progressed: Bool = false) throws(Failure) {
        attempts = progressed ? 1 : attempts + 1
        attemptsInAll += 1
        try cancellation.check()
        guard attempts < settings.attemptsMax, attemptsInAll < settings.blobAttemptsMax else { throw failure }
        if let retryAfterSeconds {
            guard retryAfterSeconds <= settings.retryAfterSecondsMax else { throw failure }
            if retryAfterSeconds > 0 { settings.notice("\(failure.message): waiting \(retryAfterSeconds) s") }
            settings.sleep(retryAfterSeconds * 1_000_000_000, cancellation)
        } else {
            settings.sleep(backOffNanoseconds(), cancellation)
        }
        try cancellation.check()
    }

    /// Doubled each time, and by chance between half and whole, so that many clients do not come back at once.
    private func backOffNanoseconds() -> Int64 {
        let doubled = settings.pauseMilliseconds << Int64(min(attempts - 1, 20))
        let whole = min(doubled, settings.pauseSecondsMax * 1000) * 1_000_000
        return whole < 2 ? whole : Int64.random(in: whole / 2...whole)
    }
}
