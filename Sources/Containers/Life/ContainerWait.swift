internal import LinuxSys
package import Primitives
package import Store

extension ContainerStore {
    /// Waits for the end of a container. - Returns: its exit code, also when the container removes itself.
    package func waitForCode(_ id: String, places: StorePlaces) throws(Failure) -> Int32 {
        let state = try state(id)
        guard state.isRunning else { return state.exitCode }
        // The monitor tells its clients the code before it cleans up.
        if let socket = connectMonitor(id, places), let code = readExit(socket) { return code }
        _ = try waitForEnd(id, milliseconds: -1)
        do throws(Failure) { return try self.state(id).exitCode } catch {
            if error.kind == .notFound { return ContainerState.unknownExitCode }
            throw error
        }
    }

    /// `nil` when the monitor has just gone; the records then say the rest.
    func connectMonitor(_ id: String, _ places: StorePlaces) -> Descriptor? {
        do throws(Failure) {
            let runtime = try places.openRuntime()
            return try Descriptor.connect(to: ContainerStarter.socketName(id), in: runtime)
        } catch { return nil }
    }

    /// A client that wants no stream gets one frame: the exit.
    private func readExit(_ socket: borrowing Descriptor) -> Int32? {
        do throws(Failure) {
            let bytes = try socket.readAll(limit: 9, stopAtLimit: true)
            guard bytes.count == 9, bytes[0] == AttachFrame.Kind.exit.rawValue else { return nil }
            return Int32(truncatingIfNeeded: bytes[5...].enumerated().reduce(0) { $0 | Int($1.element) << (8 * $1.offset) })
        } catch { return nil }
    }
}

extension ContainerStore {
    /// Connects to a running container's streams until it ends or the user detaches.
    package func attach(_ id: String, session: AttachSession, places: StorePlaces) throws(Failure) -> AttachSession.End {
        let state = try state(id)
        guard state.isRunning else { throw Failure(.conflict, "You cannot attach to a stopped container, start it first") }
        guard let socket = connectMonitor(id, places) else {
            throw Failure(.unavailable, "the monitor of container \(id) does not answer")
        }
        try socket.send(AttachFrame.encode(.want, [session.streams.rawValue]))
        return try session.run(socket, pid: state.pid)
    }

    /// Writes a changed record.
    func write(_ record: ContainerRecord) throws(Failure) {
        let directory = try open(record.id)
        try directory.writeFile("config.json", JSON.object(record.json).bytes)
        try directory.writeFile("summary.json", record.summary.bytes)
    }

    /// Gives a container another name.
    package func rename(_ id: String, to name: String) throws(Failure) {
        let name = try ContainerName.check(name)
        var record = try record(id)
        let old = record.name
        if old == name { throw Failure(.conflict, "Renaming a container with the same name as its current name") }
        try claim(name, for: id)
        record.name = name
        try write(record)
        try release(old, of: id)
    }
}
