import Containers
import LinuxSys
import Primitives

/// Starts a container and stays with it, or prints its id and leaves: the common part of `run` and `start`.
struct ForegroundRun {
    let engine: Engine

    func start(_ starter: consuming ContainerStarter, _ record: ContainerRecord, session: AttachSession, detach: Bool) throws(Failure)
        -> Int32
    {
        let containers = try engine.containers
        let size = record.tty ? Terminal.size(0) ?? Terminal.size(1) : nil
        let started = try starter.finish(
            record, attach: detach ? [] : session.streams, terminal: size,
            startedNanoseconds: record.imageName.hasPrefix("proa.builtin/") ? engine.startedNanoseconds : nil, notice: engine.notice)
        if detach {
            try engine.console.line(record.id)
            return ExitCode.success
        }
        switch try session.run(started.control, pid: started.pid) {
        case .exited(let code):
            if record.autoRemove {
                try containers.remove(record.id, force: true, idMap: engine.idMap, places: engine.places)
                // Told last: until then the monitor stands ready to clean up in our place.
                try? AttachSession.acknowledgeRemoval(started.control, untilUnmounted: record.bindsHostFiles)
            }
            return code
        case .detached: return ExitCode.success
        case .lost:
            // The monitor was killed; its keeper goes on, or the records know the end.
            return try containers.waitForCode(record.id, places: engine.places)
        }
    }
}
