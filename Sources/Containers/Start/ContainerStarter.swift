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
    private let places: StorePlaces
    private let idMap: IdMapPlan
    private let launch: MonitorLaunch
    private let network: NetworkSession

    /// Starts a container that is recorded already.
    package static func begin(
        _ record: ContainerRecord, in containers: ContainerStore, places: StorePlaces, idMap: IdMapPlan
    ) throws(Failure) -> ContainerStarter {
        try begin(record.id, try LaunchTraits(record), name: record.name, in: containers, places: places, idMap: idMap)
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
        let idMap = idMap.with(traits.idMap)
        let directory = try containers.open(id)
        let runtime = try places.openRuntime()
        let network = try NetworkSession.begin(traits.network, traits.attachments, in: containers, places: places, idMap: idMap.base)
        // A start that fails later says why itself; an older reason would mislead.
        try directory.remove("error.json")
        try ContainerStore.waitForCopies(in: directory)
        // Who shares another's network shares its user namespace too: only its root has power over that network.
        let isGuest = network.networkNamespace != nil && network.userNamespace != nil
        if isGuest, traits.idMap != nil {
            throw Failure(
                .unsupported, "a container with ids of its own cannot share another's network, whose user namespace it would need")
        }
        var options = MonitorOptions(
            cloneFlags: (isGuest ? traits.ownNamespaces : traits.namespaces(idMap)).rawValue,
            idMapping: isGuest ? .none : network.userNamespace == nil ? idMap.mapping : idMap.innerMapping,
            containerDirectory: directory.raw,
            runtimeDirectory: runtime.raw, storeDirectory: containers.root.directory.raw, socketName: socketName(id),
            bootIdentifier: containers.bootIdentifier, cleanupProgram: Process.executablePath(), containerIdentifier: id)
        options.parentUserNamespace = network.userNamespace?.descriptor.raw
        options.networkNamespace = network.networkNamespace?.descriptor.raw
        options.held = network.held?.descriptor.raw
        options.tellsCloned = network.isServed
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
            return ContainerStarter(
                containers: containers, directory: directory, runtime: runtime, places: places, idMap: idMap, launch: launch,
                network: network)
        } catch {
            throw StartFailure.explain(error, steps: [], name: name, program: "", idMap: idMap)
        }
    }

    private init(
        containers: ContainerStore, directory: consuming Directory, runtime: consuming Directory, places: StorePlaces,
        idMap: IdMapPlan, launch: consuming MonitorLaunch, network: consuming NetworkSession
    ) {
        (self.containers, self.places, self.idMap) = (containers, places, idMap)
        self.directory = directory
        self.runtime = runtime
        self.launch = launch
        self.network = network
    }

    /// Prepares the set-up and waits until the program runs. A failure is recorded in the container's directory. Where the kernel refuses an overlay, the root file system becomes a
    /// copy first, and everything begins anew.
    /// - Parameters:
    ///   - streams: what the caller stays attached to.
    ///   - startedNanoseconds: monotonic time when the command began, told to the built-in image only.
    ///   - notice: is told, one line each, what this container goes without because the kernel refuses it here.
    package consuming func finish(
        _ record: ContainerRecord, attach streams: AttachedStreams, terminal: Terminal.Size?, startedNanoseconds: Int64? = nil,
        notice: (String) -> Void
    ) throws(Failure) -> StartedMonitor {
        let (containers, places, idMap) = (containers, places, idMap)
        var isRefused = false
        if let map = idMap.custom, !map.keepsOwners, !FlatRoot.exists(record, in: containers) {
            notice("the image's files get other owners in this container: its root file system is a copy of the image")
            do throws(Failure) { try FlatRoot.copy(record, in: containers, idMap: idMap, places: places) } catch {
                throw Self.recorded(error, in: try containers.open(record.id))
            }
        }
        do throws(Failure) {
            return try attempt(record, streams, terminal, startedNanoseconds, notice, overlayRefused: &isRefused)
        } catch { if !isRefused { throw error } }
        notice("the kernel refuses an overlay here: the container's root file system is a copy of the image")
        do throws(Failure) { try FlatRoot.copy(record, in: containers, idMap: idMap, places: places) } catch {
            throw Self.recorded(error, in: try containers.open(record.id))
        }
        let again = try Self.begin(record, in: containers, places: places, idMap: idMap)
        isRefused = false
        return try again.attempt(record, streams, terminal, startedNanoseconds, notice, overlayRefused: &isRefused)
    }

    /// A failure is recorded in the container's directory.
    /// - Parameter overlayRefused: becomes true when it was the overlay that the kernel refused; nothing is recorded then.
    private consuming func attempt(
        _ record: ContainerRecord, _ streams: AttachedStreams, _ terminal: Terminal.Size?, _ startedNanoseconds: Int64?,
        _ notice: (String) -> Void, overlayRefused: inout Bool
    ) throws(Failure) -> StartedMonitor {
        do throws(Failure) {
            var prepared = try SetupBuilder(
                record: record, containers: containers, idMap: idMap, places: places, directory: directory.path
            ).build(
                terminal: terminal)
            if let startedNanoseconds { prepared.plan.environment.append("PROA_START_NS=\(startedNanoseconds)") }
            let steps = prepared.steps
            try network.shareFiles(containers, directory: directory)
            do throws(LaunchFailure) {
                if network.isServed {
                    let pid = try launch.cloned()
                    do throws(Failure) {
                        let text = try network.attach(pid, record, in: containers, directory: directory)
                        // Nearly everything works all the same: a word for people, not for logs.
                        if let text, StandardStream.error.isTerminal { notice(text) }
                    } catch { throw LaunchFailure(.network(error), code: 0) }
                }
                let started = try launch.go(prepared.plan, wanted: streams.rawValue, streamOwner: prepared.uid)
                if let text = StartLoss.text(started.refusals, steps: steps, record: record) { notice(text) }
                return started
            } catch {
                overlayRefused = StartLoss.isOverlayRefused(error, steps: steps)
                throw StartFailure.explain(error, steps: steps, name: record.name, program: record.arguments[0], idMap: idMap)
            }
        } catch {
            if overlayRefused { throw error }
            throw Self.recorded(error, in: directory)
        }
    }

    /// - Returns: the failure to tell. A disk that is full keeps no reason either; the caller hears it all the same.
    private static func recorded(_ failure: Failure, in directory: borrowing Directory) -> Failure {
        do throws(Failure) { try record(failure, in: directory) } catch {
            if error.kind != .noSpace { return failure.within("the reason could not be recorded (\(error.message))") }
        }
        return failure
    }

    private static func record(_ failure: Failure, in directory: borrowing Directory) throws(Failure) {
        let json: JSON = ["exitCode": .int(Int64(StartFailure.exitCode(failure))), "error": .string(failure.message)]
        try directory.writeFile("error.json", json.bytes, durable: false)
    }

    package static func socketName(_ id: String) -> String { "\(id.prefix(32)).sock" }
    package static func logName(_ id: String) -> String { "\(id)-json.log" }
}
