internal import LinuxSys
package import Primitives
package import Sandbox
package import Store

/// This binary once more, as root of the user namespace that containers of this user have: for work on files
/// of subordinate ids. Standard streams, working directory and environment are the caller's.
package enum UserNamespaceStage {
    /// The caller's, and where its store and its sockets are.
    static func environment(_ places: StorePlaces) -> [String] {
        let own = UserAccount.environment().filter {
            !$0.hasPrefix("PROA_DATA=") && !$0.hasPrefix("PROA_RUNTIME=") && !$0.hasPrefix("PROA_UID=")
        }
        return own + ["PROA_DATA=\(places.data)", "PROA_RUNTIME=\(places.runtime)", "PROA_UID=\(Process.effectiveUserID)"]
    }

    /// - Parameters:
    ///   - arguments: the first is the stage's name, `proa:…`.
    ///   - environment: `NAME=VALUE`, for this stage alone.
    /// - Returns: the exit code; signals that reach this process are passed on.
    package static func run(_ arguments: [String], idMap: IdMapPlan, places: StorePlaces, environment extra: [String] = [])
        throws(Failure) -> Int32
    {
        let environment = environment(places) + extra
        let signals = try SignalQueue(Signals.forwarded + [Signals.childEnded])
        let pid: Int32
        do throws(LaunchFailure) {
            pid = try ChildProcess.spawn(
                Process.executablePath(), arguments, environment: environment, namespaces: [.user, .mount], idMapping: idMap.mapping)
        } catch {
            switch error.phase {
            case .namespaces: throw NamespaceDiagnosis.explain(error.code, idMap: idMap)
            case .idMap: throw IdMapDiagnosis.explain(error.code, idMap: idMap)
            case .plan(let failure): throw failure
            default: throw Failure.kernel("starting a helper stage", error.code)
            }
        }
        while true {
            if let code = ChildProcess.poll(pid) { return code }
            var poll = Poll()
            poll.add(signals.descriptor.raw, .read)
            poll.wait()
            while let signal = signals.next() {
                if signal != Signals.childEnded, signal != Signals.windowChanged { Signals.send(signal, to: pid) }
            }
        }
    }
}
