package import LinuxSys
package import Primitives
package import Sandbox
package import Store

/// Starts a container: forks the monitor at once, prepares the set-up while the id maps are written, and
/// hands it over. Used for the first start and for every later one; all it needs is on the disk.
package struct ContainerStarter: ~Copyable {
    private let containers: ContainerStore
    private let directory: Directory
    private let runtime: Directory
    private let idMap: IdMapPlan
    private let launch: MonitorLaunch

    /// Starts a container that is recorded already.
    package static func begin(
        _ record: ContainerRecord, in containers: ContainerStore, places: StorePlaces, idMap: IdMapPlan
    ) throws(Failure) -> ContainerStarter {
        try begin(record.id, LaunchTraits(record), name: record.name, in: containers, places: places, idMap: idMap)
    }

    /// Starts a container whose directory exists and whose record the caller writes meanwhile.
    package static func begin(
        _ request: CreateRequest, id: String, in containers: ContainerStore, places: StorePlaces, idMap: IdMapPlan
    ) throws(Failure) -> ContainerStarter {
        try begin(id, LaunchTraits(request), name: request.name ?? id, in: containers, places: places, idMap: idMap)
    }

    /// Forks the monitor and clones the namespaces; nothing of the image has run yet.
    private static func begin(
        _ id: String, _ traits: LaunchTraits, name: String, in containers: ContainerStore, places: StorePlaces, idMap: IdMapPlan
    ) throws(Failure) -> ContainerStarter {
        let directory = try containers.open(id)
        let runtime = try places.openRuntime()
        // A start that fails later says why itself; an older reason would mislead.
        try directory.remove("error.json")
        var options = MonitorOptions(
            cloneFlags: traits.namespaces(idMap).rawValue, idMapping: idMap.mapping, containerDirectory: directory.raw,
            runtimeDirectory: runtime.raw, storeDirectory: containers.root.directory.raw, socketName: socketName(id),
            bootIdentifier: containers.bootIdentifier, cleanupProgram: Process.executablePath(), containerIdentifier: id)
        options.tty = traits.tty
        options.openStdin = traits.openStdin
        options.stdinOnce = traits.stdinOnce
        options.autoRemove = traits.autoRemove
        options.durable = !traits.autoRemove
        if traits.logsToFile { options.logName = logName(id) }
        options.logMaxBytes = traits.logMaxBytes
        options.logMaxFiles = traits.logMaxFiles
        do throws(LaunchFailure) {
            let launch = try MonitorLaunch.start(options)
            return ContainerStarter(containers: containers, directory: directory, runtime: runtime, idMap: idMap, launch: launch)
        } catch {
            throw StartFailure.explain(error, steps: [], name: name, program: "", idMap: idMap)
        }
    }

    private init(
        containers: ContainerStore, directory: consuming Directory, runtime: consuming Directory, idMap: IdMapPlan,
        launch: consuming MonitorLaunch
    ) {
        (self.containers, self.idMap) = (containers, idMap)
        self.directory = directory
        self.runtime = runtime
        self.launch = launch
    }

    /// Prepares the set-up and waits until the program runs. A failure is recorded in the container's directory.
    /// - Parameters:
    ///   - streams: what the caller stays attached to.
    ///   - startedNanoseconds: monotonic time when the command began, told to the built-in image only.
    package consuming func finish(
        _ record: ContainerRecord, attach streams: AttachedStreams, terminal: Terminal.Size?, startedNanoseconds: Int64? = nil
    )
        throws(Failure) -> StartedMonitor
    {
        do throws(Failure) {
            var prepared = try SetupBuilder(record: record, containers: containers, idMap: idMap, directory: directory.path).build(
                terminal: terminal)
            if let startedNanoseconds { prepared.plan.environment.append("PROA_START_NS=\(startedNanoseconds)") }
            let steps = prepared.steps
            do throws(LaunchFailure) {
                return try launch.go(prepared.plan, wanted: streams.rawValue, streamOwner: prepared.uid)
            } catch {
                throw StartFailure.explain(error, steps: steps, name: record.name, program: record.arguments[0], idMap: idMap)
            }
        } catch {
            let failure = error
            // A disk that is full keeps no reason either; the caller hears it all the same.
            do throws(Failure) { try Self.record(failure, in: directory) } catch {
                if error.kind != .noSpace { throw failure.within("the reason could not be recorded (\(error.message))") }
            }
            throw failure
        }
    }

    private static func record(_ failure: Failure, in directory: borrowing Directory) throws(Failure) {
        let json: JSON = ["exitCode": .int(Int64(StartFailure.exitCode(failure))), "error": .string(failure.message)]
        try directory.writeFile("error.json", json.bytes, durable: false)
    }

    package static func socketName(_ id: String) -> String { "\(id.prefix(32)).sock" }
    package static func logName(_ id: String) -> String { "\(id)-json.log" }
}
