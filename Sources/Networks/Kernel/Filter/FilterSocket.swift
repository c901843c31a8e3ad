internal import LinuxSys
package import Primitives

/// nfnetlink in the network namespace of the thread that opened it; usable from any thread, one call at a time.
package struct FilterSocket: ~Copyable {
    private let socket: NetlinkSocket

    package init() throws(Failure) {
        do { socket = try NetlinkSocket(.netfilter) } catch { throw Self.plain(error) }
    }

    /// All of the batch or nothing.
    /// - Throws: `.unsupported` where this kernel or place has no packet filter for us, or lacks a part that a rule needs.
    package func commit(_ batch: FilterBatch) throws(Failure) {
        let steps = batch.steps
        var (refusal, done) = (Failure?.none, false)
        try socket.exchange(batch.whole) { reply in
            guard reply.status != nil, Int(reply.sequence) < steps.count else { return false }
            refusal = refusal ?? reply.failure("setting up \(steps[Int(reply.sequence)])")
            // Messages are answered in order, the last one last; the frame around them only when it fails.
            done = done || Int(reply.sequence) == steps.count - 1
            return done
        }
        if let refusal { throw Self.plain(refusal.within("packet filter")) }
        if !done { throw Failure(.unavailable, "packet filter table \"\(batch.table)\": the kernel did not answer") }
    }

    /// EPERM: no right here; EOPNOTSUPP, EPROTONOSUPPORT, EAFNOSUPPORT: no such family or subsystem; ENOENT: no such
    /// expression or kind of chain, since tables, chains and sets that we name were made before.
    private static func plain(_ failure: Failure) -> Failure {
        switch failure.errno {
        case 1, 2, 93, 95, 97: Failure(.unsupported, failure.message, hint: failure.hint)
        default: failure
        }
    }
}
