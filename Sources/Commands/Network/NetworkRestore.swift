import CommandLine
import Containers
import Primitives

extension Verb {
    /// Commands that people give when something does not answer, and those that change what runs.
    var needsNetworks: Bool {
        switch self {
        case .containerRun, .containerStart, .containerRestart, .containerStop, .containerExec, .containerList, .containerLogs,
            .containerPort,
            .networkConnect, .networkDisconnect, .networkInspect, .networkList:
            true
        default: false
        }
    }
}

extension Engine {
    /// After `proa:net` was killed while containers run. A command goes on without: those that need it say why themselves.
    func restoreNetworks() {
        do throws(Failure) {
            if stageOwners == nil { try NetworkLauncher(containers, places: places, idMap: idMap).restore() }
        } catch { console.say("WARNING: the networks of running containers: \(error.message)") }
    }
}
