package import LinuxSys
package import Primitives
package import Sandbox
package import Store

/// Starts a container: forks the monitor at once, prepares the set-up while the id maps are written, and
/// hands it over. Used for the first start and for every later one; all it needs is on the disk.
package struct ContainerStarter: ~Copyable {
    private let containers: ContainerStore
    private let record: ContainerRecord
    private let directory: Directory
    private let runtime: Directory
    private let idMap: IdMapPlan
    private let launch: MonitorLaunch

    /// Starts a container and waits until its program runs. Where the kernel refuses an overlay, the root file system
    /// becomes a copy first.
    /// - Parameters:
    ///   - streams: what the caller stays attached to.
    ///   - startedNanoseconds: monotonic time when the command began, told to the built-in image only.
    ///   - notice: is told, one line each, what this container lacks because the kernel refuses it here.
    package static func start(
        _ record: ContainerRecord, in containers: ContainerStore, places: StorePlaces, idMap: IdMapPlan,
        attach streams: AttachedStreams = [], terminal: Terminal.Size? = nil, startedNanoseconds: Int64? = nil, notice: (String) -> Void
    ) throws(Failure) -> StartedMonitor {
        var refused: Failure?
        let starter = try begin(record, in: containers, places: places, idMap: idMap)
        do throws(Failure) {
            return try starter.finish(
                attach: streams, terminal: terminal, startedNanoseconds: startedNanoseconds, notice: notice, overlayRefused: &refused)
        } catch { if refused == nil { throw error } }
        notice("the kernel refuses an overlay here: the container's root file system is a copy of the image")
        try FlatRoot.copy(record, in: containers, idMap: idMap, places: places)
        let again = try begin(record, in: containers, places: places, idMap: idMap)
        refused = nil
        return try again.finish(
            attach: streams, terminal: terminal, startedNanoseconds: startedNanoseconds, notice: notice, overlayRefused: &refused)
    }

    /// Forks the monitor and clones the namespaces; nothing of the image has run yet.
    private static func begin(
        _ record: ContainerRecord, in containers: ContainerStore, places: StorePlaces, idMap: IdMapPlan
    ) throws(Failure) -> ContainerStarter {
        let directory = try containers.open(record.id)
        let runtime = try places.openRuntime()
        // A start that fails later says why itself; an older reason would mislead.
        try directory.remove("error.json")
        var options = MonitorOptions(
            cloneFlags: namespaces(record, idMap).rawValue, idMapping: idMap.mapping, containerDirectory: directory.raw,
            runtimeDirectory: runtime.raw, storeDirectory: containers.root.directory.raw, socketName: socketName(record.id),
            bootIdentifier: containers.bootIdentifier, cleanupProgram: Process.executablePath(), containerIdentifier: record.id)
        options.tty = record.tty
        options.openStdin = record.openStdin
        options.stdinOnce = record.config["StdinOnce"]?.bool ?? false
        options.autoRemove = record.autoRemove
        options.durable = !record.autoRemove
        let log = LogOptions(record)
        if log.driver == "json-file" { options.logName = logName(record.id) }
        options.logMaxBytes = log.maxBytes
        options.logMaxFiles = log.maxFiles
        do throws(LaunchFailure) {
            let launch = try MonitorLaunch.start(options)
            return ContainerStarter(
                containers: containers, record: record, directory: directory, runtime: runtime, idMap: idMap, launch: launch)
        } catch {
            throw StartFailure.explain(error, steps: [], record: record, idMap: idMap)
        }
    }

    private init(
        containers: ContainerStore, record: ContainerRecord, directory: consuming Directory, runtime: consuming Directory, idMap: IdMapPlan,
        launch: consuming MonitorLaunch
    ) {
        (self.containers, self.record, self.idMap) = (containers, record, idMap)
        self.directory = directory
        self.runtime = runtime
        self.launch = launch
    }

    /// Prepares the set-up and waits until the program runs. A failure is recorded in the container's directory.
    /// - Parameter overlayRefused: gets the failure when it was the overlay that the kernel refused; nothing is recorded then.
    private consuming func finish(
        attach streams: AttachedStreams, terminal: Terminal.Size?, startedNanoseconds: Int64?, notice: (String) -> Void,
        overlayRefused: inout Failure?
    ) throws(Failure) -> StartedMonitor {
        do throws(Failure) {
            var prepared = try SetupBuilder(record: record, containers: containers, idMap: idMap, directory: directory.path).build(
                terminal: terminal)
            if let startedNanoseconds { prepared.plan.environment.append("PROA_START_NS=\(startedNanoseconds)") }
            let steps = prepared.steps
            do throws(LaunchFailure) {
                let started = try launch.go(prepared.plan, wanted: streams.rawValue, streamOwner: prepared.uid)
                if let text = StartLoss.text(started.refusals, steps: steps, record: record) { notice(text) }
                return started
            } catch {
                let failure = StartFailure.explain(error, steps: steps, record: record, idMap: idMap)
                if StartLoss.isOverlayRefused(error, steps: steps) { overlayRefused = failure }
                throw failure
            }
        } catch {
            let failure = error
            if overlayRefused != nil { throw failure }
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

    static func namespaces(_ record: ContainerRecord, _ idMap: IdMapPlan) -> Namespaces {
        let host = record.hostConfig
        var spaces: Namespaces = [.mount]
        if idMap.needsUserNamespace { spaces.insert(.user) }
        if host["PidMode"]?.string != "host" { spaces.insert(.pid) }
        if host["IpcMode"]?.string != "host" { spaces.insert(.ipc) }
        if host["UTSMode"]?.string != "host" { spaces.insert(.uts) }
        if host["NetworkMode"]?.string != "host" { spaces.insert(.network) }
        if host["CgroupnsMode"]?.string != "host" { spaces.insert(.cgroup) }
        return spaces
    }
}

/// The log options of a record, checked when it was created.
struct LogOptions: Equatable {
    var driver: String
    var maxBytes: UInt64
    var maxFiles: UInt32

    init(_ record: ContainerRecord) {
        let log = record.hostConfig["LogConfig"] ?? [:]
        driver = log["Type"]?.string ?? "json-file"
        maxBytes = UInt64(clamping: record.proa["LogMaxBytes"]?.int ?? 0)
        maxFiles = UInt32(clamping: record.proa["LogMaxFiles"]?.int ?? 1)
    }
}
